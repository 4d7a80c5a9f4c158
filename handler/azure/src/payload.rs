use blastline_jobs::{
    blob_path::{BlobPath, BlobPathError},
    names::Container,
    ports::{Blobs, PutCondition, StorageError},
};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Longest payload that stays in its row, in characters as a property counts them: UTF-16 units, of which it
/// holds 32 Ki.
const INLINE_CHARS: usize = 24_000;
/// What a stored reference begins with. No JSON text begins so.
const MARK: &str = "blob:";
/// Largest payload that is read back, in bytes.
const MAX_PAYLOAD_BYTES: u64 = 64 * 1024 * 1024;

/// What a row's payload property holds: the payload itself, or where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayloadRef {
    /// The JSON text.
    Inline(String),
    /// The name of a blob in `job-payloads`.
    Blob(BlobPath),
}

/// A payload that could not be stored or loaded.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PayloadError {
    /// The id or the name of the part makes no blob name.
    #[error(transparent)]
    Name(#[from] BlobPathError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The row points at a blob that is not there.
    #[error("the payload {path} is gone")]
    Gone {
        /// Where it should be.
        path: BlobPath,
    },
    /// The blob is no text.
    #[error("the payload {path} is no UTF-8 text")]
    NotText {
        /// Where it is.
        path: BlobPath,
    },
}

impl PayloadRef {
    /// The text for the row's property.
    pub fn to_property(&self) -> String {
        match self {
            Self::Inline(json) => json.clone(),
            Self::Blob(path) => format!("{MARK}{}", path.name()),
        }
    }

    /// Reads the row's property.
    pub fn from_property(text: &str) -> Result<Self, BlobPathError> {
        match text.strip_prefix(MARK) {
            Some(name) => BlobPath::new(Container::JobPayloads, name).map(Self::Blob),
            None => Ok(Self::Inline(text.to_owned())),
        }
    }
}

/// The first half of a text's SHA-256, in hex: enough to tell the few payloads of one task apart.
fn hash(json: &str) -> String {
    hex::encode(&Sha256::digest(json.as_bytes())[..16])
}

/// Keeps payloads that are too large for a row in `job-payloads`, and gives them back as if they were in it.
#[derive(Clone)]
pub struct Payloads {
    blobs: Arc<dyn Blobs>,
}

impl Payloads {
    /// Over the blobs of a storage account.
    pub fn new(blobs: Arc<dyn Blobs>) -> Self {
        Self { blobs }
    }

    /// Stores a JSON text of a task: in its row up to 24,000 characters, above that as `{id}/{what}-{hash}.json`.
    ///
    /// The blob is written before the row that points at it. Its name holds a hash of its text, so that writing it
    /// twice is harmless, and a request that loses the race for an id cannot overwrite the winner's payload.
    pub async fn store(&self, id: &str, what: &str, json: &str) -> Result<PayloadRef, PayloadError> {
        if json.encode_utf16().nth(INLINE_CHARS).is_none() && !json.starts_with(MARK) {
            return Ok(PayloadRef::Inline(json.to_owned()));
        }
        let path = BlobPath::new(Container::JobPayloads, format!("{id}/{what}-{}.json", hash(json)))?;
        let body = Bytes::copy_from_slice(json.as_bytes());
        self.blobs.put(&path, body, "application/json", PutCondition::Overwrite).await?;
        Ok(PayloadRef::Blob(path))
    }

    /// The JSON text behind a reference.
    pub async fn load(&self, payload: &PayloadRef) -> Result<String, PayloadError> {
        match payload {
            PayloadRef::Inline(json) => Ok(json.clone()),
            PayloadRef::Blob(path) => {
                let bytes = self.blobs.get(path, MAX_PAYLOAD_BYTES).await?;
                let bytes = bytes.ok_or_else(|| PayloadError::Gone { path: path.clone() })?;
                String::from_utf8(bytes.into()).map_err(|_| PayloadError::NotText { path: path.clone() })
            }
        }
    }

    /// Deletes every payload of a task that lies outside its row, and tells how many there were.
    pub async fn remove(&self, id: &str) -> Result<usize, PayloadError> {
        let prefix = format!("{id}/");
        let mut removed = 0;
        loop {
            // From the start each time: what was listed is gone by then.
            let page = self.blobs.list(Container::JobPayloads, &prefix, None).await?;
            for blob in &page.blobs {
                removed += usize::from(self.blobs.delete(&blob.path).await?);
            }
            if page.next.is_none() {
                return Ok(removed);
            }
        }
    }
}
