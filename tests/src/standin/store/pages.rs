//! Lists that are read in pages: each goes on in the state in which it began.

use serde_json::Value;
use std::collections::VecDeque;

/// Lists that are kept for their next page; the oldest goes first, and its token with it.
const KEPT: usize = 64;

/// The rest of a list.
#[derive(Debug, Clone)]
pub struct Rest {
    /// Version of the state in which the list began.
    pub version: u64,
    /// What is still to come.
    pub items: VecDeque<Value>,
}

/// Lists that somebody has read in part, by token.
#[derive(Debug, Default)]
pub struct Pages {
    kept: VecDeque<(u64, Rest)>,
    last: u64,
}

impl Pages {
    /// Keeps the rest of a list and gives its token. A token may be used again.
    pub fn keep(&mut self, rest: Rest) -> String {
        self.last += 1;
        self.kept.push_back((self.last, rest));
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
        format!("list-{}", self.last)
    }

    /// The rest that a token stands for: `Err(true)` for one that is too old, `Err(false)` for one that never was.
    pub fn find(&self, token: &str) -> Result<Rest, bool> {
        let number: u64 = token.strip_prefix("list-").and_then(|number| number.parse().ok()).ok_or(false)?;
        let found = self.kept.iter().find(|(known, _)| *known == number);
        found.map(|(_, rest)| rest.clone()).ok_or(number <= self.last && number > 0)
    }

    /// Forgets every list, as a compaction does.
    pub fn forget(&mut self) {
        self.kept.clear();
    }
}
