use super::{AzureBlobs, corrupt};
use azure_storage_blob::models::{BlobContainerClientListBlobsOptions, BlobItem};
use blastline_jobs::{
    blob_path::BlobPath,
    names::Container,
    ports::{BlobInfo, BlobPage, ETag, StorageResult},
};
use futures::TryStreamExt;
use tracing::warn;

impl AzureBlobs {
    /// One page of a listing.
    pub(super) async fn list_page(
        &self,
        container: Container,
        prefix: &str,
        after: Option<&str>,
    ) -> StorageResult<BlobPage> {
        let what = format!("list {container}/{prefix}");
        let options = BlobContainerClientListBlobsOptions {
            prefix: (!prefix.is_empty()).then(|| prefix.to_owned()),
            marker: after.map(str::to_owned),
            maxresults: Some(i32::from(self.limits.list_page)),
            ..Default::default()
        };
        let client = self.service.blob_container_client(container.as_str());
        let call = async {
            match client.list_blobs(Some(options))?.into_pages().try_next().await? {
                Some(page) => page.into_model().map(Some),
                None => Ok(None),
            }
        };
        let Some(page) = self.limits.bounded(&what, call).await? else {
            return Ok(BlobPage { blobs: Vec::new(), next: None });
        };
        let mut blobs = Vec::with_capacity(page.blob_items.len());
        for item in page.blob_items {
            blobs.extend(info(&what, container, item)?);
        }
        Ok(BlobPage { blobs, next: page.next_marker.filter(|marker| !marker.is_empty()) })
    }
}

/// A listed blob; `None` for one that this project cannot have written, since its name is none of ours.
fn info(what: &str, container: Container, item: BlobItem) -> StorageResult<Option<BlobInfo>> {
    let name = item.name.ok_or_else(|| corrupt(what, "a blob without a name"))?;
    let path = match BlobPath::new(container, name) {
        Ok(path) => path,
        Err(error) => {
            warn!(container = container.as_str(), reason = error.reason, "a foreign blob is passed over");
            return Ok(None);
        }
    };
    let parts =
        item.properties.and_then(|props| Some((props.content_length?, props.etag?, props.last_modified?)));
    let (size_bytes, etag, modified) =
        parts.ok_or_else(|| corrupt(what, format_args!("{path} lacks size, version or time")))?;
    Ok(Some(BlobInfo { path, size_bytes, etag: ETag(etag.to_string()), modified }))
}
