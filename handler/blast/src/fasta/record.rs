//! What goes into the reader and what comes out of it.

use crate::program::{Molecule, Program};
use serde::{Deserialize, Serialize};

/// What the queries have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Any one molecule; which it is, is found out.
    Any,
    /// What this program takes.
    Program(Program),
}

impl Want {
    /// The molecule that is asked for, if one is.
    pub const fn molecule(self) -> Option<Molecule> {
        match self {
            Self::Any => None,
            Self::Program(program) => Some(program.query_molecule()),
        }
    }
}

/// How much is taken. What lies above is refused, and named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Most sequences.
    pub max_queries: u64,
    /// Most letters in all sequences together.
    pub max_letters: u64,
    /// Longest header in bytes, without `>` and line end. BLAST+ itself takes more than 6,000.
    pub max_header_bytes: usize,
    /// Most bytes of text, after decompression: also the guard against a small file that unpacks without end.
    pub max_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_queries: 1_000_000,
            max_letters: 10_000_000_000,
            max_header_bytes: 4096,
            max_bytes: 20_000_000_000,
        }
    }
}

/// One query as it stands in the normalised output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryRecord {
    /// Position in the set, from 0.
    pub ordinal: u64,
    /// First word of the header: the id that BLAST+ prints.
    pub id: String,
    /// The rest of the header, without surrounding blanks; bytes that are no UTF-8 are shown as U+FFFD.
    pub title: String,
    /// Residues: the query length that BLAST+ prints.
    pub letters: u64,
    /// Byte offset of the record's `>` in the normalised output.
    pub offset: u64,
    /// Bytes of the record in the normalised output, its last line end included.
    pub bytes: u64,
}

/// The set of queries as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueryStats {
    /// Number of sequences.
    pub queries: u64,
    /// Residues in all sequences.
    pub letters: u64,
    /// Residues of the shortest sequence.
    pub shortest: u64,
    /// Residues of the longest sequence.
    pub longest: u64,
    /// Sequences whose id an earlier one already has. They are kept apart by position. Beyond four million
    /// sequences this is a lower bound.
    pub duplicate_ids: u64,
    /// What the sequences are made of.
    pub molecule: Molecule,
    /// Share of G and C among A, C, G, T and U, from 0 to 1; `None` for proteins and where none of them occurs.
    pub gc_fraction: Option<f64>,
    /// Bytes of the normalised output.
    pub bytes: u64,
    /// Letters that stand for several residues (R, N, …; B, J, X, Z in proteins).
    pub ambiguous: u64,
    /// Sequences of ambiguous letters alone (only N, only X). They are legal and BLAST+ finds nothing for them.
    pub uninformative: u64,
    /// Alignment gaps (`-`) that were left out: BLAST+ ignores them as well.
    pub gaps_removed: u64,
}
