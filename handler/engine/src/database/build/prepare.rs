//! Before `makeblastdb`: sequences, taxids and taxonomy checked and in normal form, and the generation they make.

use super::{
    super::{
        digest::{self, HashingWriter},
        taxonomy,
    },
    BuildError, BuildRequest,
    headers::{comparable, find},
    taxids,
    workplace::Workplace,
};
use blastline_blast::{
    fasta::{self, Limits, QueryRecord, Want},
    program::{Molecule, Program},
};
use blastline_jobs::database_name::{DatabaseRef, Generation};
use std::{
    collections::HashSet,
    fs::File,
    hash::{BuildHasher, RandomState},
    io::{self, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Longest name without bars that `makeblastdb -parse_seqids` takes, in characters.
const MAX_ID_CHARS: usize = 50;

/// Names that are compared before the build, 16 MB of hashes; of the ones beyond `makeblastdb` itself tells.
const MAX_COMPARED: usize = 2_000_000;

/// Sequences that were checked and lie ready for `makeblastdb`, in a directory of their own.
#[derive(Debug)]
pub struct Prepared {
    pub(super) request: BuildRequest,
    pub(super) work: Arc<Workplace>,
    pub(super) molecule: Molecule,
    pub(super) sequences: u64,
    pub(super) letters: u64,
    pub(super) generation: Generation,
}

impl Prepared {
    /// Checks what a database is to be made from and writes it in normal form below `work_dir`.
    pub async fn check(request: BuildRequest, work_dir: &Path) -> Result<Self, BuildError> {
        let work_dir = work_dir.to_owned();
        digest::off_runtime(move || Ok(check(request, &work_dir))).await?
    }

    /// Name and generation. The generation is the first 16 hex digits of a SHA-256 over the sequences in normal form,
    /// the taxids and the taxonomy: the same content makes the same generation, whoever builds it and when. (The
    /// files that `makeblastdb` writes hold a date and differ from build to build.)
    pub fn database(&self) -> DatabaseRef {
        DatabaseRef { name: self.request.name.clone(), generation: self.generation.clone() }
    }

    /// What the sequences are made of.
    pub fn molecule(&self) -> Molecule {
        self.molecule
    }

    pub(super) fn sequences_file(&self) -> PathBuf {
        self.work.path().join(SEQUENCES)
    }

    pub(super) fn taxids_file(&self) -> Option<PathBuf> {
        self.request.taxid_map.as_ref().map(|_| self.work.path().join(TAXIDS))
    }

    pub(super) fn taxonomy_file(&self) -> Option<PathBuf> {
        self.request.taxonomy.as_ref().map(|_| self.work.path().join(TAXONOMY))
    }
}

const SEQUENCES: &str = "sequences.fa";
const TAXIDS: &str = "taxids";
const TAXONOMY: &str = "taxonomy";

fn check(request: BuildRequest, work_dir: &Path) -> Result<Prepared, BuildError> {
    let work = Arc::new(Workplace::new(work_dir)?);
    let (stats, sequences_hash) = check_sequences(&request, &work.path().join(SEQUENCES))?;
    let taxids_hash = match &request.taxid_map {
        Some(map) => Some(written(&work.path().join(TAXIDS), |out| {
            taxids::normalise(BufReader::new(File::open(map)?), out)
        })?),
        None => None,
    };
    let taxonomy_hash = match &request.taxonomy {
        Some(file) => Some(written(&work.path().join(TAXONOMY), |out| check_taxonomy(file, out))?),
        None => None,
    };
    let none = || "none".to_owned();
    let content = format!(
        "blastline database 1\n{}\nsequences {sequences_hash}\ntaxids {}\ntaxonomy {}\n",
        stats.molecule,
        taxids_hash.unwrap_or_else(none),
        taxonomy_hash.unwrap_or_else(none)
    );
    let mut generation = digest::of_bytes(content.as_bytes());
    generation.truncate(16);
    let generation = generation.parse().map_err(|error| io::Error::other(format!("{error}")))?;
    Ok(Prepared {
        request,
        work,
        molecule: stats.molecule,
        sequences: stats.queries,
        letters: stats.letters,
        generation,
    })
}

/// Writes a file through a hash and gives the hash.
fn written<T: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut HashingWriter<BufWriter<File>>) -> Result<(), T>,
) -> Result<String, T> {
    let mut out = HashingWriter::new(BufWriter::new(File::create(path)?));
    write(&mut out)?;
    Ok(out.finish()?)
}

fn check_taxonomy(file: &Path, out: &mut impl Write) -> Result<(), BuildError> {
    let mut failed = Ok(());
    taxonomy::read(BufReader::new(File::open(file)?), |taxon| {
        if failed.is_ok() {
            failed = taxonomy::Taxonomy::write(out, [&taxon]);
        }
    })?;
    Ok(failed?)
}

fn check_sequences(request: &BuildRequest, to: &Path) -> Result<(fasta::QueryStats, String), BuildError> {
    // `Want` speaks of programs; these two take nothing but the one molecule.
    let want = match request.molecule {
        None => Want::Any,
        Some(Molecule::Nucleotide) => Want::Program(Program::Blastn),
        Some(Molecule::Protein) => Want::Program(Program::Blastp),
    };
    let limits =
        Limits { max_queries: u64::MAX, max_letters: u64::MAX, max_bytes: u64::MAX, ..Limits::default() };
    let mut names = Names::default();
    let mut out = HashingWriter::new(BufWriter::with_capacity(1 << 20, File::create(to)?));
    let read = fasta::normalise(File::open(&request.fasta)?, &mut out, want, &limits, &mut |record| {
        names.check(record).map_err(|()| io::Error::other("a name is refused"))
    });
    match (names.refused, read) {
        (Some(refused), _) => Err(refused.locate(&request.fasta)?),
        (None, Err(error)) => Err(error.into()),
        (None, Ok(stats)) => Ok((stats, out.finish()?)),
    }
}

/// Names seen so far, and the first that cannot stay.
#[derive(Default)]
struct Names {
    keys: RandomState,
    seen: HashSet<u64>,
    refused: Option<RefusedName>,
}

/// A name that cannot stay, before its line is known.
pub(super) enum RefusedName {
    Duplicate(String),
    TooLong(String),
    Refused(String),
}

impl Names {
    fn check(&mut self, record: &QueryRecord) -> Result<(), ()> {
        let id = &record.id;
        // Names with bars have a grammar of their own, which `makeblastdb` judges.
        let local = id.strip_prefix("lcl|").unwrap_or(id);
        if !local.contains('|') && local.chars().count() > MAX_ID_CHARS {
            self.refused = Some(RefusedName::TooLong(id.clone()));
        } else if !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.refused = Some(RefusedName::Refused(id.clone()));
        } else if self.seen.len() < MAX_COMPARED && !self.seen.insert(self.keys.hash_one(comparable(id))) {
            self.refused = Some(RefusedName::Duplicate(id.clone()));
        }
        if self.refused.is_some() { Err(()) } else { Ok(()) }
    }
}

impl RefusedName {
    /// Finds the lines in what the person gave. A name that was made up for a sequence without one has none.
    pub fn locate(self, fasta: &Path) -> io::Result<BuildError> {
        let (Self::Duplicate(id) | Self::TooLong(id) | Self::Refused(id)) = &self;
        let key = comparable(id);
        let (first_line, line) = find(fasta, |other| comparable(other) == key)?;
        Ok(match self {
            Self::Duplicate(id) => BuildError::DuplicateId { id, first_line, line },
            Self::TooLong(id) => BuildError::IdTooLong { length: id.chars().count(), id, line: first_line },
            Self::Refused(id) => BuildError::IdRefused { id, line: first_line },
        })
    }
}
