//! Storage that counts calls and misbehaves on demand.

use async_trait::async_trait;
use blastline_jobs::{
    blob_path::BlobPath,
    names::{Container, Table},
    ports::{
        BatchOp, BlobInfo, BlobPage, BlobStream, Blobs, Continuation, ETag, Entity, Match, Page,
        PutCondition, Query, Select, StorageError, StorageErrorKind, StorageResult, Stored, Tables,
    },
};
use bytes::Bytes;
use std::{
    ops::Range,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
};
use tokio::sync::Semaphore;

/// A part of storage with faults. Clones share part and faults.
#[derive(Clone)]
pub(in crate::database) struct Rigged<S> {
    pub inner: S,
    /// Calls until each one fails, as after a kill; negative for ever. Shared between parts by [`Self::dying_with`].
    left: Arc<AtomicI64>,
    /// Whether each write to a table is done twice, as when the answer to the first was lost on the way.
    pub doubled: Arc<AtomicBool>,
    /// Downloads of files so far.
    pub fetched: Arc<AtomicUsize>,
    /// Downloads that still arrive with a wrong byte.
    pub spoilt: Arc<AtomicUsize>,
    /// Downloads that may end; all, unless permits are taken away.
    pub gate: Arc<Semaphore>,
}

impl<S> Rigged<S> {
    pub fn new(inner: S) -> Self {
        Self {
            inner,
            left: Arc::new(AtomicI64::new(-1)),
            doubled: Arc::default(),
            fetched: Arc::default(),
            spoilt: Arc::default(),
            gate: Arc::new(Semaphore::new(1000)),
        }
    }

    /// The same part for a process that dies after so many calls.
    pub fn dying(&self, calls: i64) -> Self
    where
        S: Clone,
    {
        Self { left: Arc::new(AtomicI64::new(calls)), ..self.clone() }
    }

    /// The same part for the process that uses `other` too.
    pub fn dying_with<T>(&self, other: &Rigged<T>) -> Self
    where
        S: Clone,
    {
        Self { left: Arc::clone(&other.left), ..self.clone() }
    }

    /// Whether the process came to its end.
    pub fn is_dead(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }

    /// Lets no download end before [`Self::release`].
    pub fn hold(&self) {
        self.gate.forget_permits(1000);
    }

    pub fn release(&self) {
        self.gate.add_permits(1000);
    }

    pub fn downloads(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }

    async fn call(&self) -> StorageResult<()> {
        // Lets whatever else is under way come between any two calls.
        tokio::task::yield_now().await;
        let step = |left: i64| if left > 0 { Some(left - 1) } else { None };
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step) {
            Err(0) => Err(StorageError::new(StorageErrorKind::Unavailable, "a call", "the process is dead")),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

#[async_trait]
impl<S: Blobs> Blobs for Rigged<S> {
    async fn ensure(&self, container: Container) -> StorageResult<()> {
        self.inner.ensure(container).await
    }

    async fn put(
        &self,
        path: &BlobPath,
        body: Bytes,
        kind: &str,
        condition: PutCondition,
    ) -> StorageResult<()> {
        self.call().await?;
        self.inner.put(path, body, kind, condition).await
    }

    async fn put_file(&self, path: &BlobPath, file: &Path, kind: &str) -> StorageResult<u64> {
        self.call().await?;
        self.inner.put_file(path, file, kind).await
    }

    async fn get(&self, path: &BlobPath, max_bytes: u64) -> StorageResult<Option<Bytes>> {
        self.call().await?;
        self.inner.get(path, max_bytes).await
    }

    async fn get_range(&self, path: &BlobPath, range: Range<u64>) -> StorageResult<Bytes> {
        self.call().await?;
        self.inner.get_range(path, range).await
    }

    async fn open(&self, path: &BlobPath, range: Option<Range<u64>>) -> StorageResult<BlobStream> {
        self.call().await?;
        self.inner.open(path, range).await
    }

    async fn get_file(&self, path: &BlobPath, file: &Path) -> StorageResult<u64> {
        self.call().await?;
        self.fetched.fetch_add(1, Ordering::SeqCst);
        let size = self.inner.get_file(path, file).await?;
        let _passed = self.gate.acquire().await.unwrap();
        if self.spoilt.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok() {
            let mut bytes = std::fs::read(file).unwrap();
            bytes[0] ^= 1;
            std::fs::write(file, bytes).unwrap();
        }
        Ok(size)
    }

    async fn head(&self, path: &BlobPath) -> StorageResult<Option<BlobInfo>> {
        self.call().await?;
        self.inner.head(path).await
    }

    async fn list(&self, container: Container, prefix: &str, after: Option<&str>) -> StorageResult<BlobPage> {
        self.call().await?;
        self.inner.list(container, prefix, after).await
    }

    async fn delete(&self, path: &BlobPath) -> StorageResult<bool> {
        self.call().await?;
        self.inner.delete(path).await
    }
}

#[async_trait]
impl<S: Tables> Tables for Rigged<S> {
    async fn ensure(&self, table: Table) -> StorageResult<()> {
        self.inner.ensure(table).await
    }

    async fn insert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        self.call().await?;
        if self.doubled.load(Ordering::SeqCst) {
            self.inner.insert(table, entity).await?;
        }
        self.inner.insert(table, entity).await
    }

    async fn upsert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        self.call().await?;
        self.inner.upsert(table, entity).await
    }

    async fn patch(&self, table: Table, patch: &Entity, condition: &Match) -> StorageResult<ETag> {
        self.call().await?;
        if self.doubled.load(Ordering::SeqCst) {
            self.inner.patch(table, patch, condition).await?;
        }
        self.inner.patch(table, patch, condition).await
    }

    async fn get(&self, table: Table, pk: &str, rk: &str, select: Select) -> StorageResult<Option<Stored>> {
        self.call().await?;
        self.inner.get(table, pk, rk, select).await
    }

    async fn delete(&self, table: Table, pk: &str, rk: &str, condition: &Match) -> StorageResult<()> {
        self.call().await?;
        self.inner.delete(table, pk, rk, condition).await
    }

    async fn query(&self, table: Table, query: &Query, after: Option<&Continuation>) -> StorageResult<Page> {
        self.call().await?;
        self.inner.query(table, query, after).await
    }

    async fn batch(&self, table: Table, pk: &str, ops: &[BatchOp]) -> StorageResult<()> {
        self.call().await?;
        self.inner.batch(table, pk, ops).await
    }
}
