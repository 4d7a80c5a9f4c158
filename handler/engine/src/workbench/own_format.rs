//! Results of a cluster in a format of the search's own: each batch's file is proved and kept as it is, then all are
//! joined in query order. Nothing is held but a line; what is compressed is read and written as a stream.

use super::WorkbenchParts;
use super::extract;
use super::files::{append_blob, blocking, fetch_range};
use super::import::{damaged, fetch_result};
use crate::error::{EngineError, EngineResult};
use crate::serverless::{JoinTask, Joined, PartOutput, PartTask, ResultPaths, part_files};
use blastline_blast::elastic::join::{Join, Joiner, Told};
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::engine::Engine;
use blastline_jobs::error_code::{ErrorCode, Fault};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::Instant;
use tokio::io::AsyncWriteExt;

const QUERY: &str = "part.fa";
const RESULT: &str = "part.out.gz";
const WHOLE: &str = "whole.gz";
const STORED: &str = "stored.gz";
const GZIP: &str = "application/gzip";

/// Longest name of a query that is compared: a report breaks longer ones.
const MAX_COMPARED: usize = 50;

/// Where batches are joined into.
type Out = Joiner<Digesting<GzEncoder<BufWriter<File>>>>;

/// Takes what a cluster wrote for a part: it has to be whole, and where it names its queries they have to be the part's.
pub(super) async fn take(parts: &WorkbenchParts, task: &PartTask) -> EngineResult<PartOutput> {
    let started = Instant::now();
    let work = parts.tools.work_dir("import")?;
    let dir = work.path();
    let query = ResultPaths::of(&task.job).query(&task.query_digest)?;
    let range = task.offset..task.offset + task.bytes;
    let (query_file, result_file) = (dir.join(QUERY), dir.join(RESULT));
    futures::try_join!(
        fetch_range(parts.blobs.as_ref(), &query, range, &query_file),
        fetch_result(parts, task, &result_file),
    )?;
    let (join, expected, result) = (task.outfmt.statement().join, task.queries, result_file.clone());
    let told = blocking(move || proved(join, &result, &query_file, expected)).await?;
    let to = part_files(&task.folder, Engine::Elastic)?.archive;
    parts.blobs.put_file(&to, &result_file, GZIP).await?;
    Ok(PartOutput {
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        blast_version: told.program.split_whitespace().nth(1).unwrap_or_default().to_owned(),
        ..PartOutput::default()
    })
}

/// Reads a batch's file to its end and holds the queries that it names against those of the part.
fn proved(join: Join, result: &Path, query: &Path, expected: u64) -> EngineResult<Told> {
    let records = extract::records(query, expected)?;
    let mut ids = records.iter().map(|record| record.id.as_str());
    let mut others = 0_u64;
    let mut joiner = Joiner::new(join, io::sink());
    let mut compare = |name: &str| {
        let fits = ids.next().is_some_and(|id| id == name || !is_plain(id));
        others += u64::from(!fits);
    };
    joiner
        .add(&mut unpacked(result)?, &mut compare)
        .map_err(|error| damaged(error, "reading a batch's result"))?;
    let told = joiner.told().clone();
    if join.names_queries() && (others > 0 || told.queries != expected) {
        tracing::error!(
            others,
            queries = told.queries,
            expected,
            "a batch's result is not that of its queries"
        );
        let detail = "The result of a batch on the cluster is not that of its sequences.";
        return Err(Fault::new(ErrorCode::ResultsInvalid, detail).into());
    }
    Ok(told)
}

/// Whether a name stands in every format as it is: nothing in it is escaped or broken.
fn is_plain(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':');
    id.len() <= MAX_COMPARED && id.bytes().all(plain)
}

/// Joins the files of all parts into one, stores it, and reads back what was stored.
pub(super) async fn join(parts: &WorkbenchParts, task: &JoinTask) -> EngineResult<Joined> {
    let blobs = parts.blobs.as_ref();
    let work = parts.tools.work_dir("join")?;
    let (part_file, whole, stored) =
        (work.path().join(RESULT), work.path().join(WHOLE), work.path().join(STORED));
    let join = task.outfmt.statement().join;
    let mut out = create(join, &whole)?;
    for part in &task.parts {
        fetch(parts, &part_files(&part.folder, task.engine)?.archive, &part_file).await?;
        let file = part_file.clone();
        out = blocking(move || {
            let added = out.add(&mut unpacked(&file)?, &mut |_| ());
            added.map_err(|error| damaged(error, "joining results"))?;
            Ok(out)
        })
        .await?;
    }
    let queries = out.told().queries;
    let written = blocking(move || finished(out).map_err(EngineError::io("joining results"))).await?;
    let to = part_files(&task.folder, task.engine)?.archive;
    blobs.put_file(&to, &whole, GZIP).await?;
    fetch(parts, &to, &stored).await?;
    if blocking(move || digest_of(&stored)).await? != written {
        let detail = "The joined result differs from what was written.";
        return Err(Fault::new(ErrorCode::ResultsInvalid, detail).into());
    }
    let of_parts = task.parts.iter().map(|part| part.queries).sum();
    Ok(Joined { queries: if join.names_queries() { queries } else { of_parts }, ..Joined::default() })
}

fn create(join: Join, file: &Path) -> EngineResult<Out> {
    let open = File::create(file).map_err(EngineError::io("joining results"))?;
    // Level 1, as everywhere: further levels cost more than they save.
    let packer = GzEncoder::new(BufWriter::with_capacity(256 * 1024, open), Compression::fast());
    Ok(Joiner::new(join, Digesting { to: packer, digest: Sha256::new() }))
}

fn finished(out: Out) -> io::Result<Vec<u8>> {
    let Digesting { to, digest } = out.finish()?;
    to.finish()?.flush()?;
    Ok(digest.finalize().to_vec())
}

fn digest_of(file: &Path) -> EngineResult<Vec<u8>> {
    let mut out = Digesting { to: io::sink(), digest: Sha256::new() };
    io::copy(&mut unpacked(file)?, &mut out).map_err(|error| damaged(error, "reading results back"))?;
    Ok(out.digest.finalize().to_vec())
}

async fn fetch(parts: &WorkbenchParts, from: &BlobPath, to: &Path) -> EngineResult<()> {
    let mut out = tokio::fs::File::create(to).await.map_err(EngineError::io("joining results"))?;
    append_blob(parts.blobs.as_ref(), from, None, &mut out).await.map_err(super::join::gone)?;
    out.flush().await.map_err(EngineError::io("joining results"))
}

fn unpacked(file: &Path) -> EngineResult<BufReader<MultiGzDecoder<BufReader<File>>>> {
    let open = File::open(file).map_err(EngineError::io("reading a result"))?;
    let packed = MultiGzDecoder::new(BufReader::with_capacity(256 * 1024, open));
    Ok(BufReader::with_capacity(256 * 1024, packed))
}

/// Passes on what is written and digests it.
struct Digesting<W> {
    to: W,
    digest: Sha256,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &str = "# BLASTN 2.17.0+\n# Query: a first\n# 0 hits found\n# BLASTN 2.17.0+\n# Query: b,\n# 1 hits found\n\
                        row\n# BLAST processed 2 queries\n";

    /// What is found out about a result of the queries `a` and `b,`.
    fn read(join: Join, result: &[u8], cut: usize) -> Result<Told, ErrorCode> {
        let dir = tempfile::tempdir().unwrap();
        let (query, file) = (dir.path().join(QUERY), dir.path().join(RESULT));
        std::fs::write(&query, ">a first\nACGT\n>b,\nACGT\n").unwrap();
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(result).unwrap();
        let packed = packer.finish().unwrap();
        std::fs::write(&file, &packed[..packed.len() - cut]).unwrap();
        proved(join, &file, &query, 2).map_err(|error| error.fault().code)
    }

    #[test]
    fn a_result_has_to_be_whole_and_of_the_queries_of_its_part() {
        let told = read(Join::Commented, BOTH.as_bytes(), 0).unwrap();
        assert_eq!((told.queries, told.program.as_str()), (2, "BLASTN 2.17.0+"));
        for wrong in [
            BOTH.replace("# Query: a", "# Query: c"),
            BOTH.replace("processed 2", "processed 3"),
            BOTH.replace("# BLAST processed 2 queries\n", ""),
            BOTH.replace("# Query: a first\n", ""),
            String::new(),
        ] {
            assert_eq!(read(Join::Commented, wrong.as_bytes(), 0), Err(ErrorCode::ResultsInvalid), "{wrong}");
        }
        for cut in [1, 9, 40] {
            assert_eq!(read(Join::Commented, BOTH.as_bytes(), cut), Err(ErrorCode::ResultsInvalid));
            assert_eq!(read(Join::Concatenated, BOTH.as_bytes(), cut), Err(ErrorCode::ResultsInvalid));
        }
    }

    #[test]
    fn a_table_without_comments_names_no_queries_and_may_be_empty() {
        assert_eq!(read(Join::Concatenated, b"", 0), Ok(Told::default()));
        assert_eq!(read(Join::Concatenated, b"row\n", 0), Ok(Told::default()));
    }
}
