//! The query of a search: reading it in, and finding parts of it again.

mod index;
mod spool;
mod stage;

pub use index::{IndexEntry, QueryIndex, QueryIndexWriter};
pub use stage::{StageError, StagedQuery, stage};
