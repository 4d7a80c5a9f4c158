use crate::http::{ApiError, ApiResult, OwnedJob};
use crate::routes::results::file::attachment;
use crate::world::World;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use blastline_engine::error::EngineResult;
use blastline_engine::logs::Archive;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::JobId;
use blastline_jobs::logs::LogSource;
use futures::stream;
use std::io::{self, Write};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Bytes that are given on at once.
const PIECE: usize = 64 * 1024;
/// Pieces on their way to a reader.
const ON_THEIR_WAY: usize = 4;

/// Every stored log of a search: a zip with one text file for each run of a container. Streams; memory does not grow with
/// it.
#[utoipa::path(get, operation_id = "log_download", path = "/api/blast/jobs/{id}/logs/download", tag = "logs",
    params(("id" = String, Path, description = "The job")),
    responses((status = 200, description = "The zip", content_type = "application/zip"),
        (status = 404, body = crate::api::problem::Problem)))]
pub async fn download(State(app): State<Arc<World>>, job: OwnedJob) -> ApiResult<Response> {
    let id = job.row.id.clone();
    if Archive::open(app.deps.blobs.as_ref(), &id).await?.shelf.sources.is_empty() {
        return Err(ApiError::new(ErrorCode::NotFound, "No logs are stored for this search."));
    }
    let name = attachment(&format!("{id}-logs.zip"));
    let (to, pieces) = mpsc::channel(ON_THEIR_WAY);
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut pipe = Pipe { to: to.clone(), held: Vec::with_capacity(PIECE) };
        if let Err(error) = write_zip(&handle, &app, &id, &mut pipe) {
            tracing::warn!(job_id = %id, %error, "a download of logs ended early");
            drop(to.blocking_send(Err(io::Error::other("the download ended early"))));
        }
    });
    let body = stream::unfold(pieces, |mut pieces| async { Some((pieces.recv().await?, pieces)) });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// Writes the zip, chunk by chunk as they are read.
fn write_zip(handle: &Handle, app: &World, job: &JobId, pipe: &mut Pipe) -> io::Result<()> {
    let wait = |error: &dyn std::fmt::Display| io::Error::other(error.to_string());
    let archive = handle.block_on(Archive::open(app.deps.blobs.as_ref(), job)).map_err(|e| wait(&e))?;
    let mut zip = ZipWriter::new_stream(&mut *pipe);
    // The length of a file is not known before it is written.
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    for (source, stored) in &archive.shelf.sources {
        zip.start_file(file_name(source), options).map_err(io::Error::other)?;
        for entry in &stored.entries {
            let read: EngineResult<_> = handle.block_on(archive.read(source.step, entry));
            for event in read.map_err(|e| wait(&e))? {
                writeln!(zip, "{} {}", event.ts, event.line)?;
            }
        }
    }
    zip.finish().map_err(io::Error::other)?;
    pipe.flush()
}

/// `<step>/<pod>.<container>.txt`, with the attempt before the ending from the second one on.
fn file_name(source: &LogSource) -> String {
    let attempt = if source.attempt > 0 { format!(".{}", source.attempt) } else { String::new() };
    format!("{}/{}.{}{attempt}.txt", source.step.as_str(), source.pod, source.container)
}

/// Gives on what is written, as fast as the reader takes it.
struct Pipe {
    to: mpsc::Sender<io::Result<Bytes>>,
    held: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::replace(&mut self.held, Vec::with_capacity(PIECE)));
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the reader went away");
        self.to.blocking_send(Ok(piece)).map_err(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_arrives_in_order_and_a_reader_that_left_ends_it() {
        let (to, mut pieces) = mpsc::channel(ON_THEIR_WAY);
        let writer = tokio::task::spawn_blocking(move || {
            let mut pipe = Pipe { to, held: Vec::new() };
            let mut zip = ZipWriter::new_stream(&mut pipe);
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            zip.start_file("a/b.txt", options).unwrap();
            (0..50_000).for_each(|number| writeln!(zip, "line {number}").unwrap());
            zip.finish().unwrap();
            pipe.flush().unwrap();
        });
        let mut whole = Vec::new();
        while let Some(piece) = pieces.recv().await {
            whole.extend_from_slice(&piece.unwrap());
        }
        writer.await.unwrap();
        let (to, gone) = mpsc::channel(ON_THEIR_WAY);
        drop(gone);
        let late = move || Pipe { to, held: Vec::new() }.write_all(&[0; 2 * PIECE]);
        assert!(tokio::task::spawn_blocking(late).await.unwrap().is_err());
        let mut zip = zip::ZipArchive::new(io::Cursor::new(whole)).unwrap();
        let text = io::read_to_string(zip.by_index(0).unwrap()).unwrap();
        assert_eq!(text.lines().count(), 50_000);
        assert!(text.ends_with("line 49999\n"));
    }
}
