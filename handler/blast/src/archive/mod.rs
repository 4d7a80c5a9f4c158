//! Hits straight from a BLAST archive (`-outfmt 11`), without `blast_formatter`.
//!
//! `blast_formatter` parses the archive, opens the database and formats every row once more: for dense hits that costs
//! as much again as the search. The archive holds scores and coordinates; with the residues of query and subject at
//! hand every column of a row follows from them. This is done for blastn alone, whose alignments are plain
//! (`Dense-seg`) and whose columns need no matrix, and for releases whose printing was compared
//! (`tests/blast_plus/archives.rs`). Everything else is [`ArchiveError::Foreign`] and left to `blast_formatter`.

mod alignment;
mod error;
mod lexer;
mod printed;
mod reader;
mod row;
#[cfg(test)]
mod tests;

pub use alignment::{Alignment, ArchiveSummary};
pub use error::ArchiveError;
pub use reader::ArchiveReader;
pub use row::{RowMaker, Subject};

use crate::program::Program;

/// Releases whose rows were compared with what `blast_formatter` prints.
const COMPARED: &[&str] = &["2.12.0+"];

/// Whether archives of a program in a release of BLAST+ (as its `-version` says it) can be read here.
pub fn is_readable(program: Program, version: &str) -> bool {
    program == Program::Blastn && COMPARED.contains(&version)
}
