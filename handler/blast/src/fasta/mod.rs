//! Queries in FASTA: read as a stream, checked, and written in one normal form.
//!
//! BLAST+ silently drops what it does not understand (illegal letters, FASTQ, headers that begin with `>?`) and
//! ends with exit code 0. So everything is checked here, before a search, and refused with the line and the column.
//! Memory does not grow with the input: neither a record nor a line is ever held whole.
//!
//! ```
//! use blastline_blast::fasta::{Limits, Want, normalise};
//! let mut out = Vec::new();
//! let stats = normalise(&b"acgt acgt\r\n"[..], &mut out, Want::Any, &Limits::default(), &mut |_| Ok(()))?;
//! assert_eq!(out, b">Query_1\nacgtacgt\n");
//! assert_eq!((stats.queries, stats.letters), (1, 8));
//! # Ok::<(), blastline_blast::fasta::FastaError>(())
//! ```

mod alphabet;
mod error;
mod header;
mod machine;
mod molecule;
mod normalise;
mod open;
mod plain;
mod record;
mod tally;
#[cfg(test)]
mod tests;

pub use error::{FastaError, FastaErrorKind};
pub use normalise::normalise;
pub use open::{Opened, open};
pub use record::{Limits, QueryRecord, QueryStats, Want};
