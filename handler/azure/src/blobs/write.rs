use super::{AzureBlobs, local};
use azure_core::{Uuid, error::Error};
use azure_storage_blob::models::{
    BlockBlobClientCommitBlockListOptions, BlockBlobClientUploadOptions, BlockLookupList,
};
use blastline_jobs::{
    blob_path::BlobPath,
    ports::{PutCondition, StorageError, StorageErrorKind, StorageResult},
};
use bytes::Bytes;
use futures::{StreamExt, stream::FuturesUnordered};
use std::{num::NonZero, path::Path};
use tokio::io::AsyncReadExt;

/// Smallest block. Files up to this go in one request.
const BLOCK: u64 = 4 * 1024 * 1024;
/// Blocks under way at once; memory holds one more.
const AT_ONCE: usize = 3;
/// Most blocks of a blob.
/// Source: <https://learn.microsoft.com/azure/storage/blobs/scalability-targets>.
const MAX_BLOCKS: u64 = 50_000;

impl AzureBlobs {
    pub(super) async fn put_bytes(
        &self,
        path: &BlobPath,
        body: Bytes,
        content_type: &str,
        condition: PutCondition,
    ) -> StorageResult<()> {
        let options = BlockBlobClientUploadOptions {
            blob_content_type: Some(content_type.to_owned()),
            parallel: NonZero::new(AT_ONCE),
            ..Default::default()
        };
        let options = match condition {
            PutCondition::Overwrite => options,
            PutCondition::CreateOnly => options.if_not_exists(),
        };
        let client = self.blob(path).block_blob_client();
        let size = body.len() as u64;
        let call = client.upload(body.into(), Some(options));
        let what = format!("put {path}");
        match self.limits.bounded_upload(&what, size, call).await {
            // The service says either, by whether the blob was there before or came in between.
            Err(error) if condition == PutCondition::CreateOnly && error.is_conflict() => {
                Err(StorageError { kind: StorageErrorKind::AlreadyExists, ..error })
            }
            result => result.map(drop),
        }
    }

    pub(super) async fn put_local(
        &self,
        path: &BlobPath,
        file: &Path,
        content_type: &str,
    ) -> StorageResult<u64> {
        let what = format!("put {path} from a file");
        let mut source = tokio::fs::File::open(file).await.map_err(|error| local(&what, &error))?;
        let size = source.metadata().await.map_err(|error| local(&what, &error))?.len();
        let block = BLOCK.max(size.div_ceil(MAX_BLOCKS));
        let first = read_block(&what, &mut source, block).await?;
        if (first.len() as u64) < block {
            let written = first.len() as u64;
            self.put_bytes(path, first, content_type, PutCondition::Overwrite).await?;
            return Ok(written);
        }
        // All ids have one length, and no two uploads share any, so that two writers cannot mix their blocks.
        let upload = Uuid::new_v4();
        let mut ids = Vec::new();
        let mut written = 0;
        let mut under_way = FuturesUnordered::new();
        let mut next = first;
        while !next.is_empty() {
            let id = block_id(upload, ids.len());
            ids.push(id.clone());
            written += next.len() as u64;
            under_way.push(self.stage(&what, path, id, next));
            if under_way.len() >= AT_ONCE
                && let Some(done) = under_way.next().await
            {
                done?;
            }
            next = read_block(&what, &mut source, block).await?;
        }
        while let Some(done) = under_way.next().await {
            done?;
        }
        self.commit(&what, path, ids, content_type).await?;
        Ok(written)
    }

    async fn stage(&self, what: &str, path: &BlobPath, id: Vec<u8>, block: Bytes) -> StorageResult<()> {
        let client = self.blob(path).block_blob_client();
        let size = block.len() as u64;
        let call = client.stage_block(&id, size, block.into(), None);
        self.limits.bounded_upload(what, size, call).await.map(drop)
    }

    async fn commit(
        &self,
        what: &str,
        path: &BlobPath,
        ids: Vec<Vec<u8>>,
        content_type: &str,
    ) -> StorageResult<()> {
        let client = self.blob(path).block_blob_client();
        let options = BlockBlobClientCommitBlockListOptions {
            blob_content_type: Some(content_type.to_owned()),
            ..Default::default()
        };
        let blocks = BlockLookupList { latest: Some(ids), ..Default::default() };
        let call = async {
            let blocks = blocks.try_into().map_err(|error: Error| error)?;
            client.commit_block_list(blocks, Some(options)).await
        };
        self.limits.bounded(what, call).await.map(drop)
    }
}

fn block_id(upload: Uuid, index: usize) -> Vec<u8> {
    format!("{}-{index:06}", upload.simple()).into_bytes()
}

/// The next block of a file; shorter only at its end.
async fn read_block(what: &str, source: &mut tokio::fs::File, size: u64) -> StorageResult<Bytes> {
    let mut block = Vec::new();
    source.take(size).read_to_end(&mut block).await.map_err(|error| local(what, &error))?;
    Ok(block.into())
}
