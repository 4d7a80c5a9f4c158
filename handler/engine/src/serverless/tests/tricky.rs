use super::bench::lock;
use async_trait::async_trait;
use blastline_jobs::memory::MemoryTables;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{
    BatchOp, Continuation, ETag, Entity, Match, Page, Query, Select, StorageError, StorageErrorKind,
    StorageResult, Stored, Tables,
};
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex};

/// A kind of write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    Insert,
    Patch,
}

/// What becomes of a write.
pub enum Trick {
    /// It fails without effect.
    Fails,
    /// It has its effect, and fails for its caller.
    AnswerLost,
    /// It has its effect, its answer is lost, and the client sends it again.
    SentTwice,
    /// Something else happens before.
    Overtaken(BoxFuture<'static, ()>),
}

/// Tables that play one trick on the next write of a kind to a table.
pub struct Tricky {
    inner: MemoryTables,
    next: Mutex<Option<(Write, Table, Trick)>>,
}

impl Tricky {
    pub fn new(inner: &MemoryTables, write: Write, table: Table, trick: Trick) -> Arc<Self> {
        Arc::new(Self { inner: inner.clone(), next: Mutex::new(Some((write, table, trick))) })
    }

    /// Whether the trick was played.
    pub fn is_played(&self) -> bool {
        lock(&self.next).is_none()
    }

    async fn play<'a>(
        &self,
        (write, table): (Write, Table),
        effect: impl Fn() -> BoxFuture<'a, StorageResult<ETag>> + Send,
    ) -> StorageResult<ETag> {
        let ours = |(kind, of, _): &mut (Write, Table, Trick)| (*kind, *of) == (write, table);
        let trick = lock(&self.next).take_if(ours);
        let failed = || StorageError::new(StorageErrorKind::Unavailable, "write", "the test says so");
        match trick.map(|(_, _, trick)| trick) {
            None => effect().await,
            Some(Trick::Fails) => Err(failed()),
            Some(Trick::AnswerLost) => {
                effect().await?;
                Err(failed())
            }
            Some(Trick::SentTwice) => {
                effect().await?;
                effect().await
            }
            Some(Trick::Overtaken(by)) => {
                by.await;
                effect().await
            }
        }
    }
}

#[async_trait]
impl Tables for Tricky {
    async fn ensure(&self, table: Table) -> StorageResult<()> {
        self.inner.ensure(table).await
    }

    async fn insert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        self.play((Write::Insert, table), || self.inner.insert(table, entity)).await
    }

    async fn upsert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        self.inner.upsert(table, entity).await
    }

    async fn patch(&self, table: Table, patch: &Entity, condition: &Match) -> StorageResult<ETag> {
        self.play((Write::Patch, table), || self.inner.patch(table, patch, condition)).await
    }

    async fn get(&self, table: Table, pk: &str, rk: &str, select: Select) -> StorageResult<Option<Stored>> {
        self.inner.get(table, pk, rk, select).await
    }

    async fn delete(&self, table: Table, pk: &str, rk: &str, condition: &Match) -> StorageResult<()> {
        self.inner.delete(table, pk, rk, condition).await
    }

    async fn query(&self, table: Table, query: &Query, after: Option<&Continuation>) -> StorageResult<Page> {
        self.inner.query(table, query, after).await
    }

    async fn batch(&self, table: Table, pk: &str, ops: &[BatchOp]) -> StorageResult<()> {
        self.inner.batch(table, pk, ops).await
    }
}
