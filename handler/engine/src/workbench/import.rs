//! Reading in what a cluster found for a part: the same rows as if BLAST+ had been run here.

use super::WorkbenchParts;
use super::extract::{self, Searched};
use super::files::{append_blob, blocking, fetch_range};
use super::own_format;
use super::search::{PARQUET, stopped};
use crate::database::{Manifest, TAXONOMY_FILE};
use crate::error::{EngineError, EngineResult};
use crate::hits::organism::TaxonNames;
use crate::serverless::{PartError, PartOutput, PartTask, ResultPaths, StopReceiver, part_files};
use blastline_blast::elastic::fill::fill_up;
use blastline_blast::elastic::{Blanks, ElasticOutfmt};
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::engine::Engine;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::names::Container;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::io::AsyncWriteExt;

const QUERY: &str = "part.fa";
const FILLED: &str = "filled.fa";
const RESULT: &str = "part.out.gz";
const TABLE: &str = "part.tsv";

/// Largest taxonomy that is read, in bytes.
const MAX_TAXONOMY_BYTES: u64 = 1 << 30;

/// Reads a part in, to the end or until it is told to stop.
pub(super) async fn import_part(
    parts: &WorkbenchParts,
    task: &PartTask,
    mut stop: StopReceiver,
) -> Result<PartOutput, PartError> {
    let reading = async {
        match task.outfmt {
            ElasticOutfmt::Hits => read_in(parts, task).await,
            _ => own_format::take(parts, task).await,
        }
    };
    tokio::select! {
        output = reading => Ok(output?),
        () = stopped(&mut stop) => Err(PartError::Stopped),
    }
}

async fn read_in(parts: &WorkbenchParts, task: &PartTask) -> EngineResult<PartOutput> {
    let started = Instant::now();
    let manifest = parts.catalogue.manifest(&task.database).await?;
    let work = parts.tools.work_dir("import")?;
    let dir = work.path();
    let query = ResultPaths::of(&task.job).query(&task.query_digest)?;
    let range = task.offset..task.offset + task.bytes;
    let (query_file, result_file) = (dir.join(QUERY), dir.join(RESULT));
    let (names, (), ()) = futures::try_join!(
        taxa(parts, &manifest),
        fetch_range(parts.blobs.as_ref(), &query, range, &query_file),
        fetch_result(parts, task, &result_file),
    )?;
    let (folder, store) = (dir.to_owned(), Arc::clone(&parts.hits));
    let (first, expected) = (task.first_query, task.queries);
    let extracted = blocking(move || {
        unpack(&folder.join(RESULT), &folder.join(TABLE))?;
        let part =
            Searched { store: store.as_ref(), dir: &folder, query: QUERY, names: &names, first, expected };
        extract::from_table(&part, TABLE)
    })
    .await?;
    let blobs = parts.blobs.as_ref();
    let files = part_files(&task.folder, Engine::Elastic)?;
    futures::try_join!(
        blobs.put_file(&files.archive, &result_file, "application/gzip"),
        blobs.put_file(&files.hits, &extracted.files.hits, PARQUET),
        blobs.put_file(&files.residues, &extracted.files.residues, PARQUET),
        blobs.put_file(&files.queries, &extracted.files.queries, PARQUET),
    )?;
    let counts = extracted.files.counts;
    Ok(PartOutput {
        hits: counts.hits,
        hsps: counts.alignments,
        without_hits: counts.queries_without_hits,
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        blast_version: extracted.blast_version,
        warnings: Vec::new(),
    })
}

/// Fetches what the cluster wrote for a part.
pub(super) async fn fetch_result(parts: &WorkbenchParts, task: &PartTask, file: &Path) -> EngineResult<()> {
    let path = BlobPath::new(Container::Results, task.source.clone())?;
    let mut out = tokio::fs::File::create(file).await.map_err(EngineError::io("storing a batch's result"))?;
    append_blob(parts.blobs.as_ref(), &path, None, &mut out).await?;
    out.flush().await.map_err(EngineError::io("storing a batch's result"))
}

/// Unpacks a batch's result to its end. A file that was cut off, or is none, is no result.
fn unpack(from: &Path, to: &Path) -> EngineResult<()> {
    let open = File::open(from).map_err(EngineError::io("reading a batch's result"))?;
    let mut packed = MultiGzDecoder::new(BufReader::with_capacity(256 * 1024, open));
    let out = File::create(to).map_err(EngineError::io("unpacking a batch's result"))?;
    let mut out = BufWriter::with_capacity(256 * 1024, out);
    let copied = io::copy(&mut packed, &mut out).and_then(|_| out.flush());
    copied.map_err(|error| damaged(error, "unpacking a batch's result"))
}

/// An error while a result is read: what is wrong with the result itself is told as such.
pub(super) fn damaged(error: io::Error, what: &'static str) -> EngineError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            let detail = "The result of a batch on the cluster is damaged or was cut off.";
            Fault::new(ErrorCode::ResultsInvalid, detail).into()
        }
        _ => EngineError::Io { what, cause: error },
    }
}

/// Names of taxa, from the database's own file in storage: the database itself is not needed here.
async fn taxa(parts: &WorkbenchParts, manifest: &Manifest) -> EngineResult<TaxonNames> {
    let file = manifest.files.iter().find(|file| file.name == TAXONOMY_FILE);
    let Some(file) = file.filter(|_| manifest.has_taxonomy) else { return Ok(TaxonNames::default()) };
    let bytes = parts.blobs.get(&manifest.blob(file)?, MAX_TAXONOMY_BYTES).await?.unwrap_or_default();
    blocking(move || Ok(TaxonNames::from_tsv(&String::from_utf8_lossy(&bytes)))).await
}

/// Copies the first bytes of a blob, with blanks put in between, to another blob through local files.
pub(super) async fn copy_query(
    parts: &WorkbenchParts,
    from: &BlobPath,
    bytes: u64,
    blanks: &[Blanks],
    to: &BlobPath,
) -> EngineResult<()> {
    let work = parts.tools.work_dir("copy")?;
    let file = work.path().join(QUERY);
    fetch_range(parts.blobs.as_ref(), from, 0..bytes, &file).await?;
    let file = if blanks.is_empty() {
        file
    } else {
        let (filled, blanks) = (work.path().join(FILLED), blanks.to_vec());
        let out = filled.clone();
        blocking(move || filled_up(&file, &blanks, &out).map_err(EngineError::io("filling up batches")))
            .await?;
        filled
    };
    parts.blobs.put_file(to, &file, "text/x-fasta").await?;
    Ok(())
}

fn filled_up(from: &Path, blanks: &[Blanks], to: &Path) -> io::Result<()> {
    let mut text = BufReader::with_capacity(256 * 1024, File::open(from)?);
    let mut out = BufWriter::with_capacity(256 * 1024, File::create(to)?);
    fill_up(&mut text, blanks, &mut out)?;
    out.flush()
}
