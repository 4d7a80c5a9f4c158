//! Why a table could not be read.

use std::io;

/// A fault in a table, with its line from 1. Tables come from `blast_formatter`, so a fault means a cut-off or
/// foreign file, not a mistake of the researcher.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {kind}")]
pub struct TableError {
    /// The line, from 1.
    pub line: u64,
    /// The fault.
    pub kind: TableErrorKind,
}

/// What is wrong with a table.
#[derive(Debug, thiserror::Error)]
pub enum TableErrorKind {
    /// Reading failed.
    #[error("the table could not be read")]
    Io(#[source] io::Error),
    /// The input ends within a line or a block.
    #[error("the table is cut off")]
    CutOff,
    /// A line is longer than any alignment that is taken.
    #[error("the line is longer than {limit} bytes")]
    LineTooLong {
        /// The limit.
        limit: usize,
    },
    /// A row before the first query.
    #[error("a row before the first query")]
    RowWithoutQuery,
    /// A row has another number of fields.
    #[error("{found} fields instead of {wanted}")]
    FieldCount {
        /// Fields in the row.
        found: usize,
        /// Fields that were asked for.
        wanted: usize,
    },
    /// A field is not what it should be.
    #[error("“{field}” is not a number that can be read")]
    Number {
        /// Name of the field.
        field: &'static str,
    },
    /// A row is no text where text has to be exact.
    #[error("“{field}” is not UTF-8 text")]
    NotText {
        /// Name of the field.
        field: &'static str,
    },
    /// A comment line that format 7 does not have.
    #[error("an unexpected comment line")]
    UnknownComment,
    /// A block has more or fewer rows than it says.
    #[error("{found} rows where {declared} were declared")]
    RowCount {
        /// Rows that the block declares.
        declared: u64,
        /// Rows that it has.
        found: u64,
    },
    /// The footers name another number of queries than there are blocks.
    #[error("{found} queries where {declared} were declared")]
    QueryCount {
        /// Queries that the footers declare.
        declared: u64,
        /// Blocks that there are.
        found: u64,
    },
}
