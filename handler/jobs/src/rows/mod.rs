//! Rows of the tables as types, and back.

mod active;
mod chunk;
mod cluster;
mod dispatch;
mod elastic;
mod index;
mod job;
mod patch;
mod payload;
mod slot;

pub use active::ActiveRow;
pub use chunk::{CHUNK_LIGHT, ChunkRow, ChunkState, chunk_row_key};
pub use cluster::{CLUSTERS_PARTITION, ClusterRow};
pub use dispatch::{DISPATCH_PARTITION, DispatchRow};
pub use elastic::ElasticState;
pub use index::{IndexRow, index_row_key};
pub use job::{CURRENT, JOB_STATE, JOB_SUMMARY, JobRow, NotAllowed};
pub use patch::difference;
pub use payload::{JobPayload, QuerySummary};
pub use slot::SlotRow;
