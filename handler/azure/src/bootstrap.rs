use crate::Storage;
use blastline_jobs::{
    names::{Container, QueueName, Table},
    ports::StorageError,
};
use futures::{StreamExt, stream};
use tracing::{info, warn};

/// Calls in flight while tables, queues and containers are made.
const AT_ONCE: usize = 6;

impl Storage {
    /// Makes every table, queue (poison queues too) and container that is missing, with the emulator only: in
    /// Azure they are made at deployment, and the handler's identity need not be allowed to. Best effort: each
    /// failure is logged and told, and the rest goes on.
    pub async fn bootstrap(&self) -> Vec<StorageError> {
        if !self.is_development() {
            return Vec::new();
        }
        let (tables, queues, blobs) = (self.tables(), self.queues(), self.blobs());
        let mut calls = Vec::new();
        for table in Table::ALL {
            calls.push(tables.ensure(*table));
        }
        for queue in QueueName::ALL {
            calls.push(queues.ensure(*queue));
        }
        for container in Container::ALL {
            calls.push(blobs.ensure(*container));
        }
        let results: Vec<_> = stream::iter(calls).buffer_unordered(AT_ONCE).collect().await;
        let total = results.len();
        let failures: Vec<_> = results.into_iter().filter_map(Result::err).collect();
        for failure in &failures {
            warn!(what = failure.what, cause = failure.cause, "a part of storage could not be made");
        }
        info!(made = total - failures.len(), failed = failures.len(), "development storage is prepared");
        failures
    }
}
