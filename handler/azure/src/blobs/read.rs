use super::{AzureBlobs, corrupt, is_missing_blob, local};
use crate::{CallLimits, call::no_answer, error::storage_error};
use azure_core::http::{Etag, StatusCode, headers::HeaderName};
use azure_storage_blob::models::{BlobClientDownloadOptions, BlobClientDownloadResult};
use blastline_jobs::{
    blob_path::BlobPath,
    ports::{BlobStream, Blobs, StorageError, StorageErrorKind, StorageResult},
};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use std::{num::NonZero, ops::Range, path::Path};
use tokio::io::AsyncWriteExt;

/// Bytes of one request. A stream holds [`AHEAD`] of them at the most.
const PIECE: u64 = 4 * 1024 * 1024;
/// Pieces that are fetched at once.
const AHEAD: usize = 3;

/// Some bytes of a blob, and what the answer said of the whole.
struct Piece {
    bytes: Bytes,
    /// Size of the whole blob in bytes.
    total: u64,
    etag: Etag,
}

/// What a read of a piece found.
enum Found {
    Piece(Piece),
    /// The blob ends before the range begins.
    PastTheEnd,
    /// No such blob.
    Nothing,
}

fn missing(what: &str) -> StorageError {
    StorageError::new(StorageErrorKind::NotFound, what, "no such blob")
}

impl AzureBlobs {
    pub(super) async fn get_bytes(&self, path: &BlobPath, max_bytes: u64) -> StorageResult<Option<Bytes>> {
        let what = format!("get {path}");
        let too_large = |size: u64| {
            StorageError::new(
                StorageErrorKind::TooLarge,
                &what,
                format_args!("{size} bytes, {max_bytes} allowed"),
            )
        };
        let first = match self.piece(&what, path, 0..PIECE, None).await? {
            Found::Piece(piece) => piece,
            Found::PastTheEnd => return Ok(Some(Bytes::new())),
            Found::Nothing => return Ok(None),
        };
        if first.total > max_bytes {
            return Err(too_large(first.total));
        }
        let total = first.total;
        self.collect(what.clone(), path, first, total).await.map(Some)
    }

    pub(super) async fn range_bytes(&self, path: &BlobPath, range: Range<u64>) -> StorageResult<Bytes> {
        let what = format!("get {path} {}..{}", range.start, range.end);
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let first_range = range.start..range.end.min(range.start.saturating_add(PIECE));
        match self.piece(&what, path, first_range, None).await? {
            Found::Piece(first) => {
                let end = range.end.min(first.total);
                let rest = self.rest(what, path, range.start, first, end);
                join(rest, end.saturating_sub(range.start)).await
            }
            Found::PastTheEnd => Ok(Bytes::new()),
            Found::Nothing => Err(missing(&what)),
        }
    }

    async fn collect(&self, what: String, path: &BlobPath, first: Piece, total: u64) -> StorageResult<Bytes> {
        if first.bytes.len() as u64 == total {
            return Ok(first.bytes);
        }
        join(self.rest(what, path, 0, first, total), total).await
    }

    pub(super) async fn open_stream(
        &self,
        path: &BlobPath,
        range: Option<Range<u64>>,
    ) -> StorageResult<BlobStream> {
        let what = format!("open {path}");
        let range = range.unwrap_or(0..u64::MAX);
        if range.is_empty() {
            // It reads nothing, yet a missing blob is told.
            return match self.head(path).await? {
                Some(_) => Ok(stream::empty().boxed()),
                None => Err(missing(&what)),
            };
        }
        let first_range = range.start..range.end.min(range.start.saturating_add(PIECE));
        match self.piece(&what, path, first_range, None).await? {
            Found::Piece(first) => {
                let end = range.end.min(first.total);
                Ok(self.rest(what, path, range.start, first, end))
            }
            Found::PastTheEnd => Ok(stream::empty().boxed()),
            Found::Nothing => Err(missing(&what)),
        }
    }

    pub(super) async fn get_local(&self, path: &BlobPath, file: &Path) -> StorageResult<u64> {
        let what = format!("get {path} into a file");
        let mut bytes = self.open_stream(path, None).await?;
        let mut out = tokio::fs::File::create(file).await.map_err(|error| local(&what, &error))?;
        let mut written = 0;
        while let Some(piece) = bytes.try_next().await? {
            out.write_all(&piece).await.map_err(|error| local(&what, &error))?;
            written += piece.len() as u64;
        }
        // The runtime writes behind our back: without this an error of the last write would be lost.
        out.flush().await.map_err(|error| local(&what, &error))?;
        Ok(written)
    }

    /// The first piece and the pieces after it up to `end`, in order, each of the first one's version.
    fn rest(&self, what: String, path: &BlobPath, start: u64, first: Piece, end: u64) -> BlobStream {
        let mut ranges = Vec::new();
        let mut from = start + first.bytes.len() as u64;
        while from < end {
            let to = end.min(from + PIECE);
            ranges.push(from..to);
            from = to;
        }
        let (blobs, path, etag) = (self.clone(), path.clone(), first.etag);
        let later = stream::iter(ranges).map(move |range| {
            let (blobs, path, etag, what) = (blobs.clone(), path.clone(), etag.clone(), what.clone());
            async move {
                match blobs.piece(&what, &path, range, Some(etag)).await? {
                    Found::Piece(piece) => Ok(piece.bytes),
                    // Under a version that is gone, so is the blob.
                    Found::PastTheEnd | Found::Nothing => Err(missing(&what)),
                }
            }
        });
        // One piece is handed out while the others are under way.
        stream::iter([Ok(first.bytes)]).chain(later.buffered(AHEAD - 1)).boxed()
    }

    /// One piece, tried again where its body broke off. A body shorter than promised is an error, never a result.
    async fn piece(
        &self,
        what: &str,
        path: &BlobPath,
        range: Range<u64>,
        lock: Option<Etag>,
    ) -> StorageResult<Found> {
        let mut tries = 1;
        loop {
            match self.try_piece(what, path, range.clone(), lock.clone()).await {
                Err(error) if error.kind == StorageErrorKind::Unavailable && tries < self.limits.tries => {
                    tokio::time::sleep(self.limits.first_delay * tries).await;
                    tries += 1;
                }
                result => return result,
            }
        }
    }

    async fn try_piece(
        &self,
        what: &str,
        path: &BlobPath,
        range: Range<u64>,
        lock: Option<Etag>,
    ) -> StorageResult<Found> {
        // Azurite answers a range of the first byte alone, of an empty blob, with a header that nobody can read.
        let asked = range.start..range.end.max(range.start.saturating_add(2));
        let size = usize::try_from(asked.end - asked.start).ok().and_then(NonZero::new);
        let (Some(size), Ok(start)) = (size, usize::try_from(range.start)) else {
            return Ok(Found::PastTheEnd);
        };
        let options = BlobClientDownloadOptions {
            if_match: lock,
            parallel: NonZero::new(1),
            // As large as the range, so that it is one request.
            partition_size: Some(size),
            range: Some((start..start.saturating_add(size.get())).into()),
            ..Default::default()
        };
        let client = self.blob(path);
        let limit = self.limits.whole;
        let answer = match tokio::time::timeout(limit, client.download(Some(options))).await {
            Err(_) => return Err(no_answer(what, limit)),
            Ok(Err(error)) if is_missing_blob(&error) => return Ok(Found::Nothing),
            Ok(Err(error)) if error.http_status() == Some(StatusCode::RequestedRangeNotSatisfiable) => {
                return Ok(Found::PastTheEnd);
            }
            Ok(Err(error)) => return Err(storage_error(what, &error)),
            Ok(Ok(answer)) => answer,
        };
        let (total, etag) = told(what, &answer)?;
        let expected = asked.end.min(total).saturating_sub(range.start);
        // The transport ends a silent body; this bounds one that trickles.
        let limit = self.limits.idle + CallLimits::for_body(expected);
        let mut bytes = match tokio::time::timeout(limit, answer.body.collect()).await {
            Err(_) => return Err(no_answer(what, limit)),
            Ok(bytes) => bytes.map_err(|error| storage_error(what, &error))?,
        };
        if bytes.len() as u64 != expected {
            let cause = format!("{} bytes came, {expected} were promised", bytes.len());
            return Err(StorageError::new(StorageErrorKind::Unavailable, what, cause));
        }
        bytes.truncate(usize::try_from(range.end - range.start).unwrap_or(usize::MAX));
        Ok(Found::Piece(Piece { bytes, total, etag }))
    }
}

/// Size of the whole blob and its version, as the answer tells them.
fn told(what: &str, answer: &BlobClientDownloadResult) -> StorageResult<(u64, Etag)> {
    let range = answer.headers.get_optional_str(&HeaderName::from_static("content-range"));
    let total = match range.and_then(|range| range.rsplit_once('/')) {
        Some((_, total)) => total.parse().ok(),
        // An empty blob has no range to give.
        None => answer.properties.content_length,
    };
    match (total, answer.properties.etag.clone()) {
        (Some(total), Some(etag)) => Ok((total, etag)),
        _ => Err(corrupt(what, "the answer lacks size or version")),
    }
}

async fn join(mut pieces: BlobStream, size_bytes: u64) -> StorageResult<Bytes> {
    let mut all = Vec::with_capacity(usize::try_from(size_bytes).unwrap_or(0));
    while let Some(piece) = pieces.try_next().await? {
        all.extend_from_slice(&piece);
    }
    Ok(all.into())
}
