//! The row of a database in the table `databases`: PK `catalogue`, RK the name.

use super::manifest::{Example, Manifest};
use blastline_blast::program::Molecule;
use blastline_jobs::{
    database_name::{DatabaseName, DatabaseRef, Generation},
    ports::{Entity, RowError},
};
use time::OffsetDateTime;

/// Partition of all databases: the catalogue is one query.
pub(super) const PARTITION: &str = "catalogue";

/// Largest text of examples that goes into the row, in UTF-16 units; a property holds 32,768. Above it they are in the
/// manifest alone.
const MAX_EXAMPLES_UNITS: usize = 30_000;

pub(super) const STATE: &str = "state";
pub(super) const STATE_DETAIL: &str = "state_detail";
pub(super) const GENERATION: &str = "generation";
pub(super) const TITLE: &str = "title";
pub(super) const DESCRIPTION: &str = "description";
pub(super) const MOLECULE: &str = "molecule";
/// Whose preparation counts; empty when none is under way.
pub(super) const PREPARING: &str = "preparing_id";
const SEQUENCES: &str = "sequences";
const LETTERS: &str = "letters";
const SIZE_BYTES: &str = "size_bytes";
const SOURCE: &str = "source";
const SOURCE_DATE: &str = "source_date";
const LICENCE: &str = "licence";
pub(super) const CREATED_AT: &str = "created_at";
const HAS_ORGANISMS: &str = "has_organisms";
const EXAMPLES: &str = "examples";

/// Whether a database can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatabaseState {
    /// A generation is live.
    Ready,
    /// The first generation is being made.
    Preparing,
    /// The first generation could not be made.
    Failed,
}

impl DatabaseState {
    /// The word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Preparing => "preparing",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Ready, Self::Preparing, Self::Failed].into_iter().find(|state| state.as_str() == text)
    }
}

/// A database as the catalogue lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct DatabaseEntry {
    /// Name.
    pub name: DatabaseName,
    /// Title for people.
    pub title: String,
    /// What it is good for, in a sentence.
    pub description: String,
    /// What the sequences are made of; `None` while that was not found out.
    pub molecule: Option<Molecule>,
    /// Whether it can be searched.
    pub state: DatabaseState,
    /// Why it cannot be searched, or why a newer generation could not be made, in words; may be empty.
    pub state_detail: String,
    /// The live generation.
    pub generation: Option<Generation>,
    /// Number of sequences.
    pub sequences: u64,
    /// Residues in all sequences.
    pub letters: u64,
    /// Bytes of all files.
    pub size_bytes: u64,
    /// Where the data come from.
    pub source: String,
    /// Date or release of the source.
    pub source_date: String,
    /// Licence of the data.
    pub licence: String,
    /// When the live generation was built.
    pub created_at: Option<OffsetDateTime>,
    /// Whether hits can be named by organism.
    pub has_organisms: bool,
    /// Ready-made searches.
    pub examples: Vec<Example>,
}

impl DatabaseEntry {
    /// The live generation with the name.
    pub fn live(&self) -> Option<DatabaseRef> {
        let generation = self.generation.clone()?;
        Some(DatabaseRef { name: self.name.clone(), generation })
    }

    /// Whether its texts and examples are those of a description.
    pub(super) fn is_described_by(&self, texts: &Manifest) -> bool {
        self.title == texts.title
            && self.description == texts.description
            && self.source == texts.source
            && self.source_date == texts.source_date
            && self.licence == texts.licence
            && self.has_organisms == texts.has_organisms
            && (self.examples == texts.examples || !fits_row(texts))
    }

    /// Reads a row.
    pub(super) fn from_row(row: &Entity) -> Result<Self, RowError> {
        let name = row.rk.parse().map_err(|error| row.error("RowKey", format!("{error}")))?;
        let generation = row
            .opt_text(GENERATION)?
            .map(|text| text.parse().map_err(|error| row.error(GENERATION, format!("{error}"))))
            .transpose()?;
        let molecule = match row.get_text(MOLECULE)? {
            "nucleotide" => Some(Molecule::Nucleotide),
            "protein" => Some(Molecule::Protein),
            _ => None,
        };
        let state = DatabaseState::parse(row.get_text(STATE)?)
            .ok_or_else(|| row.error(STATE, "is none of the known states"))?;
        let text = |column| row.get_text(column).map(str::to_owned);
        Ok(Self {
            name,
            title: text(TITLE)?,
            description: text(DESCRIPTION)?,
            molecule,
            state,
            state_detail: text(STATE_DETAIL)?,
            generation,
            sequences: row.get_int(SEQUENCES)?,
            letters: row.get_int(LETTERS)?,
            size_bytes: row.get_int(SIZE_BYTES)?,
            source: text(SOURCE)?,
            source_date: text(SOURCE_DATE)?,
            licence: text(LICENCE)?,
            created_at: row.opt_time_of(CREATED_AT)?,
            has_organisms: row.get_bool(HAS_ORGANISMS)?,
            examples: match row.opt_text(EXAMPLES)? {
                Some(json) => {
                    serde_json::from_str(&json).map_err(|error| row.error(EXAMPLES, format!("{error}")))?
                }
                None => Vec::new(),
            },
        })
    }
}

/// The examples of a manifest as a property; empty when they are too long for a row.
fn examples(manifest: &Manifest) -> String {
    let json = serde_json::to_string(&manifest.examples).unwrap_or_default();
    if json.encode_utf16().count() <= MAX_EXAMPLES_UNITS { json } else { String::new() }
}

fn fits_row(manifest: &Manifest) -> bool {
    !examples(manifest).is_empty()
}

/// The patch that makes a generation the live one.
pub(super) fn live(manifest: &Manifest) -> Entity {
    Entity::new(PARTITION, manifest.name.as_str())
        .text(TITLE, &manifest.title)
        .text(DESCRIPTION, &manifest.description)
        .text(MOLECULE, manifest.molecule.as_str())
        .text(STATE, DatabaseState::Ready.as_str())
        .text(STATE_DETAIL, "")
        .text(GENERATION, manifest.generation.as_str())
        .text(PREPARING, "")
        .int(SEQUENCES, manifest.sequences)
        .int(LETTERS, manifest.letters)
        .int(SIZE_BYTES, manifest.size_bytes())
        .text(SOURCE, &manifest.source)
        .text(SOURCE_DATE, &manifest.source_date)
        .text(LICENCE, &manifest.licence)
        .time(CREATED_AT, manifest.created_at)
        .bool(HAS_ORGANISMS, manifest.has_organisms)
        .text(EXAMPLES, examples(manifest))
}
