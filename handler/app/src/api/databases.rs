use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The databases that a search can be made against.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DatabaseList {
    /// Ready ones first, then by title.
    pub databases: Vec<Database>,
    /// When the list was read.
    pub meta: super::meta::Meta,
}

/// A database and its live version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Database {
    /// Name, as `-db` takes it.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// What it is good for, in a sentence.
    pub description: String,
    /// `nucleotide` or `protein`.
    pub molecule: String,
    /// `ready`, `preparing` or `failed`.
    pub state: String,
    /// Why it is not ready, in words.
    pub not_ready_reason: Option<String>,
    /// Live version; empty while there is none.
    pub generation: String,
    /// Number of sequences.
    pub sequences: u64,
    /// Number of letters.
    pub letters: u64,
    /// Size of the files in bytes.
    pub size_bytes: u64,
    /// Where the data come from.
    pub source: String,
    /// Date or release of the source, as the source writes it; empty where it has none.
    pub source_date: String,
    /// When the live version was built, RFC 3339; empty while there is none.
    pub created_at: String,
    /// Licence of the data.
    pub licence: String,
    /// Whether hits carry organisms.
    pub has_organisms: bool,
    /// Whether the files fit this machine's cache.
    pub fits_cache: bool,
    /// Ready-made searches.
    pub examples: Vec<Example>,
}

/// A ready-made search with a recognisable answer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Example {
    /// Stable id, for example `which-orchid`.
    pub id: String,
    /// The question, for example "Which orchid is this?".
    pub title: String,
    /// What is searched against what.
    pub description: String,
    /// Program.
    pub program: String,
    /// FASTA text.
    pub query: String,
    /// What a correct search finds, in a sentence.
    pub answer: String,
}
