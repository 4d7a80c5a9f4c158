use crate::error::{EngineError, EngineResult};
use crate::serverless::ResultPaths;
use blastline_blast::fasta::QueryRecord;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ports::Blobs;
use blastline_jobs::rows::JobRow;
use std::io::{self, Write};

/// Bytes of one entry: offset, bytes and letters as little-endian 64-bit numbers.
const ENTRY_BYTES: u64 = 24;

/// Entries read at a time, about 1.5 MB.
const WINDOW: u64 = 65_536;

/// Where one query is and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexEntry {
    /// Where it begins in the stored FASTA, in bytes.
    pub offset: u64,
    /// Its length there, in bytes.
    pub bytes: u64,
    /// Its letters.
    pub letters: u64,
}

/// Writes the index while the query is read.
#[derive(Debug)]
pub struct QueryIndexWriter<W> {
    out: W,
}

impl<W: Write> QueryIndexWriter<W> {
    /// Writes to a file or buffer.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// Adds the next query.
    pub fn push(&mut self, record: &QueryRecord) -> io::Result<()> {
        for number in [record.offset, record.bytes, record.letters] {
            self.out.write_all(&number.to_le_bytes())?;
        }
        Ok(())
    }

    /// What it was written to.
    pub fn into_inner(self) -> W {
        self.out
    }
}

/// A window of the index, from one query on.
#[derive(Debug, Clone)]
pub struct QueryIndex {
    first: u64,
    entries: Vec<IndexEntry>,
}

impl QueryIndex {
    /// Reads the entries of a job from query `first` on, at most 65,536 of them. They lie behind its FASTA.
    pub async fn read(blobs: &dyn Blobs, job: &JobRow, first: u64) -> EngineResult<Self> {
        let end = job.queries_total.min(first + WINDOW);
        let path = ResultPaths::of(&job.id).query(&job.query_digest)?;
        let range = job.query_bytes + first * ENTRY_BYTES..job.query_bytes + end * ENTRY_BYTES;
        let bytes = match blobs.get_range(&path, range).await {
            Ok(bytes) => bytes,
            Err(error) if error.is_not_found() => return Err(missing().into()),
            Err(error) => return Err(error.into()),
        };
        let (entries, rest) = bytes.as_chunks::<24>();
        if !rest.is_empty() || entries.len() as u64 != end.saturating_sub(first) {
            return Err(missing().into());
        }
        Ok(Self { first, entries: entries.iter().map(decode).collect() })
    }

    /// The entries.
    pub fn entries(&self) -> &[IndexEntry] {
        &self.entries
    }

    /// Offset and length in bytes of a range of queries, where the window holds it.
    pub fn span(&self, first: u64, count: u64) -> Option<(u64, u64)> {
        let at = |ordinal: u64| {
            let place = usize::try_from(ordinal.checked_sub(self.first)?).ok()?;
            self.entries.get(place)
        };
        let (begin, last) = (at(first)?, at(first + count.checked_sub(1)?)?);
        Some((begin.offset, last.offset + last.bytes - begin.offset))
    }
}

fn decode(entry: &[u8; 24]) -> IndexEntry {
    let (numbers, _) = entry.as_chunks::<8>();
    let number = |place: usize| numbers.get(place).map_or(0, |bytes| u64::from_le_bytes(*bytes));
    IndexEntry { offset: number(0), bytes: number(1), letters: number(2) }
}

fn missing() -> Fault {
    Fault::new(ErrorCode::QueryMissing, "The stored sequences of this search are gone or damaged.")
}

impl From<blastline_jobs::blob_path::BlobPathError> for EngineError {
    fn from(error: blastline_jobs::blob_path::BlobPathError) -> Self {
        Self::Internal(error.to_string())
    }
}
