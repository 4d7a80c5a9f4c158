//! Bytes of stored files, by ranges, within a budget.

use super::counts::StoredFile;
use super::error::{HitResult, HitStoreError};
use super::limits::{COALESCE_BYTES, PARALLEL_READS};
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::ports::{Blobs, ETag};
use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use parquet::errors::ParquetError;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that a request may still fetch, and what it fetched.
#[derive(Debug)]
pub(super) struct Budget {
    limit: u64,
    spent: AtomicU64,
}

impl Budget {
    pub(super) fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self { limit, spent: AtomicU64::new(0) })
    }

    fn spend(&self, bytes: u64) -> HitResult<()> {
        let before = self.spent.fetch_add(bytes, Ordering::Relaxed);
        let size = before.saturating_add(bytes);
        if size > self.limit {
            return Err(HitStoreError::TooLarge {
                what: "bytes read for one request",
                size,
                limit: self.limit,
            });
        }
        Ok(())
    }
}

/// A stored file of known size.
pub(super) struct Source {
    blobs: Arc<dyn Blobs>,
    path: BlobPath,
    size: u64,
    /// Its version, where the storage was asked.
    version: Option<ETag>,
}

impl Source {
    /// Asks for the size where it is not known.
    pub(super) async fn open(blobs: Arc<dyn Blobs>, file: StoredFile) -> HitResult<Self> {
        let (size, version) = match file.size_bytes {
            Some(size) => (size, None),
            None => match blobs.head(&file.path).await? {
                Some(info) => (info.size_bytes, Some(info.etag)),
                None => return Err(HitStoreError::corrupt(&file.path, "the file is missing")),
            },
        };
        Ok(Self { blobs, path: file.path, size, version })
    }

    pub(super) fn path(&self) -> &BlobPath {
        &self.path
    }

    pub(super) fn version(&self) -> Option<&ETag> {
        self.version.as_ref()
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn name(&self) -> String {
        self.path.to_string()
    }

    /// An error about this file's content.
    pub(super) fn corrupt(&self, cause: impl std::fmt::Display) -> HitStoreError {
        HitStoreError::corrupt(&self.path, cause)
    }

    /// Fetches ranges, close ones in one request.
    pub(super) async fn fetch(&self, ranges: &[Range<u64>], budget: &Budget) -> HitResult<Vec<Bytes>> {
        if let Some(bad) = ranges.iter().find(|r| r.start > r.end || r.end > self.size) {
            return Err(self.corrupt(format!("range {bad:?} outside of its {} bytes", self.size)));
        }
        let joined = coalesce(ranges);
        budget.spend(joined.iter().map(|r| r.end - r.start).sum())?;
        let blocks: Vec<(u64, Bytes)> = stream::iter(joined.into_iter().map(|range| self.fetch_one(range)))
            .buffered(PARALLEL_READS)
            .try_collect()
            .await?;
        ranges.iter().map(|range| self.cut(&blocks, range)).collect()
    }

    async fn fetch_one(&self, range: Range<u64>) -> HitResult<(u64, Bytes)> {
        let length = range.end - range.start;
        let start = range.start;
        let bytes = self.blobs.get_range(&self.path, range).await?;
        if bytes.len() as u64 != length {
            return Err(
                self.corrupt(format!("{} bytes at {start} where {length} were expected", bytes.len()))
            );
        }
        Ok((start, bytes))
    }

    fn cut(&self, blocks: &[(u64, Bytes)], range: &Range<u64>) -> HitResult<Bytes> {
        let block = blocks.partition_point(|(start, _)| *start <= range.start).checked_sub(1);
        let (start, bytes) =
            block.and_then(|i| blocks.get(i)).ok_or_else(|| self.corrupt("a range was lost"))?;
        let at = |position: u64| usize::try_from(position - start).ok();
        match (at(range.start), at(range.end)) {
            (Some(from), Some(to)) if to <= bytes.len() => Ok(bytes.slice(from..to)),
            _ => Err(self.corrupt("a range was lost")),
        }
    }
}

/// Joins ranges that overlap or lie close; the result is sorted.
fn coalesce(ranges: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut sorted: Vec<Range<u64>> = ranges.to_vec();
    sorted.sort_by_key(|r| (r.start, r.end));
    let mut joined: Vec<Range<u64>> = Vec::new();
    for range in sorted {
        match joined.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(COALESCE_BYTES) => {
                last.end = last.end.max(range.end);
            }
            _ => joined.push(range),
        }
    }
    joined
}

/// Runs decoding away from the runtime's threads. The decoder is written by others and damaged bytes may make it
/// panic: that, too, is a damaged file.
pub(super) async fn decode<T: Send + 'static>(
    file: String,
    work: impl FnOnce() -> Result<T, ParquetError> + Send + 'static,
) -> HitResult<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(HitStoreError::corrupt(file, error)),
        Err(stopped) => Err(HitStoreError::corrupt(file, format!("decoding stopped: {stopped}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_ranges_become_one_and_far_ones_stay_apart() {
        let far = COALESCE_BYTES + 101;
        assert_eq!(coalesce(&[50..100, 0..10, 5..20]), vec![0..100]);
        assert_eq!(coalesce(&[0..100, far..far + 1]), vec![0..100, far..far + 1]);
    }

    #[test]
    fn a_budget_refuses_what_goes_beyond_it() {
        let budget = Budget::new(10);
        assert!(budget.spend(10).is_ok());
        assert!(matches!(budget.spend(1), Err(HitStoreError::TooLarge { size: 11, limit: 10, .. })));
    }
}
