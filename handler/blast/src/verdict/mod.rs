//! What an exit code and a standard error really say. BLAST+ ends with 0 after it has dropped residues, and with 139
//! when memory is short; so each run is judged by both.
//!
//! What no verdict sees: with a cut-off sequence file BLAST+ may end with 0 and no hits. Databases have to be checked
//! before they are used.
//!
//! The rules come from running BLAST+ 2.12 into each fault. Messages are for a researcher and never repeat a path.

mod failure;
mod remarks;
#[cfg(test)]
mod tests;

use crate::program::Program;
use serde::{Deserialize, Serialize};

/// How a child process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// Exit code, if it ended by itself.
    pub code: Option<i32>,
    /// Signal number, if one ended it.
    pub signal: Option<i32>,
}

impl Exit {
    /// Ended by itself with this code.
    pub const fn code(code: i32) -> Self {
        Self { code: Some(code), signal: None }
    }

    /// Ended by this signal.
    pub const fn signal(signal: i32) -> Self {
        Self { code: None, signal: Some(signal) }
    }
}

/// A remark of BLAST+ that does not make a result wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable name: `no_statistics`, `few_targets`, `letters_replaced`, `hyphens_ignored`, `threads_reduced` or
    /// `other`.
    pub code: String,
    /// The remark in a sentence.
    pub message: String,
    /// Ids of queries that it names, at most five.
    pub queries: Vec<String>,
    /// How often it came.
    pub count: u64,
}

/// Whether another attempt is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryClass {
    /// The same search fails again.
    Permanent,
    /// Another attempt may well succeed.
    Transient,
    /// Memory, disk or time was short: another attempt needs more of it, or a smaller part.
    Resource,
}

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BlastFailure {
    /// Stable name in snake case.
    pub code: &'static str,
    /// What happened, for a researcher.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Whether another attempt is of use.
    pub class: RetryClass,
}

/// What a run came to. Success still has to be proved by its output: a table that counts its queries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It did what it should.
    Success {
        /// Remarks, one of each kind.
        warnings: Vec<Warning>,
    },
    /// It did not.
    Failure(BlastFailure),
}

impl BlastFailure {
    /// The same failure seen with how much room is left where BLAST+ writes. On a full disk its programs do not only say
    /// so: they abort, are ended by SIGBUS in files that they map, or end with code 1 and no word, since what they say
    /// has no room either.
    #[must_use]
    pub fn with_room(self, free_bytes: u64) -> Self {
        let unexplained = matches!(self.code, "crashed" | "unknown");
        if unexplained && free_bytes < LEAST_ROOM_BYTES { failure::disk() } else { self }
    }
}

/// Room under which a disk counts as full: less than a mapped file grows by.
const LEAST_ROOM_BYTES: u64 = 1024 * 1024;

/// Judges a run of a search program, or of `blast_formatter` on its behalf.
pub fn judge(exit: Exit, stderr: &str, program: Program) -> Verdict {
    let failed = match (exit.code, exit.signal) {
        (Some(0), None) => failure::in_spite_of_success(stderr),
        // A shell in between turns a signal into a code above 128.
        (Some(code @ 129..=192), None) => Some(failure::by_signal(code - 128, stderr)),
        (_, Some(signal)) => Some(failure::by_signal(signal, stderr)),
        (Some(code), None) => Some(failure::by_code(code, stderr, program)),
        (None, None) => Some(failure::unknown(program)),
    };
    match failed {
        Some(failure) => Verdict::Failure(failure),
        None => Verdict::Success { warnings: remarks::warnings(stderr) },
    }
}
