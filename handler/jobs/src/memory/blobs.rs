use super::lock;
use crate::{
    blob_path::BlobPath,
    names::Container,
    ports::{
        BlobInfo, BlobPage, BlobStream, Blobs, Clock, ETag, PutCondition, StorageError, StorageErrorKind,
        StorageResult,
    },
};
use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream};
use std::{
    collections::{BTreeMap, HashMap},
    fmt, fs,
    ops::{Bound, Range},
    path::Path,
    sync::{Arc, Mutex},
};
use time::OffsetDateTime;

/// Bytes that a stream gives at once.
const PIECE: usize = 64 * 1024;
/// Blobs on a page of a listing, unless said otherwise.
const LIST_PAGE: usize = 1000;

/// Blobs in memory, whose times follow a clock. Clones share them.
#[derive(Clone)]
pub struct MemoryBlobs {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
    list_page: usize,
}

#[derive(Debug, Default)]
struct State {
    containers: HashMap<Container, BTreeMap<String, Blob>>,
    writes: u64,
}

#[derive(Debug, Clone)]
struct Blob {
    bytes: Bytes,
    etag: ETag,
    modified: OffsetDateTime,
}

impl MemoryBlobs {
    /// Without any container.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Arc::default(), list_page: LIST_PAGE }
    }

    /// With every container there is.
    pub fn ready(clock: Arc<dyn Clock>) -> Self {
        let blobs = Self::new(clock);
        lock(&blobs.state).containers =
            Container::ALL.iter().map(|container| (*container, BTreeMap::new())).collect();
        blobs
    }

    /// With other pages of listings.
    #[must_use]
    pub fn list_page(mut self, blobs: usize) -> Self {
        self.list_page = blobs;
        self
    }

    /// A blob that has to be there.
    fn find(&self, what: &str, path: &BlobPath) -> StorageResult<Blob> {
        let missing = || StorageError::new(StorageErrorKind::NotFound, what, "BlobNotFound");
        self.look(what, path)?.ok_or_else(missing)
    }

    /// A blob, in a container that has to be there.
    fn look(&self, what: &str, path: &BlobPath) -> StorageResult<Option<Blob>> {
        Ok(lock(&self.state).container(what, path.container())?.get(path.name()).cloned())
    }
}

impl fmt::Debug for MemoryBlobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryBlobs").field("state", &lock(&self.state)).finish_non_exhaustive()
    }
}

impl State {
    fn container(&mut self, what: &str, container: Container) -> StorageResult<&mut BTreeMap<String, Blob>> {
        let missing = || StorageError::new(StorageErrorKind::NotFound, what, "ContainerNotFound");
        self.containers.get_mut(&container).ok_or_else(missing)
    }
}

fn local(what: &str, error: &std::io::Error) -> StorageError {
    StorageError::new(StorageErrorKind::LocalFile, what, error)
}

/// A range of a blob, cut at its end.
fn cut(bytes: &Bytes, range: &Range<u64>) -> Bytes {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    let (start, end) = (place(range.start), place(range.end));
    if start < end { bytes.slice(start..end) } else { Bytes::new() }
}

fn info(path: BlobPath, blob: &Blob) -> BlobInfo {
    BlobInfo { path, size_bytes: blob.bytes.len() as u64, etag: blob.etag.clone(), modified: blob.modified }
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn ensure(&self, container: Container) -> StorageResult<()> {
        lock(&self.state).containers.entry(container).or_default();
        Ok(())
    }

    async fn put(
        &self,
        path: &BlobPath,
        body: Bytes,
        _content_type: &str,
        condition: PutCondition,
    ) -> StorageResult<()> {
        let what = format!("put {path}");
        let mut state = lock(&self.state);
        state.writes += 1;
        let etag = ETag(format!("\"memory-{}\"", state.writes));
        let container = state.container(&what, path.container())?;
        if condition == PutCondition::CreateOnly && container.contains_key(path.name()) {
            return Err(StorageError::new(StorageErrorKind::AlreadyExists, what, "BlobAlreadyExists"));
        }
        container.insert(path.name().to_owned(), Blob { bytes: body, etag, modified: self.clock.now() });
        Ok(())
    }

    async fn put_file(&self, path: &BlobPath, file: &Path, content_type: &str) -> StorageResult<u64> {
        let body = fs::read(file).map_err(|error| local(&format!("put {path} from a file"), &error))?;
        let size = body.len() as u64;
        self.put(path, body.into(), content_type, PutCondition::Overwrite).await?;
        Ok(size)
    }

    async fn get(&self, path: &BlobPath, max_bytes: u64) -> StorageResult<Option<Bytes>> {
        let what = format!("get {path}");
        let Some(blob) = self.look(&what, path)? else { return Ok(None) };
        let size = blob.bytes.len() as u64;
        if size > max_bytes {
            let cause = format!("{size} bytes, {max_bytes} allowed");
            return Err(StorageError::new(StorageErrorKind::TooLarge, what, cause));
        }
        Ok(Some(blob.bytes))
    }

    async fn get_range(&self, path: &BlobPath, range: Range<u64>) -> StorageResult<Bytes> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        Ok(cut(&self.find(&format!("get {path} {}..{}", range.start, range.end), path)?.bytes, &range))
    }

    async fn open(&self, path: &BlobPath, range: Option<Range<u64>>) -> StorageResult<BlobStream> {
        let blob = self.find(&format!("open {path}"), path)?;
        let bytes = cut(&blob.bytes, &range.unwrap_or(0..u64::MAX));
        let pieces =
            (0..bytes.len()).step_by(PIECE).map(move |at| Ok(bytes.slice(at..(at + PIECE).min(bytes.len()))));
        Ok(stream::iter(pieces).boxed())
    }

    async fn get_file(&self, path: &BlobPath, file: &Path) -> StorageResult<u64> {
        let what = format!("get {path} into a file");
        let blob = self.find(&what, path)?;
        fs::write(file, &blob.bytes).map_err(|error| local(&what, &error))?;
        Ok(blob.bytes.len() as u64)
    }

    async fn head(&self, path: &BlobPath) -> StorageResult<Option<BlobInfo>> {
        Ok(self.look(&format!("head {path}"), path)?.map(|blob| info(path.clone(), &blob)))
    }

    async fn list(&self, container: Container, prefix: &str, after: Option<&str>) -> StorageResult<BlobPage> {
        let mut state = lock(&self.state);
        let blobs = state.container(&format!("list {container}/{prefix}"), container)?;
        let first = after.unwrap_or(prefix);
        let mut matching = blobs
            .range::<str, _>((Bound::Included(first), Bound::Unbounded))
            .take_while(|(name, _)| name.starts_with(prefix));
        let page = matching
            .by_ref()
            .take(self.list_page)
            // Every name was checked when it was written.
            .filter_map(|(name, blob)| Some(info(BlobPath::new(container, name).ok()?, blob)))
            .collect();
        Ok(BlobPage { blobs: page, next: matching.next().map(|(name, _)| name.clone()) })
    }

    async fn delete(&self, path: &BlobPath) -> StorageResult<bool> {
        let mut state = lock(&self.state);
        Ok(state.container(&format!("delete {path}"), path.container())?.remove(path.name()).is_some())
    }

    async fn delete_version(&self, blob: &BlobInfo) -> StorageResult<bool> {
        let mut state = lock(&self.state);
        let blobs = state.container(&format!("delete {}", blob.path), blob.path.container())?;
        let same = blobs.get(blob.path.name()).is_some_and(|stored| stored.etag == blob.etag);
        Ok(same && blobs.remove(blob.path.name()).is_some())
    }
}
