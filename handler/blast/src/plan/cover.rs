//! The proof that parts are the whole.

/// Why ranges are not the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CoverFault {
    /// Queries that no range holds.
    #[error("{count} queries from {first} on are in no part")]
    Gap {
        /// The first of them.
        first: u64,
        /// How many.
        count: u64,
    },
    /// A query that two ranges hold.
    #[error("query {first} is in two parts")]
    Overlap {
        /// The first such query.
        first: u64,
    },
    /// A range without queries.
    #[error("the part at {first} is empty")]
    Empty {
        /// Where it begins.
        first: u64,
    },
    /// A range goes beyond the last query.
    #[error("the part at {first} goes beyond the last query")]
    Beyond {
        /// Where it begins.
        first: u64,
    },
}

/// Whether ranges (first, count), in any order, hold each of so many queries exactly once.
///
/// # Errors
/// The first fault in the order of the queries.
pub fn covers(total: u64, ranges: &[(u64, u64)]) -> Result<(), CoverFault> {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    let mut next = 0_u64;
    for (first, count) in sorted {
        if count == 0 {
            return Err(CoverFault::Empty { first });
        }
        if first > next {
            return Err(CoverFault::Gap { first: next, count: first - next });
        }
        if first < next {
            return Err(CoverFault::Overlap { first });
        }
        next = match first.checked_add(count) {
            Some(end) if end <= total => end,
            _ => return Err(CoverFault::Beyond { first }),
        };
    }
    if next < total { Err(CoverFault::Gap { first: next, count: total - next }) } else { Ok(()) }
}
