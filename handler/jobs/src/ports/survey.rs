use super::{Continuation, Page, Select, StorageResult};
use crate::names::{QueueName, Table};
use async_trait::async_trait;
use time::OffsetDateTime;

/// A message that was looked at and left where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peeked {
    /// The body, decoded: JSON text.
    pub body: String,
    /// When it was sent, by the service's clock.
    pub sent_at: OffsetDateTime,
    /// How often it was taken so far.
    pub dequeue_count: u64,
}

/// Looking at everything there is. Apart from [`super::Tables`] and [`super::Queues`], because what this costs grows
/// with all that was ever stored: it is for the doctor, and no function may have it.
#[async_trait]
pub trait Survey: Send + Sync {
    /// One page of all rows of a table, in the order of partition and row key, from the start or from where the page
    /// before ended. It may be empty and still have a continuation.
    async fn scan(&self, table: Table, select: Select, after: Option<&Continuation>) -> StorageResult<Page>;
    /// Up to 32 messages of a queue that are visible now, without taking them. A queue that does not exist holds none.
    async fn peek(&self, queue: QueueName) -> StorageResult<Vec<Peeked>>;
}
