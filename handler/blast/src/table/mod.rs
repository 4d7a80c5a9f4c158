//! Hits as tables: what `blast_formatter -outfmt 7` writes is read, and what BLAST+ would write is written.
//!
//! Format 7 is format 6 with a block of comment lines per query, hits or none. So rows belong to a query by position,
//! even where two queries have one id, and a table proves that it is complete: each block says how many rows it has,
//! and the last line how many queries there were.

mod error;
mod export;
mod fields;
mod hsp;
mod reader;
mod row;
#[cfg(test)]
mod tests;
mod write;

pub use error::{TableError, TableErrorKind};
pub use export::{COLUMNS, Column, csv_header, csv_row, json_line, tsv_header, tsv_row};
pub use fields::{CLUSTER_FIELDS, FIELDS, outfmt};
pub use hsp::Hsp;
pub use reader::{Block, Event, QueryHeader, Reader, Summary};
pub use write::{
    STD_FIELD_NAMES, outfmt6_row, outfmt7_block_header, outfmt7_footer, push_outfmt6_row, version_line,
};
