//! What a process keeps of the generation that it searched last: names of taxa, and the sequences themselves where the
//! database is small, so that rows can be made of archives without `blast_formatter`.

use super::WorkbenchParts;
use super::files::blocking;
use super::tools::{Start, accept};
use crate::database::{CachedDatabase, Manifest, TAXONOMY_FILE};
use crate::error::{EngineError, EngineResult};
use crate::hits::organism::TaxonNames;
use blastline_blast::archive::Subject;
use blastline_blast::program::Program;
use blastline_jobs::database_name::DatabaseRef;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Largest database whose sequences are kept, in residues; as many bytes of memory.
const MAX_LETTERS: u64 = 32_000_000;

/// Most sequences that are kept; each costs some hundred bytes beside its residues.
const MAX_SEQUENCES: u64 = 100_000;

/// Address space of `blastdbcmd` beyond the database, in bytes.
const MEMORY_BYTES: u64 = 4_000_000_000;

const LISTED: &str = "subjects.tsv";

/// Sequences by accession, as archives name them.
pub(super) type Subjects = HashMap<String, Subject>;

/// What is kept of a generation.
#[derive(Clone, Default)]
pub(super) struct Known {
    /// Names of taxa.
    pub names: Arc<TaxonNames>,
    /// Its sequences; `None` where they are too many, or names are not one to one.
    pub subjects: Option<Arc<Subjects>>,
}

/// The generation that was searched last. A process searches one part at a time, mostly of one search after another.
#[derive(Clone, Default)]
pub(super) struct LastGeneration {
    kept: Arc<Mutex<Option<(DatabaseRef, Known)>>>,
}

impl LastGeneration {
    /// What is known of a generation, read in when it is another one than before. With `sequences` its sequences are
    /// wanted too.
    pub async fn know(
        &self,
        parts: &WorkbenchParts,
        manifest: &Manifest,
        cached: &CachedDatabase,
        sequences: bool,
    ) -> EngineResult<Known> {
        let database = manifest.database();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut known = match kept {
            Some((kept, known)) if kept == database => known,
            _ => Known { names: Arc::new(taxa(manifest, cached).await?), subjects: None },
        };
        let small = manifest.letters <= MAX_LETTERS && manifest.sequences <= MAX_SEQUENCES;
        if sequences && small && known.subjects.is_none() {
            known.subjects = Some(Arc::new(list(parts, manifest, cached).await?));
        }
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((database, known.clone()));
        // An empty list stands for one that could not be made one to one, so that it is not asked for again.
        known.subjects = known.subjects.filter(|subjects| !subjects.is_empty());
        Ok(known)
    }
}

async fn taxa(manifest: &Manifest, cached: &CachedDatabase) -> EngineResult<TaxonNames> {
    if !manifest.has_taxonomy {
        return Ok(TaxonNames::default());
    }
    let file = cached.dir().join(TAXONOMY_FILE);
    blocking(move || {
        let text = std::fs::read_to_string(file).map_err(EngineError::io("reading the taxonomy"))?;
        Ok(TaxonNames::from_tsv(&text))
    })
    .await
}

/// All sequences of a database.
async fn list(
    parts: &WorkbenchParts,
    manifest: &Manifest,
    cached: &CachedDatabase,
) -> EngineResult<Subjects> {
    let work = parts.tools.work_dir("subjects")?;
    let args = ["-db", manifest.name.as_str(), "-entry", "all", "-outfmt", Subject::LISTING];
    let start = Start {
        name: "blastdbcmd",
        args: args.map(str::to_owned).to_vec(),
        blastdb: Some(cached.dir()),
        dir: work.path(),
        stdout: LISTED,
        memory_bytes: manifest.size_bytes() + MEMORY_BYTES,
    };
    let exit =
        parts.tools.start(start).await?.wait().await.map_err(EngineError::io("waiting for blastdbcmd"))?;
    accept(exit, work.path(), "blastdbcmd", Program::Blastn)?;
    let sequences = manifest.sequences;
    blocking(move || read(&work.path().join(LISTED), sequences)).await
}

/// Reads the list; an empty one where names are not one to one.
fn read(file: &Path, sequences: u64) -> EngineResult<Subjects> {
    let open = File::open(file).map_err(EngineError::io("reading the list of subjects"))?;
    let mut subjects = Subjects::new();
    let mut lines = 0;
    for line in BufReader::new(open).split(b'\n') {
        let line = line.map_err(EngineError::io("reading the list of subjects"))?;
        lines += 1;
        let Some(subject) = Subject::listed(&line) else { return Ok(Subjects::new()) };
        subjects.insert(subject.accession.clone(), subject);
    }
    let one_to_one = lines == sequences && subjects.len() as u64 == sequences;
    Ok(if one_to_one { subjects } else { Subjects::new() })
}
