//! Blobs by the addresses that a configuration names.

use crate::standin::shared::Shared;
use blastline_jobs::{
    blob_path::BlobPath,
    names::Container,
    ports::{BlobInfo, PutCondition, StorageResult},
};
use bytes::Bytes;

/// Largest blob that is read into memory here.
const MOST_BYTES: u64 = 1 << 31;

/// A place that an address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    container: Container,
    name: String,
}

impl Address {
    /// Reads `<blob service>/<container>/<name>`; `None` for another service or container.
    pub fn read(shared: &Shared, url: &str) -> Option<Self> {
        let rest = shared
            .setup
            .blob_urls
            .iter()
            .find_map(|known| url.strip_prefix(known.as_str())?.strip_prefix('/'))?;
        let (container, name) = rest.split_once('/')?;
        let container = *Container::ALL.iter().find(|known| known.as_str() == container)?;
        let name = name.trim_end_matches('/');
        // What is no name here has no blob either; what is joined to it is.
        BlobPath::new(container, name).ok()?;
        Some(Self { container, name: name.to_owned() })
    }

    /// A place below it.
    pub fn join(&self, below: &str) -> Self {
        Self { container: self.container, name: format!("{}/{below}", self.name) }
    }

    /// What it is called, without its folders.
    pub fn base(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// The folder that it is in.
    pub fn folder(&self) -> Self {
        let name = self.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        Self { container: self.container, name: name.to_owned() }
    }

    fn path(&self) -> BlobPath {
        BlobPath::new(self.container, self.name.clone()).unwrap()
    }

    /// The blob; `None` when it is not there.
    pub async fn get(&self, shared: &Shared) -> StorageResult<Option<Bytes>> {
        shared.blobs.ensure(self.container).await?;
        shared.blobs.get(&self.path(), MOST_BYTES).await
    }

    /// Whether the blob is there.
    pub async fn exists(&self, shared: &Shared) -> StorageResult<bool> {
        shared.blobs.ensure(self.container).await?;
        Ok(shared.blobs.head(&self.path()).await?.is_some())
    }

    /// Writes the blob.
    pub async fn put(&self, shared: &Shared, body: impl Into<Bytes>) -> StorageResult<()> {
        let kind = "application/octet-stream";
        shared.blobs.ensure(self.container).await?;
        shared.blobs.put(&self.path(), body.into(), kind, PutCondition::Overwrite).await
    }

    /// Every blob whose name begins with this one and what follows.
    pub async fn list(&self, shared: &Shared, behind: &str) -> StorageResult<Vec<BlobInfo>> {
        let prefix = format!("{}{behind}", self.name);
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = shared.blobs.list(self.container, &prefix, after.as_deref()).await?;
            found.extend(page.blobs);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(found),
            }
        }
    }
}
