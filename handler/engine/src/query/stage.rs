use super::index::QueryIndexWriter;
use super::spool::{Spool, Spooled};
use crate::error::{EngineError, EngineResult};
use crate::serverless::ResultPaths;
use blastline_blast::fasta::{FastaError, Limits, QueryStats, Want, normalise};
use blastline_jobs::ids::JobId;
use blastline_jobs::ports::{Blobs, PutCondition};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};
use std::path::Path;

/// A query that was read, checked and normalised: a small one in memory, a larger one in a file that goes with it.
#[derive(Debug)]
pub struct StagedQuery {
    /// What was seen.
    pub stats: QueryStats,
    /// Name of the first sequence.
    pub first_id: String,
    /// First 32 hex digits of SHA-256 over the normalised FASTA.
    pub digest: String,
    /// FASTA and, behind it, the index.
    content: Spooled,
}

/// Media type of FASTA with its index.
const MEDIA_TYPE: &str = "application/octet-stream";

/// Why a query was not taken.
#[derive(Debug)]
pub enum StageError {
    /// Its content.
    Fasta(FastaError),
    /// Something here.
    Engine(EngineError),
}

/// Reads a query (plain or gzip), a large one into a file under `scratch`. Blocking; memory does not grow with its size.
pub fn stage(
    input: impl Read,
    want: Want,
    limits: &Limits,
    scratch: &Path,
) -> Result<StagedQuery, StageError> {
    let mut fasta = Hashing { out: Spool::new(scratch), hash: Sha256::new() };
    let mut index = QueryIndexWriter::new(Spool::new(scratch));
    let mut first_id = String::new();
    let stats = normalise(input, &mut fasta, want, limits, &mut |record| {
        if record.ordinal == 0 {
            first_id.clone_from(&record.id);
        }
        index.push(record)
    })
    .map_err(StageError::Fasta)?;
    let digest = hex::encode(fasta.hash.finalize());
    let digest = digest.get(..32).unwrap_or(&digest).to_owned();
    // The index goes behind the FASTA, so that both are one blob, written by one call where it is small.
    let content = fasta.out.followed_by(index.into_inner()).map_err(local("storing the query"))?;
    Ok(StagedQuery { stats, first_id, digest, content })
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

#[cfg(test)]
impl StagedQuery {
    /// A query of sequences of these lengths, without their letters.
    pub(crate) fn of_lengths(lengths: &[u64]) -> Self {
        use blastline_blast::fasta::QueryRecord;
        let mut index = QueryIndexWriter::new(Vec::new());
        let mut offset = 0;
        for (ordinal, letters) in (0..).zip(lengths) {
            let (id, title) = (format!("q{ordinal}"), String::new());
            index
                .push(&QueryRecord { ordinal, id, title, letters: *letters, offset, bytes: *letters })
                .unwrap();
            offset += letters;
        }
        let content = Spooled::Memory(index.into_inner());
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
        Self { stats, first_id: "q0".to_owned(), digest: format!("{sum:032x}"), content }
    }
}

impl StagedQuery {
    /// Stores FASTA and index under a job, in one blob.
    pub async fn upload(&self, blobs: &dyn Blobs, job: &JobId) -> EngineResult<()> {
        let path = ResultPaths::of(job).query(&self.digest)?;
        match &self.content {
            Spooled::Memory(content) => {
                blobs.put(&path, content.clone().into(), MEDIA_TYPE, PutCondition::Overwrite).await?;
            }
            Spooled::Disk(file) => {
                blobs.put_file(&path, file.path(), MEDIA_TYPE).await?;
            }
        }
        Ok(())
    }
}
