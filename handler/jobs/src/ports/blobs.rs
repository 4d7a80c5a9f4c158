use super::{ETag, StorageError, StorageResult};
use crate::blob_path::BlobPath;
use crate::names::Container;
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use std::{ops::Range, path::Path};
use time::OffsetDateTime;

/// What is known of a blob without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobInfo {
    /// Container and name.
    pub path: BlobPath,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Version.
    pub etag: ETag,
    /// When it was last written.
    pub modified: OffsetDateTime,
}

/// One page of a listing, in name order. It may be empty and still have a marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobPage {
    /// The blobs.
    pub blobs: Vec<BlobInfo>,
    /// Where to go on; `None` when there is no more.
    pub next: Option<String>,
}

/// Bytes of a blob as they arrive, all of one version.
pub type BlobStream = BoxStream<'static, Result<Bytes, StorageError>>;

/// What a blob write demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutCondition {
    /// Nothing: a blob that is there is replaced.
    Overwrite,
    /// No blob of that name, else `AlreadyExists`.
    CreateOnly,
}

/// Block blobs in containers.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Creates the container where it is missing.
    async fn ensure(&self, container: Container) -> StorageResult<()>;
    /// Writes a blob from memory.
    async fn put(
        &self,
        path: &BlobPath,
        body: Bytes,
        content_type: &str,
        condition: PutCondition,
    ) -> StorageResult<()>;
    /// Writes a blob from a local file, in blocks; memory does not grow with its size.
    async fn put_file(&self, path: &BlobPath, file: &Path, content_type: &str) -> StorageResult<u64>;
    /// Reads a whole blob into memory; `TooLarge` above `max_bytes`, `None` when it is not there.
    async fn get(&self, path: &BlobPath, max_bytes: u64) -> StorageResult<Option<Bytes>>;
    /// Reads a range, cut at the blob's end; `NotFound` when it is not there. An empty range reads nothing.
    async fn get_range(&self, path: &BlobPath, range: Range<u64>) -> StorageResult<Bytes>;
    /// Streams a blob, or a range of it; `NotFound` when it is not there.
    async fn open(&self, path: &BlobPath, range: Option<Range<u64>>) -> StorageResult<BlobStream>;
    /// Writes a blob's bytes into a local file (created or emptied) and tells how many.
    async fn get_file(&self, path: &BlobPath, file: &Path) -> StorageResult<u64>;
    /// Size and version, `None` when it is not there.
    async fn head(&self, path: &BlobPath) -> StorageResult<Option<BlobInfo>>;
    /// One page of the blobs whose names begin with `prefix`.
    async fn list(&self, container: Container, prefix: &str, after: Option<&str>) -> StorageResult<BlobPage>;
    /// Deletes a blob; tells whether it was there.
    async fn delete(&self, path: &BlobPath) -> StorageResult<bool>;
    /// Deletes a blob in the version that was listed; tells whether it did. One that is gone or was written since is
    /// left alone. Parts that cannot do so in one step look first.
    async fn delete_version(&self, blob: &BlobInfo) -> StorageResult<bool> {
        match self.head(&blob.path).await? {
            Some(now) if now.etag == blob.etag => self.delete(&blob.path).await,
            _ => Ok(false),
        }
    }
}
