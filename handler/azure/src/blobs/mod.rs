//! Blobs through the official crate. [`read`] fetches pieces of one version, [`write`] stages blocks, [`list`]
//! pages; this file is the port.

mod list;
mod read;
mod write;

use crate::{CallLimits, error::error_code};
use async_trait::async_trait;
use azure_core::{error::Error, http::StatusCode};
use azure_storage_blob::{
    BlobClient, BlobServiceClient,
    models::{BlobClientDeleteOptions, BlobClientGetPropertiesResultHeaders, StorageErrorCode},
};
use blastline_jobs::{
    blob_path::BlobPath,
    names::Container,
    ports::{
        BlobInfo, BlobPage, BlobStream, Blobs, ETag, PutCondition, StorageError, StorageErrorKind,
        StorageResult,
    },
};
use bytes::Bytes;
use std::{ops::Range, path::Path, sync::Arc};

/// Blobs over a service client.
#[derive(Clone)]
pub struct AzureBlobs {
    service: Arc<BlobServiceClient>,
    limits: CallLimits,
}

impl AzureBlobs {
    /// Over a service client.
    pub fn new(service: BlobServiceClient, limits: CallLimits) -> Self {
        Self { service: Arc::new(service), limits }
    }

    fn blob(&self, path: &BlobPath) -> BlobClient {
        self.service.blob_client(path.container().as_str(), path.name())
    }
}

/// Whether an error says that a blob is not there, in a container that is.
fn is_missing_blob(error: &Error) -> bool {
    error.http_status() == Some(StatusCode::NotFound)
        && error_code(error) != StorageErrorCode::ContainerNotFound.as_ref()
}

fn corrupt(what: &str, cause: impl std::fmt::Display) -> StorageError {
    StorageError::new(StorageErrorKind::Corrupt, what, cause)
}

fn local(what: &str, error: &std::io::Error) -> StorageError {
    StorageError::new(StorageErrorKind::LocalFile, what, error)
}

#[async_trait]
impl Blobs for AzureBlobs {
    async fn ensure(&self, container: Container) -> StorageResult<()> {
        let client = self.service.blob_container_client(container.as_str());
        match self.limits.bounded(&format!("create container {container}"), client.create(None)).await {
            Err(error) if error.kind == StorageErrorKind::AlreadyExists => Ok(()),
            result => result.map(drop),
        }
    }

    async fn put(
        &self,
        path: &BlobPath,
        body: Bytes,
        content_type: &str,
        condition: PutCondition,
    ) -> StorageResult<()> {
        self.put_bytes(path, body, content_type, condition).await
    }

    async fn put_file(&self, path: &BlobPath, file: &Path, content_type: &str) -> StorageResult<u64> {
        self.put_local(path, file, content_type).await
    }

    async fn get(&self, path: &BlobPath, max_bytes: u64) -> StorageResult<Option<Bytes>> {
        self.get_bytes(path, max_bytes).await
    }

    async fn get_range(&self, path: &BlobPath, range: Range<u64>) -> StorageResult<Bytes> {
        self.range_bytes(path, range).await
    }

    async fn open(&self, path: &BlobPath, range: Option<Range<u64>>) -> StorageResult<BlobStream> {
        self.open_stream(path, range).await
    }

    async fn get_file(&self, path: &BlobPath, file: &Path) -> StorageResult<u64> {
        self.get_local(path, file).await
    }

    async fn head(&self, path: &BlobPath) -> StorageResult<Option<BlobInfo>> {
        let what = format!("head {path}");
        let client = self.blob(path);
        let call = async {
            match client.get_properties(None).await {
                Ok(answer) => Ok(Some((answer.content_length()?, answer.etag()?, answer.last_modified()?))),
                Err(error) if is_missing_blob(&error) => Ok(None),
                Err(error) => Err(error),
            }
        };
        match self.limits.bounded(&what, call).await? {
            None => Ok(None),
            Some((Some(size_bytes), Some(etag), Some(modified))) => {
                Ok(Some(BlobInfo { path: path.clone(), size_bytes, etag: ETag(etag.to_string()), modified }))
            }
            Some(_) => Err(corrupt(&what, "the answer lacks size, version or time")),
        }
    }

    async fn list(&self, container: Container, prefix: &str, after: Option<&str>) -> StorageResult<BlobPage> {
        self.list_page(container, prefix, after).await
    }

    async fn delete(&self, path: &BlobPath) -> StorageResult<bool> {
        let client = self.blob(path);
        let call = async {
            match client.delete(None).await {
                Ok(_) => Ok(true),
                Err(error) if is_missing_blob(&error) => Ok(false),
                Err(error) => Err(error),
            }
        };
        self.limits.bounded(&format!("delete {path}"), call).await
    }

    async fn delete_version(&self, blob: &BlobInfo) -> StorageResult<bool> {
        let client = self.blob(&blob.path);
        let options =
            BlobClientDeleteOptions { if_match: Some(blob.etag.0.as_str().into()), ..Default::default() };
        let call = async {
            match client.delete(Some(options)).await {
                Ok(_) => Ok(true),
                Err(error) if is_missing_blob(&error) => Ok(false),
                Err(error) if error.http_status() == Some(StatusCode::PreconditionFailed) => Ok(false),
                Err(error) => Err(error),
            }
        };
        self.limits.bounded(&format!("delete {}", blob.path), call).await
    }
}
