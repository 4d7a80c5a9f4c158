//! In-memory tables, queues, blobs and clock that behave as the service does: the parts of tests and the
//! simulator. The suite in `handler/azure/tests/contract` holds them and the real parts to one behaviour.

mod blobs;
mod clock;
mod cluster;
mod cluster_logs;
mod queues;
mod survey;
mod tables;

pub use blobs::MemoryBlobs;
pub use clock::ManualClock;
pub use cluster::{MemoryCluster, MemoryClusters};
pub use cluster_logs::MemoryLogs;
pub use queues::MemoryQueues;
pub use survey::MemorySurvey;
pub use tables::MemoryTables;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks; a panic elsewhere while locked leaves nothing half done here, so the lock is taken all the same.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
