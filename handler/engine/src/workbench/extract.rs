//! From BLAST+'s table to the hit store.

use crate::error::{EngineError, EngineResult};
use crate::hits::organism::{OrganismOf, TaxonNames};
use crate::hits::{HitStore, PartFiles, QueryHead};
use blastline_blast::fasta::{Limits, QueryRecord, Want, normalise};
use blastline_blast::table::{Event, Reader};
use blastline_jobs::error_code::{ErrorCode, Fault};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

/// What was extracted.
#[derive(Debug)]
pub(super) struct Extracted {
    /// Local files of the hit store.
    pub files: PartFiles,
    /// BLAST+ version as the table names it.
    pub blast_version: String,
}

/// Writes a part's hits into the hit store's local files. Every query of the part has to occur once, in order.
pub(super) fn extract(
    store: &dyn HitStore,
    dir: &Path,
    query: &str,
    table: &str,
    taxonomy: Option<&Path>,
    first: u64,
    expected: u64,
) -> EngineResult<Extracted> {
    let names = match taxonomy {
        Some(file) => TaxonNames::from_tsv(
            &std::fs::read_to_string(file).map_err(EngineError::io("reading the taxonomy"))?,
        ),
        None => TaxonNames::default(),
    };
    let records = records(&dir.join(query), expected)?;
    let out = dir.join("hits");
    std::fs::create_dir(&out).map_err(EngineError::io("making a folder"))?;
    let mut writer = store.part_writer(&out, first)?;
    let open = File::open(dir.join(table)).map_err(EngineError::io("reading the table of hits"))?;
    let mut reader = Reader::new(BufReader::with_capacity(256 * 1024, open));
    let mut heads = records.iter();
    while let Some(event) = reader.next_event()? {
        match event {
            Event::Query(_) => {
                let record = heads.next().ok_or_else(|| incomplete("more"))?;
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

/// The queries of a part, as they were numbered when they were read in.
fn records(fasta: &Path, expected: u64) -> EngineResult<Vec<QueryRecord>> {
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
