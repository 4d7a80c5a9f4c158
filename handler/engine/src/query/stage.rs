use super::index::QueryIndexWriter;
use crate::error::{EngineError, EngineResult};
use crate::serverless::ResultPaths;
use blastline_blast::fasta::{FastaError, Limits, QueryStats, Want, normalise};
use blastline_jobs::ids::JobId;
use blastline_jobs::ports::Blobs;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use tempfile::TempDir;

/// A query that was read, checked and normalised, on this machine's disk. Its files go with it.
#[derive(Debug)]
pub struct StagedQuery {
    /// What was seen.
    pub stats: QueryStats,
    /// Name of the first sequence.
    pub first_id: String,
    /// First 32 hex digits of SHA-256 over the normalised FASTA.
    pub digest: String,
    dir: TempDir,
}

/// Why a query was not taken.
#[derive(Debug)]
pub enum StageError {
    /// Its content.
    Fasta(FastaError),
    /// Something here.
    Engine(EngineError),
}

/// Reads a query (plain or gzip) into a folder of its own under `scratch`. Blocking; memory does not grow with its size.
pub fn stage(
    input: impl Read,
    want: Want,
    limits: &Limits,
    scratch: &Path,
) -> Result<StagedQuery, StageError> {
    let dir = crate::scratch::dir(scratch, "query").map_err(local("making a folder"))?;
    let file = BufWriter::new(File::create(dir.path().join(FASTA)).map_err(local("storing the query"))?);
    let mut fasta = Hashing { out: file, hash: Sha256::new() };
    let index = File::create(dir.path().join(INDEX)).map_err(local("storing the query"))?;
    let mut index = QueryIndexWriter::new(BufWriter::new(index));
    let mut first_id = String::new();
    let stats = normalise(input, &mut fasta, want, limits, &mut |record| {
        if record.ordinal == 0 {
            first_id.clone_from(&record.id);
        }
        index.push(record)
    })
    .map_err(StageError::Fasta)?;
    fasta.flush().map_err(local("storing the query"))?;
    index.finish().map_err(local("storing the query"))?;
    append_index(dir.path()).map_err(local("storing the query"))?;
    let digest = hex::encode(fasta.hash.finalize());
    let digest = digest.get(..32).unwrap_or(&digest).to_owned();
    Ok(StagedQuery { stats, first_id, digest, dir })
}

/// Puts the index behind the FASTA, so that both are one blob, written by one call where it is small.
fn append_index(dir: &Path) -> io::Result<()> {
    let mut fasta = OpenOptions::new().append(true).open(dir.join(FASTA))?;
    io::copy(&mut File::open(dir.join(INDEX))?, &mut fasta)?;
    std::fs::remove_file(dir.join(INDEX))
}

fn local(what: &'static str) -> impl FnOnce(io::Error) -> StageError {
    move |error| StageError::Engine(EngineError::io(what)(error))
}

/// Hashes what it passes on.
struct Hashing<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let written = self.out.write(buf)?;
        self.hash.update(buf.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

const FASTA: &str = "query.fa";
const INDEX: &str = "query.index";

#[cfg(test)]
impl StagedQuery {
    /// A query of sequences of these lengths, without their letters.
    pub(crate) fn of_lengths(lengths: &[u64]) -> Self {
        use blastline_blast::fasta::QueryRecord;
        let dir = tempfile::tempdir().unwrap();
        let mut index = QueryIndexWriter::new(File::create(dir.path().join(FASTA)).unwrap());
        let mut offset = 0;
        for (ordinal, letters) in (0..).zip(lengths) {
            let (id, title) = (format!("q{ordinal}"), String::new());
            index
                .push(&QueryRecord { ordinal, id, title, letters: *letters, offset, bytes: *letters })
                .unwrap();
            offset += letters;
        }
        index.finish().unwrap();
        let stats = QueryStats {
            queries: lengths.len() as u64,
            letters: offset,
            shortest: lengths.iter().copied().min().unwrap_or(0),
            longest: lengths.iter().copied().max().unwrap_or(0),
            duplicate_ids: 0,
            molecule: blastline_blast::program::Molecule::Nucleotide,
            gc_fraction: None,
            bytes: 0,
            ambiguous: 0,
            uninformative: 0,
            gaps_removed: 0,
        };
        let sum = lengths.iter().fold(7_u128, |sum, n| sum.wrapping_mul(31).wrapping_add(u128::from(*n)));
        Self { stats, first_id: "q0".to_owned(), digest: format!("{sum:032x}"), dir }
    }
}

impl StagedQuery {
    /// Stores FASTA and index under a job, in one blob.
    pub async fn upload(&self, blobs: &dyn Blobs, job: &JobId) -> EngineResult<()> {
        let path = ResultPaths::of(job).query(&self.digest)?;
        blobs.put_file(&path, &self.dir.path().join(FASTA), "application/octet-stream").await?;
        Ok(())
    }
}
