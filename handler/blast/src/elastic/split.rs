//! Which queries ElasticBLAST puts into which batch.
//!
//! It reads the records one after the other and closes a batch when the next record would make it longer than the batch
//! length. A record is never cut: a longer one makes a batch of its own. Its length counts characters as they stand in the
//! lines of the file.
//!
//! In translated searches E-values depend on the neighbours of a query in a batch of BLAST+'s own
//! ([`batch_letters`]), so batches have to end where one of those does, or a search in batches finds other E-values than
//! one run. ElasticBLAST knows no such rule. It counts blanks though, which BLAST+ passes over: so each batch is filled up
//! with blanks to the batch length, and the next record begins another.

use crate::plan::{Part, batch_letters};
use crate::program::Program;

/// Most Jobs that ElasticBLAST creates for one search.
pub const MAX_BATCHES: u64 = 5_000;

/// The batches of a query, in order: which queries are in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchPlan {
    /// Letters up to which records share a batch; it goes into the configuration as `batch-len`, so that ElasticBLAST
    /// does not choose another.
    pub batch_len: u64,
    /// The batches; batch number is the place here.
    pub batches: Vec<Part>,
    /// Whether batches are filled up.
    filled_up: bool,
}

impl BatchPlan {
    /// The batches that a batch length makes of a query (letters of each sequence, in order; none without letters). Of a
    /// plan's own batch length it is that plan.
    pub fn with_batch_len(program: Program, lengths: &[u64], batch_len: u64) -> Self {
        let unit = batch_letters(program);
        if unit == 0 {
            return Self { batch_len, batches: split(lengths, batch_len), filled_up: false };
        }
        let units = units(lengths, unit);
        let of_units: Vec<_> = units.iter().map(|unit| unit.letters).collect();
        // What is longer than a batch could not be filled up to its length.
        let batch_len = of_units.iter().copied().max().unwrap_or(1).max(batch_len);
        let groups = split(&of_units, batch_len);
        let batches = groups.iter().filter_map(|group| merged(&units, group)).collect();
        Self { batch_len, batches, filled_up: true }
    }

    /// How many blanks the file for ElasticBLAST has at the end of the last line of a batch's last sequence. Without
    /// them it would split a translated search elsewhere.
    pub fn blanks(&self, batch: usize) -> u64 {
        match self.batches.get(batch) {
            Some(part) if self.filled_up && batch + 1 < self.batches.len() => {
                self.batch_len.saturating_sub(part.letters)
            }
            _ => 0,
        }
    }
}

/// Splits queries (letters of each, in order) as ElasticBLAST does with this batch length.
pub fn split(lengths: &[u64], batch_len: u64) -> Vec<Part> {
    let mut batches = Vec::new();
    let mut open = Part { first: 0, count: 0, letters: 0 };
    for &letters in lengths {
        let with = open.letters.saturating_add(letters);
        if open.count > 0 && with > batch_len {
            batches.push(open);
            open = Part { first: open.first + open.count, count: 1, letters };
        } else {
            open.count += 1;
            open.letters = with;
        }
    }
    if open.count > 0 {
        batches.push(open);
    }
    batches
}

/// Plans the batches of a query (letters of each sequence, in order; none without letters): with the batch length wished
/// for, with a shorter one where batches would be fewer than Jobs that can run side by side (ElasticBLAST's own rule), with
/// a longer one where they would be more than [`MAX_BATCHES`].
pub fn plan_batches(program: Program, lengths: &[u64], wished: u64, concurrent: u64) -> BatchPlan {
    let unit = batch_letters(program);
    if unit == 0 {
        let (batch_len, batches) = sized(lengths, wished, concurrent);
        return BatchPlan { batch_len, batches, filled_up: false };
    }
    let of_units: Vec<_> = units(lengths, unit).iter().map(|unit| unit.letters).collect();
    let (_, groups) = sized(&of_units, wished, concurrent);
    // No longer than the longest batch, so that there is little to fill up.
    let batch_len = groups.iter().map(|group| group.letters).max().unwrap_or(1);
    BatchPlan::with_batch_len(program, lengths, batch_len)
}

/// The batch length, and the batches.
fn sized(lengths: &[u64], wished: u64, concurrent: u64) -> (u64, Vec<Part>) {
    let letters = lengths.iter().fold(0_u64, |sum, &n| sum.saturating_add(n));
    let mut batch_len = wished.max(1);
    let mut batches = split(lengths, batch_len);
    if (batches.len() as u64) < concurrent {
        batch_len = (letters / concurrent).max(1);
        batches = split(lengths, batch_len);
    }
    while batches.len() as u64 > MAX_BATCHES {
        // An even share leaves half-full batches; a quarter more each time ends it soon.
        batch_len = (letters / MAX_BATCHES + 1).max(batch_len.saturating_add(batch_len / 4 + 1));
        batches = split(lengths, batch_len);
    }
    (batch_len, batches)
}

/// The batches that BLAST+ itself makes: each is filled until it holds so many letters.
fn units(lengths: &[u64], letters: u64) -> Vec<Part> {
    let mut units = Vec::new();
    let mut open = Part { first: 0, count: 0, letters: 0 };
    for next in lengths {
        open.count += 1;
        open.letters = open.letters.saturating_add(*next);
        if open.letters >= letters {
            units.push(open);
            open = Part { first: open.first + open.count, count: 0, letters: 0 };
        }
    }
    if open.count > 0 {
        units.push(open);
    }
    units
}

/// Units in a row as one part.
fn merged(units: &[Part], group: &Part) -> Option<Part> {
    let from = usize::try_from(group.first).ok()?;
    let to = usize::try_from(group.first + group.count).ok()?;
    let units = units.get(from..to)?;
    let count = units.iter().map(|unit| unit.count).sum();
    Some(Part { first: units.first()?.first, count, letters: group.letters })
}
