//! Reading and writing the rows: each write is create-only or a patch under the version that was read.

mod active;
mod chunks;
mod clusters;
mod dispatch;
mod history;
mod index;
mod jobs;
mod slots;

pub use active::ActiveStore;
pub use chunks::{ChunkStore, VersionedChunk};
pub use clusters::ClusterStore;
pub use dispatch::{DispatchStore, VersionedDispatch};
pub use history::{HistoryStore, PastEvent};
pub use index::{IndexStore, JobPage};
pub use jobs::{Created, JobStore, VersionedJob};
pub use slots::SlotStore;

use crate::deps::Deps;

/// How often a lost compare-and-swap is tried again before it is reported.
const RACE_TRIES: usize = 12;

impl Deps {
    /// Rows of `jobstate`.
    pub fn jobs(&self) -> JobStore<'_> {
        JobStore { deps: self }
    }

    /// Rows of `jobchunks`.
    pub fn chunks(&self) -> ChunkStore<'_> {
        ChunkStore { deps: self }
    }

    /// Rows of `active`.
    pub fn active(&self) -> ActiveStore<'_> {
        ActiveStore { deps: self }
    }

    /// Dispatch rows of `limits`.
    pub fn dispatch(&self) -> DispatchStore<'_> {
        DispatchStore { deps: self }
    }

    /// Rows of `jobhistory`.
    pub fn history(&self) -> HistoryStore<'_> {
        HistoryStore { deps: self }
    }

    /// Rows of `clusters`.
    pub fn cluster_rows(&self) -> ClusterStore<'_> {
        ClusterStore { deps: self }
    }

    /// Lines in front of clusters, in `limits`.
    pub fn slots(&self) -> SlotStore<'_> {
        SlotStore { deps: self }
    }

    /// Rows of `jobindex`.
    pub fn index(&self) -> IndexStore<'_> {
        IndexStore { deps: self }
    }
}
