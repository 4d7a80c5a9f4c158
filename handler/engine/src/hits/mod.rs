//! The hit store: what a search found, in columns.
//!
//! A part writes its hits with a [`PartWriter`] into local files that are then stored; an [`HitReader`] answers
//! pages, overviews and exports from the files of all finished parts by ranges; [`HitStore::join`] puts the parts
//! of a finished job together. The format is Parquet (`docs/decisions/hit-store.md`), behind these traits.

mod build;
mod cells;
mod columns;
mod counts;
mod error;
mod export;
mod exporting;
mod filter;
mod footers;
mod hit;
mod join;
pub mod limits;
mod matcher;
mod open;
pub mod organism;
mod out;
pub mod overview;
mod pages;
mod plan;
mod queries;
mod reader;
mod record;
mod scan;
mod select;
mod source;
mod store;
mod tally;
mod writer;

pub use columns::{COUNTS_KEY, SCHEMA_KEY, SCHEMA_VERSION};
pub use counts::{HitCounts, PartFiles, StoredFile, StoredPart};
pub use error::{HitResult, HitStoreError};
pub use export::{ExportBatch, ExportItem, ExportRequest, ExportStream};
pub use filter::{Direction, Filter, Page, Sort, SortBy};
pub use hit::{Alignment, AlignmentPage, Hit, HitPage, Span};
pub use overview::{CoverageBin, Histogram, Overview, RegionGroup};
pub use queries::{BestHit, QueryLine, QueryPage};
pub use reader::ParquetHitReader;
pub use record::{HspRecord, Origin, Printed, QueryHead, Residues, empty_row};
pub use store::{HitReader, HitStore, ParquetHitStore, PartWriter};
pub use writer::ParquetPartWriter;

#[cfg(test)]
mod tests;
