use super::{MemoryQueues, MemoryTables};
use crate::{
    names::{QueueName, Table},
    ports::{Continuation, Page, Peeked, Select, StorageResult, Survey},
};
use async_trait::async_trait;

/// Everything there is in memory.
#[derive(Debug, Clone)]
pub struct MemorySurvey {
    /// The tables.
    pub tables: MemoryTables,
    /// The queues.
    pub queues: MemoryQueues,
    /// Rows on a page of a scan.
    pub page_size: usize,
}

#[async_trait]
impl Survey for MemorySurvey {
    async fn scan(&self, table: Table, select: Select, after: Option<&Continuation>) -> StorageResult<Page> {
        self.tables.scan(table, select, self.page_size, after)
    }

    async fn peek(&self, queue: QueueName) -> StorageResult<Vec<Peeked>> {
        Ok(self.queues.peek(queue))
    }
}
