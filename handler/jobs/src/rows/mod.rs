//! Rows of the tables as types, and back.

mod active;
mod chunk;
mod dispatch;
mod index;
mod job;
mod patch;
mod payload;

pub use active::ActiveRow;
pub use chunk::{CHUNK_LIGHT, ChunkRow, ChunkState, chunk_row_key};
pub use dispatch::{DISPATCH_PARTITION, DispatchRow};
pub use index::{IndexRow, index_row_key};
pub use job::{CURRENT, JOB_SUMMARY, JobRow, NotAllowed};
pub use patch::difference;
pub use payload::{JobPayload, QuerySummary};
