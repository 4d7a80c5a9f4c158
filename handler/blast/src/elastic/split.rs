//! Which queries ElasticBLAST puts into which batch.
//!
//! It reads the records one after the other and closes a batch when the next record would make it longer than the
//! batch length. A record is never cut: a longer one makes a batch of its own. Its length counts letters as they stand in
//! the file, which for the sequences stored here (no blanks within, line ends of one character) are the query's letters.

use crate::plan::Part;

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

/// Plans the batches of a query: with the batch length wished for, with a shorter one where batches would be fewer than
/// Jobs that can run side by side (ElasticBLAST's own rule), with a longer one where they would be more than
/// [`MAX_BATCHES`].
pub fn plan_batches(lengths: &[u64], wished: u64, concurrent: u64) -> BatchPlan {
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
    BatchPlan { batch_len, batches }
}
