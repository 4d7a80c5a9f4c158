use super::StorageResult;
use crate::names::QueueName;
use async_trait::async_trait;
use std::time::Duration;

/// A message taken from a queue and hidden from others until its visibility time-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The message's id.
    pub id: String,
    /// What a delete has to show.
    pub pop_receipt: String,
    /// The body, decoded: JSON text.
    pub body: String,
    /// How often it was taken, this time included.
    pub dequeue_count: u64,
}

/// Queues, as Azure Storage gives them: at least once, in no order.
///
/// The Functions host receives from the work queues; this side sends, and takes from poison queues.
#[async_trait]
pub trait Queues: Send + Sync {
    /// Creates the queue where it is missing.
    async fn ensure(&self, queue: QueueName) -> StorageResult<()>;
    /// Sends a JSON text; with a delay it is not seen before that has passed.
    async fn send(&self, queue: QueueName, body: &str, delay: Option<Duration>) -> StorageResult<()>;
    /// About how many messages there are, hidden ones included.
    async fn approximate_count(&self, queue: QueueName) -> StorageResult<u64>;
    /// Takes up to `max` (1 to 32) messages from a queue, hiding them for `visibility`. A queue that does not
    /// exist holds none.
    async fn receive(&self, queue: QueueName, max: u8, visibility: Duration) -> StorageResult<Vec<Received>>;
    /// Deletes a received message; one that is gone already is no error.
    async fn delete(&self, queue: QueueName, message: &Received) -> StorageResult<()>;
}
