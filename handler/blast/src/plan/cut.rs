//! The next parts of a query.

use crate::program::Program;
use serde::{Deserialize, Serialize};

/// A run of whole queries that is searched in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Ordinal of the first query, from 0.
    pub first: u64,
    /// Number of queries, at least 1.
    pub count: u64,
    /// Letters in all of them.
    pub letters: u64,
}

/// Bounds of a part. A single query may exceed the bounds in letters: it is never cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartLimits {
    /// Fewest queries, unless fewer are left or the letters are full.
    pub min_queries: u64,
    /// Most queries.
    pub max_queries: u64,
    /// Fewest letters worth a part of its own, whatever the pace says.
    pub min_letters: u64,
    /// Most letters.
    pub max_letters: u64,
    /// Letters after which BLAST+ closes a batch of queries; 0 where that does not matter. See [`batch_letters`].
    pub batch_letters: u64,
}

impl Default for PartLimits {
    fn default() -> Self {
        Self {
            min_queries: 1,
            max_queries: 50_000,
            min_letters: 500,
            max_letters: 50_000_000,
            batch_letters: 0,
        }
    }
}

impl PartLimits {
    /// The usual bounds, with parts that end where BLAST+ itself ends a batch.
    pub fn for_program(program: Program) -> Self {
        Self { batch_letters: batch_letters(program), ..Self::default() }
    }
}

/// Letters after which BLAST+ 2.12 closes a batch of queries in a translated search; 0 for blastn and blastp.
///
/// Translated searches join alignments by sum statistics, and these use the mean length of the queries in a batch: the
/// E-value of one query may then differ by a factor of two with its neighbours. Parts that consist of whole batches
/// print exactly what one run prints. blastn and blastp use no sum statistics (and blastn's batches follow its hits).
pub const fn batch_letters(program: Program) -> u64 {
    match program {
        Program::Blastx | Program::Tblastx => 10_002,
        Program::Tblastn => 20_000,
        Program::Blastn | Program::Blastp => 0,
    }
}

/// What is known when parts are to be cut.
#[derive(Debug, Clone, Copy)]
pub struct PlanInput<'a> {
    /// Queries in all.
    pub total_queries: u64,
    /// Ordinal of the first query that no part holds yet.
    pub planned_to: u64,
    /// Letters of the queries from `planned_to` on: all of them, or as many as are at hand.
    pub lengths: &'a [u64],
    /// Letters that one part gets through in a second, measured from finished parts.
    pub pace_letters_per_s: Option<f64>,
    /// Time that a part should take.
    pub target_seconds: f64,
    /// Parts that can be out at a time, twice as many as run side by side; at least 1 is taken.
    pub slots: usize,
    /// Bounds of a part.
    pub limits: PartLimits,
}

/// Letters and queries of a part while the pace is unknown: about a second of work at the usual pace of small
/// databases (10 to 100 ms a sequence).
const FIRST_LETTERS: u64 = 10_000;
const FIRST_QUERIES: u64 = 50;

/// A batch may take so many times as long as a part should; where it would take longer, parts cut through it.
const BATCH_PATIENCE: u64 = 10;

/// A last part is at least this share of a full one, so that starting it does not cost more than it saves: starting BLAST+,
/// reading and storing take some tenths of a second together, whatever the part holds.
const LEAST_SHARE: u64 = 16;

/// The next parts, at most one a slot, each beginning where the one before it ends. Empty only where no query is left
/// (or none is at hand).
pub fn next_parts(input: &PlanInput<'_>) -> Vec<Part> {
    let slots = input.slots.max(1) as u64;
    let left = input.total_queries.saturating_sub(input.planned_to);
    let at_hand =
        usize::try_from(left).map_or(input.lengths, |n| &input.lengths[..n.min(input.lengths.len())]);
    let all_at_hand = at_hand.len() as u64 == left;
    let mut letters_left = at_hand.iter().fold(0_u64, |sum, &n| sum.saturating_add(n));
    let mut rest = at_hand;
    let mut first = input.planned_to;
    let mut parts = Vec::new();
    let batch = match full_size(input) {
        Some(full) if input.limits.batch_letters > full.saturating_mul(BATCH_PATIENCE) => 0,
        _ => input.limits.batch_letters,
    };
    while !rest.is_empty() && (parts.len() as u64) < slots {
        let free = slots - parts.len() as u64;
        let size = match full_size(input) {
            Some(full) if all_at_hand => tail_size(full, letters_left, slots, &input.limits),
            Some(full) => Size { letters: full, queries: input.limits.max_queries },
            None => first_size(letters_left, rest.len() as u64, free, all_at_hand),
        };
        let (count, letters) = take(rest, size, &input.limits, batch);
        if !all_at_hand && count == rest.len() && !parts.is_empty() {
            // The part may not have ended here; it is cut when more lengths are at hand.
            break;
        }
        parts.push(Part { first, count: count as u64, letters });
        first += count as u64;
        letters_left = letters_left.saturating_sub(letters);
        rest = &rest[count..];
    }
    parts
}

/// What a part should hold.
#[derive(Clone, Copy)]
struct Size {
    letters: u64,
    queries: u64,
}

/// Letters of a full part; `None` while the pace is unknown.
fn full_size(input: &PlanInput<'_>) -> Option<u64> {
    let letters = input.pace_letters_per_s? * input.target_seconds;
    // Not a number and negative ones are no pace; what is beyond the range ends at its end.
    (letters > 0.0).then(|| (letters as u64).clamp(1, input.limits.max_letters.max(1)))
}

/// Half of an even share of what is left, so that parts become smaller towards the end, within bounds.
fn tail_size(full: u64, letters_left: u64, slots: u64, limits: &PartLimits) -> Size {
    // Of the parts that are out, about half wait for a worker while the other half runs.
    let workers = slots.div_ceil(2).max(1);
    let share = letters_left.div_ceil(workers.saturating_mul(2));
    let least = (full / LEAST_SHARE).max(limits.min_letters).min(full);
    Size { letters: share.clamp(least, full), queries: limits.max_queries }
}

/// A small part, or an even share where that is not much more. A few sequences make one part.
fn first_size(letters_left: u64, queries_left: u64, free: u64, all_at_hand: bool) -> Size {
    let needed = letters_left.div_ceil(FIRST_LETTERS).max(queries_left.div_ceil(FIRST_QUERIES)).max(1);
    if all_at_hand && needed <= free {
        Size { letters: letters_left.div_ceil(needed), queries: queries_left.div_ceil(needed) }
    } else {
        Size { letters: FIRST_LETTERS, queries: FIRST_QUERIES }
    }
}

/// How many queries from the front come nearest to a size, and their letters: whole batches where there are any.
fn take(lengths: &[u64], size: Size, limits: &PartLimits, batch: u64) -> (usize, u64) {
    let most = size.queries.min(limits.max_queries).max(1);
    let least = limits.min_queries.clamp(1, most);
    let mut count = 0_usize;
    let mut letters = 0_u64;
    while count < lengths.len() {
        let (more, added) = unit(&lengths[count..], batch);
        let with = letters.saturating_add(added);
        let full = with.saturating_sub(size.letters) > size.letters.saturating_sub(letters);
        let over = with > limits.max_letters || (count + more) as u64 > limits.max_queries.max(1);
        let wanted = (count as u64) < least && !over;
        if count > 0 && ((full && !wanted) || over || (count + more) as u64 > most) {
            break;
        }
        if count == 0 && over && more > 1 {
            // A batch beyond the bounds: the bounds count more.
            return take(lengths, size, limits, 0);
        }
        count += more;
        letters = with;
    }
    (count, letters)
}

/// The first query, or the first batch as BLAST+ fills it: until it holds so many letters.
fn unit(lengths: &[u64], batch: u64) -> (usize, u64) {
    let mut letters = 0_u64;
    for (index, next) in lengths.iter().enumerate() {
        letters = letters.saturating_add(*next);
        if letters >= batch {
            return (index + 1, letters);
        }
    }
    (lengths.len(), letters)
}
