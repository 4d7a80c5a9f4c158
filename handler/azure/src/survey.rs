use crate::{queues::AzureQueues, tables::AzureTables};
use async_trait::async_trait;
use blastline_jobs::{
    names::{QueueName, Table},
    ports::{Continuation, Page, Peeked, Select, StorageResult, Survey},
};
use std::sync::Arc;

/// Everything there is in a storage account.
pub struct AzureSurvey {
    /// The tables.
    pub tables: Arc<AzureTables>,
    /// The queues.
    pub queues: Arc<AzureQueues>,
}

#[async_trait]
impl Survey for AzureSurvey {
    async fn scan(&self, table: Table, select: Select, after: Option<&Continuation>) -> StorageResult<Page> {
        self.tables.scan(table, select, after).await
    }

    async fn peek(&self, queue: QueueName) -> StorageResult<Vec<Peeked>> {
        self.queues.peek(queue).await
    }
}
