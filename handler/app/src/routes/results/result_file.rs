//! The file of a search that was submitted with a format of its own, as BLAST+ would have written it.

use super::file::attachment;
use super::open::hits_absent;
use crate::http::{ApiError, ApiResult};
use crate::world::World;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use blastline_engine::hits::Filter;
use blastline_engine::serverless::joined_files;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ports::{BlobStream, StorageError};
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::Status;
use bytes::{Buf, Bytes};
use flate2::write::MultiGzDecoder;
use futures::{Stream, StreamExt, stream};
use std::io::{self, Write};

/// Value of `format` for it.
pub const RESULT_FILE: &str = "result_file";

/// Bytes that are unpacked at a time: gzip makes at most about a thousand of one.
const PIECE: usize = 4 * 1024;

/// Streams the file, unpacked. Memory does not grow with it.
pub async fn result_file(app: &World, job: &JobRow, filter: &Filter) -> ApiResult<Response> {
    if hits_absent(job).is_none() {
        let detail = "This search has hits, and no file of a format of its own: ask for another `format`.";
        return Err(ApiError::new(ErrorCode::InvalidParameter, detail));
    }
    if *filter != Filter::default() {
        let detail = "A file of a format of its own is given whole: no filter can be applied to it.";
        return Err(ApiError::new(ErrorCode::InvalidParameter, detail));
    }
    match job.status() {
        Status::Completed => {}
        status if status.is_terminal() => {
            let detail = "This search ended before its file was whole.";
            return Err(ApiError::new(ErrorCode::NoResults, detail));
        }
        _ => {
            let detail = "The file is joined once every part of the search is done.";
            return Err(ApiError::new(ErrorCode::ResultsNotReady, detail));
        }
    }
    let packed = app.deps.blobs.open(&joined_files(job)?.archive, None).await?;
    let mut response = Response::new(Body::from_stream(unpacked(packed)));
    let extension = job.outfmt().extension();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(extension)));
    headers.insert(header::CONTENT_DISPOSITION, attachment(&format!("{}.{extension}", job.id)));
    Ok(response)
}

fn media_type(extension: &str) -> &'static str {
    match extension {
        "xml" => "application/xml",
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        "tsv" => "text/tab-separated-values; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}

/// What is on its way from storage, and what unpacks it.
struct Unpacking {
    packed: BlobStream,
    held: Bytes,
    /// `None` behind the end.
    decoder: Option<MultiGzDecoder<Vec<u8>>>,
}

fn unpacked(packed: BlobStream) -> impl Stream<Item = io::Result<Bytes>> {
    let state = Unpacking { packed, held: Bytes::new(), decoder: Some(MultiGzDecoder::new(Vec::new())) };
    stream::unfold(state, |mut state| async {
        let next = state.next().await.transpose()?;
        if let Err(error) = &next {
            tracing::error!(%error, "the download of a result ended early");
            state.decoder = None;
        }
        Some((next, state))
    })
}

impl Unpacking {
    /// The next unpacked bytes; `None` at the end.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let Some(decoder) = &mut self.decoder else { return Ok(None) };
            if self.held.is_empty() {
                let next: Option<Result<Bytes, StorageError>> = self.packed.next().await;
                let Some(bytes) = next.transpose().map_err(|error| io::Error::other(error.to_string()))?
                else {
                    decoder.try_finish()?;
                    let rest = std::mem::take(decoder.get_mut());
                    self.decoder = None;
                    return Ok((!rest.is_empty()).then(|| rest.into()));
                };
                self.held = bytes;
            }
            let piece = self.held.len().min(PIECE);
            decoder.write_all(self.held.get(..piece).unwrap_or_default())?;
            self.held.advance(piece);
            let out = std::mem::take(decoder.get_mut());
            if !out.is_empty() {
                return Ok(Some(out.into()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use futures::TryStreamExt;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn pieces(bytes: &[u8], size: usize) -> BlobStream {
        let pieces: Vec<Result<Bytes, StorageError>> =
            bytes.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        stream::iter(pieces).boxed()
    }

    #[tokio::test]
    async fn what_was_packed_arrives_whole_however_it_comes() {
        let text: Vec<u8> = (0..200_000_u32).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
        let both = [packed(&text), packed(b"more\n")].concat();
        for size in [1_000, 7_919, both.len()] {
            let got: Vec<Bytes> = unpacked(pieces(&both, size)).try_collect().await.unwrap();
            assert!(got.concat() == [text.as_slice(), b"more\n"].concat(), "{size}");
        }
    }

    #[tokio::test]
    async fn what_was_cut_off_ends_with_an_error() {
        let whole = packed(&[b'x'; 100_000]);
        for cut in [0, 5, whole.len() - 1] {
            let got: Result<Vec<Bytes>, _> = unpacked(pieces(&whole[..cut], 10)).try_collect().await;
            assert!(got.is_err(), "{cut}");
        }
    }
}
