//! Small work on local files.

use crate::error::{EngineError, EngineResult};
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::ports::Blobs;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::StreamExt;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use tokio::io::AsyncWriteExt;

/// The last bytes of a text file; empty where there is none.
pub(super) fn read_tail(file: &Path, max_bytes: u64) -> String {
    let read = || -> io::Result<Vec<u8>> {
        let mut open = File::open(file)?;
        let skip = open.metadata()?.len().saturating_sub(max_bytes);
        open.seek(SeekFrom::Start(skip))?;
        let mut bytes = Vec::new();
        open.take(max_bytes).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

/// Writes a range of a blob into a local file.
pub(super) async fn fetch_range(
    blobs: &dyn Blobs,
    path: &BlobPath,
    range: Range<u64>,
    file: &Path,
) -> EngineResult<()> {
    let mut out =
        tokio::fs::File::create(file).await.map_err(EngineError::io("storing the part's sequences"))?;
    append_blob(blobs, path, Some(range), &mut out).await?;
    out.flush().await.map_err(EngineError::io("storing the part's sequences"))
}

/// Appends a blob, or a range of it, to an open file.
pub(super) async fn append_blob(
    blobs: &dyn Blobs,
    path: &BlobPath,
    range: Option<Range<u64>>,
    out: &mut tokio::fs::File,
) -> EngineResult<()> {
    let mut stream = blobs.open(path, range).await?;
    while let Some(bytes) = stream.next().await {
        out.write_all(&bytes?).await.map_err(EngineError::io("writing a fetched file"))?;
    }
    Ok(())
}

/// Compresses a file. Level 1: an archive shrinks to a sixteenth with it, and further levels cost more than they save.
pub(super) fn gzip(from: &Path, to: &Path) -> EngineResult<()> {
    let pack = || -> io::Result<()> {
        let mut input = BufReader::with_capacity(256 * 1024, File::open(from)?);
        let mut out = GzEncoder::new(BufWriter::new(File::create(to)?), Compression::fast());
        io::copy(&mut input, &mut out)?;
        out.finish()?.flush()
    };
    pack().map_err(EngineError::io("compressing the archive"))
}

/// Runs blocking work away from the runtime.
pub(super) async fn blocking<T, F>(work: F) -> EngineResult<T>
where
    T: Send + 'static,
    F: FnOnce() -> EngineResult<T> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(|error| EngineError::Internal(error.to_string()))?
}
