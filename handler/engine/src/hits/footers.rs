//! Footers that were read before, by blob and version: a page of a finished job is read without reading and decoding
//! its footers anew.

use super::counts::HitCounts;
use super::limits::FOOTER_CACHE_BYTES;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::ports::ETag;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A footer with its page index, decoded and checked.
#[derive(Debug)]
pub(super) struct Footer {
    pub metadata: ArrowReaderMetadata,
    pub counts: HitCounts,
    /// Row at which each row group begins, and the number of rows at the end.
    pub starts: Vec<u64>,
}

struct Entry {
    version: ETag,
    footer: Arc<Footer>,
    bytes: usize,
    used: u64,
}

#[derive(Default)]
struct State {
    entries: HashMap<BlobPath, Entry>,
    bytes: usize,
    uses: u64,
}

/// Keeps the footers used last, up to [`FOOTER_CACHE_BYTES`].
#[derive(Default)]
pub(super) struct Footers {
    state: Mutex<State>,
}

impl Footers {
    /// The footer of this version of a blob.
    pub(super) fn get(&self, path: &BlobPath, version: &ETag) -> Option<Arc<Footer>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.uses += 1;
        let now = state.uses;
        let entry = state.entries.get_mut(path).filter(|entry| entry.version == *version)?;
        entry.used = now;
        Some(entry.footer.clone())
    }

    /// Keeps a footer, in place of those used least recently.
    pub(super) fn put(&self, path: &BlobPath, version: ETag, footer: &Arc<Footer>) {
        let bytes = footer.metadata.metadata().memory_size();
        if bytes > FOOTER_CACHE_BYTES / 4 {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.uses += 1;
        let entry = Entry { version, footer: footer.clone(), bytes, used: state.uses };
        if let Some(before) = state.entries.insert(path.clone(), entry) {
            state.bytes -= before.bytes;
        }
        state.bytes += bytes;
        while state.bytes > FOOTER_CACHE_BYTES {
            let oldest =
                state.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(path, _)| path.clone());
            let Some(gone) = oldest.and_then(|path| state.entries.remove(&path)) else { break };
            state.bytes -= gone.bytes;
        }
    }
}
