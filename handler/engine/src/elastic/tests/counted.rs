use async_trait::async_trait;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::names::{Container, Table};
use blastline_jobs::ports::{
    BatchOp, BlobInfo, BlobPage, BlobStream, Blobs, Continuation, ETag, Entity, Match, Page, PutCondition,
    Query, Select, StorageResult, Stored, Tables,
};
use bytes::Bytes;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Storage whose calls are counted.
pub struct Counted<T: ?Sized> {
    inner: Arc<T>,
    calls: Arc<AtomicU64>,
}

impl<T: ?Sized> Counted<T> {
    pub fn new(inner: Arc<T>, calls: &Arc<AtomicU64>) -> Arc<Self> {
        Arc::new(Self { inner, calls: calls.clone() })
    }

    fn one(&self) -> &T {
        self.calls.fetch_add(1, Ordering::SeqCst);
        &self.inner
    }
}

#[async_trait]
impl Tables for Counted<dyn Tables> {
    async fn ensure(&self, table: Table) -> StorageResult<()> {
        self.one().ensure(table).await
    }
    async fn insert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        self.one().insert(table, entity).await
    }
    async fn upsert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        self.one().upsert(table, entity).await
    }
    async fn patch(&self, table: Table, patch: &Entity, condition: &Match) -> StorageResult<ETag> {
        self.one().patch(table, patch, condition).await
    }
    async fn get(&self, table: Table, pk: &str, rk: &str, select: Select) -> StorageResult<Option<Stored>> {
        self.one().get(table, pk, rk, select).await
    }
    async fn delete(&self, table: Table, pk: &str, rk: &str, condition: &Match) -> StorageResult<()> {
        self.one().delete(table, pk, rk, condition).await
    }
    async fn query(&self, table: Table, query: &Query, after: Option<&Continuation>) -> StorageResult<Page> {
        self.one().query(table, query, after).await
    }
    async fn batch(&self, table: Table, pk: &str, ops: &[BatchOp]) -> StorageResult<()> {
        self.one().batch(table, pk, ops).await
    }
}

#[async_trait]
impl Blobs for Counted<dyn Blobs> {
    async fn ensure(&self, container: Container) -> StorageResult<()> {
        self.one().ensure(container).await
    }
    async fn put(
        &self,
        path: &BlobPath,
        body: Bytes,
        content_type: &str,
        condition: PutCondition,
    ) -> StorageResult<()> {
        self.one().put(path, body, content_type, condition).await
    }
    async fn put_file(&self, path: &BlobPath, file: &Path, content_type: &str) -> StorageResult<u64> {
        self.one().put_file(path, file, content_type).await
    }
    async fn get(&self, path: &BlobPath, max_bytes: u64) -> StorageResult<Option<Bytes>> {
        self.one().get(path, max_bytes).await
    }
    async fn get_range(&self, path: &BlobPath, range: Range<u64>) -> StorageResult<Bytes> {
        self.one().get_range(path, range).await
    }
    async fn open(&self, path: &BlobPath, range: Option<Range<u64>>) -> StorageResult<BlobStream> {
        self.one().open(path, range).await
    }
    async fn get_file(&self, path: &BlobPath, file: &Path) -> StorageResult<u64> {
        self.one().get_file(path, file).await
    }
    async fn head(&self, path: &BlobPath) -> StorageResult<Option<BlobInfo>> {
        self.one().head(path).await
    }
    async fn list(&self, container: Container, prefix: &str, after: Option<&str>) -> StorageResult<BlobPage> {
        self.one().list(container, prefix, after).await
    }
    async fn delete(&self, path: &BlobPath) -> StorageResult<bool> {
        self.one().delete(path).await
    }
    async fn delete_version(&self, blob: &BlobInfo) -> StorageResult<bool> {
        self.one().delete_version(blob).await
    }
}
