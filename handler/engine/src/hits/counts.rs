//! What files hold, in numbers, and where they lie.

use super::columns::{COUNTS_KEY, SCHEMA_KEY, SCHEMA_VERSION};
use super::error::{HitResult, HitStoreError};
use blastline_jobs::blob_path::BlobPath;
use parquet::file::metadata::KeyValue;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a file set holds. Stands in each file's metadata, and belongs into the row of a part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitCounts {
    /// Position of the first query, 0-based.
    pub first_query: u64,
    /// Queries.
    pub queries: u64,
    /// Queries without hits.
    pub queries_without_hits: u64,
    /// Query-subject pairs.
    pub hits: u64,
    /// Alignments (HSPs).
    pub alignments: u64,
}

impl HitCounts {
    /// Position after the last query.
    pub fn end_query(&self) -> u64 {
        self.first_query.saturating_add(self.queries)
    }

    /// The metadata that says so.
    pub(super) fn metadata(&self) -> Vec<KeyValue> {
        let counts = serde_json::to_string(self).unwrap_or_default();
        vec![
            KeyValue::new(SCHEMA_KEY.to_owned(), SCHEMA_VERSION.to_string()),
            KeyValue::new(COUNTS_KEY.to_owned(), counts),
        ]
    }

    /// Reads the metadata of `file`.
    pub(super) fn from_metadata(file: &str, metadata: Option<&Vec<KeyValue>>) -> HitResult<Self> {
        let get = |key: &str| {
            metadata.into_iter().flatten().find(|kv| kv.key == key).and_then(|kv| kv.value.as_deref())
        };
        match get(SCHEMA_KEY).map(str::parse::<u32>) {
            Some(Ok(SCHEMA_VERSION)) => {}
            other => return Err(HitStoreError::corrupt(file, format!("schema version {other:?}"))),
        }
        let counts = get(COUNTS_KEY).ok_or_else(|| HitStoreError::corrupt(file, "counts are missing"))?;
        serde_json::from_str(counts).map_err(|e| HitStoreError::corrupt(file, format!("counts: {e}")))
    }

    /// Adds what follows.
    pub(super) fn append(&mut self, next: &Self) {
        self.queries = self.queries.saturating_add(next.queries);
        self.queries_without_hits = self.queries_without_hits.saturating_add(next.queries_without_hits);
        self.hits = self.hits.saturating_add(next.hits);
        self.alignments = self.alignments.saturating_add(next.alignments);
    }
}

/// Local files of a finished part or a finished join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartFiles {
    /// Alignments without residues, one row each.
    pub hits: PathBuf,
    /// Residues, row by row as in `hits`.
    pub residues: PathBuf,
    /// Queries, one row each.
    pub queries: PathBuf,
    /// What they hold.
    pub counts: HitCounts,
}

/// A stored file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// The blob.
    pub path: BlobPath,
    /// Its size in bytes where known. Without it the storage is asked for size and version, and a footer read before
    /// for this version is used again.
    pub size_bytes: Option<u64>,
}

/// The stored files of a finished part, or of the whole job once it was joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPart {
    /// Alignments without residues.
    pub hits: StoredFile,
    /// Residues.
    pub residues: StoredFile,
    /// Queries.
    pub queries: StoredFile,
    /// What they hold, as the writer told.
    pub counts: HitCounts,
}
