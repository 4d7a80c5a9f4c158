//! From what BLAST+ wrote to the hit store.

use super::subjects::Subjects;
use crate::error::{EngineError, EngineResult};
use crate::hits::organism::{OrganismOf, TaxonNames};
use crate::hits::{HitStore, HitStoreError, PartFiles, QueryHead};
use blastline_blast::archive::{ArchiveError, ArchiveReader, RowMaker};
use blastline_blast::fasta::{Limits, QueryRecord, Want, normalise};
use blastline_blast::table::{Event, Hsp, Reader};
use blastline_jobs::error_code::{ErrorCode, Fault};
use std::fs::File;
use std::io::{self, BufReader};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// What was extracted.
#[derive(Debug)]
pub(super) struct Extracted {
    /// Local files of the hit store.
    pub files: PartFiles,
    /// BLAST+ version as the table names it.
    pub blast_version: String,
}

/// A part whose search is done.
pub(super) struct Searched<'a> {
    /// Where its hits go.
    pub store: &'a dyn HitStore,
    /// Folder of its files.
    pub dir: &'a Path,
    /// Its sequences, in that folder.
    pub query: &'a str,
    /// Names of taxa.
    pub names: &'a TaxonNames,
    /// Ordinal of its first query.
    pub first: u64,
    /// Number of its queries.
    pub expected: u64,
}

/// Writes a part's hits into the hit store's local files, from the table of `blast_formatter`. Every query of the part
/// has to occur once, in order.
pub(super) fn from_table(part: &Searched<'_>, table: &str) -> EngineResult<Extracted> {
    let Searched { dir, names, first, expected, .. } = *part;
    let records = records(&dir.join(part.query), expected)?;
    let mut writer = part.store.part_writer(&fresh_folder(dir)?, first)?;
    let open = File::open(dir.join(table)).map_err(EngineError::io("reading the table of hits"))?;
    let mut reader = Reader::new(BufReader::with_capacity(256 * 1024, open));
    let mut heads = records.iter();
    while let Some(event) = reader.next_event()? {
        match event {
            Event::Query(head) => {
                let record = heads.next().ok_or_else(|| incomplete("more"))?;
                // A table of other queries, as many of them, would be taken for one of these.
                if head.defline.split_whitespace().next().is_some_and(|id| id != record.id) {
                    return Err(incomplete("other").into());
                }
                writer.begin_query(&QueryHead {
                    query: first + record.ordinal,
                    id: &record.id,
                    title: &record.title,
                    letters: record.letters,
                })?;
            }
            Event::Hsp(hsp) => {
                let origin = names.origin(hsp.staxids.as_deref(), hsp.stitle.as_deref());
                writer.push(&hsp, origin)?;
            }
        }
    }
    let summary = reader.finish()?;
    if heads.next().is_some() || summary.queries != expected {
        return Err(incomplete("fewer").into());
    }
    let files = writer.finish()?;
    let blast_version = summary.program.split_whitespace().nth(1).unwrap_or_default().to_owned();
    Ok(Extracted { files, blast_version })
}

/// The same straight from the archive. `None` where it holds what is not read here.
pub(super) fn from_archive(
    part: &Searched<'_>,
    archive: &str,
    subjects: &Subjects,
) -> EngineResult<Option<Extracted>> {
    match rows_of_archive(part, archive, subjects) {
        Ok(extracted) => Ok(Some(extracted)),
        Err(Refused::Archive(error)) => {
            tracing::warn!(%error, "hits could not be read from the archive; blast_formatter is asked");
            Ok(None)
        }
        Err(Refused::Engine(error)) => Err(error),
    }
}

/// Why an archive gave no rows.
enum Refused {
    Archive(ArchiveError),
    Engine(EngineError),
}

impl From<ArchiveError> for Refused {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(error)
    }
}

impl From<EngineError> for Refused {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<HitStoreError> for Refused {
    fn from(error: HitStoreError) -> Self {
        Self::Engine(error.into())
    }
}

fn rows_of_archive(part: &Searched<'_>, archive: &str, subjects: &Subjects) -> Result<Extracted, Refused> {
    let Searched { dir, names, first, expected, .. } = *part;
    let fasta = dir.join(part.query);
    let records = records(&fasta, expected)?;
    let fasta = File::open(fasta).map_err(EngineError::io("reading the part's sequences"))?;
    let mut writer = part.store.part_writer(&fresh_folder(dir)?, first)?;
    let open = File::open(dir.join(archive)).map_err(EngineError::io("reading the archive"))?;
    let mut reader = ArchiveReader::new(open);
    let (mut rows, mut row) = (RowMaker::default(), Hsp::default());
    let (mut alignments, mut residues) = (Vec::new(), Vec::new());
    let mut more = reader.next_query(&mut alignments)?;
    for record in &records {
        writer.begin_query(&QueryHead {
            query: first + record.ordinal,
            id: &record.id,
            title: &record.title,
            letters: record.letters,
        })?;
        if !more || alignments.first().is_none_or(|alignment| alignment.query != record.ordinal) {
            continue;
        }
        read_residues(&fasta, record, &mut residues)
            .map_err(EngineError::io("reading the part's sequences"))?;
        let subject_of = |name: &str| subjects.get(name);
        rows.rows(&alignments, (&record.id, &residues), subject_of, &mut row, |row| {
            let origin = names.origin(row.staxids.as_deref(), row.stitle.as_deref());
            writer.push(row, origin).map_err(Refused::from)
        })?;
        more = reader.next_query(&mut alignments)?;
    }
    if more || reader.summary().queries != expected {
        return Err(ArchiveError::Foreign("another number of queries").into());
    }
    let files = writer.finish()?;
    Ok(Extracted { files, blast_version: reader.summary().version.clone() })
}

/// Residues of a query as BLAST+ shows them: in upper case, T for U.
fn read_residues(fasta: &File, record: &QueryRecord, into: &mut Vec<u8>) -> io::Result<()> {
    into.resize(usize::try_from(record.bytes).unwrap_or(usize::MAX), 0);
    fasta.read_exact_at(into, record.offset)?;
    let header = into.iter().position(|byte| *byte == b'\n').unwrap_or(into.len());
    into.drain(..header);
    into.retain(|byte| !byte.is_ascii_whitespace());
    into.make_ascii_uppercase();
    into.iter_mut().filter(|byte| **byte == b'U').for_each(|byte| *byte = b'T');
    Ok(())
}

/// A new folder for the hit store's files; what an earlier try left there goes.
fn fresh_folder(dir: &Path) -> EngineResult<PathBuf> {
    let folder = dir.join("hits");
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(EngineError::io("clearing a folder")(error));
        }
        _ => {}
    }
    std::fs::create_dir(&folder).map_err(EngineError::io("making a folder"))?;
    Ok(folder)
}

/// The queries of a part, as they were numbered when they were read in.
pub(super) fn records(fasta: &Path, expected: u64) -> EngineResult<Vec<QueryRecord>> {
    let open = File::open(fasta).map_err(EngineError::io("reading the part's sequences"))?;
    let mut records = Vec::new();
    let limits = Limits { max_queries: u64::MAX, max_letters: u64::MAX, ..Limits::default() };
    let read = normalise(BufReader::new(open), &mut io::sink(), Want::Any, &limits, &mut |record| {
        records.push(record.clone());
        Ok(())
    });
    match read {
        Ok(stats) if stats.queries == expected => Ok(records),
        outcome => {
            tracing::error!(?outcome, expected, "the part's sequences are not what was stored");
            let detail = "The stored sequences of this search are damaged.";
            Err(Fault::new(ErrorCode::QueryMissing, detail).into())
        }
    }
}

fn incomplete(than: &str) -> Fault {
    let detail = format!("BLAST+ reported {than} sequences than the part holds.");
    Fault::new(ErrorCode::ResultsInvalid, detail)
}
