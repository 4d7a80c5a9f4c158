use blastline_blast::options::SearchOptions;
use serde::{Deserialize, Serialize};

/// What was seen in the sequences when they were submitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuerySummary {
    /// Number of sequences.
    pub queries: u64,
    /// Letters in all.
    pub letters: u64,
    /// Letters of the shortest.
    pub shortest: u64,
    /// Letters of the longest.
    pub longest: u64,
    /// How many names occurred before.
    pub duplicate_ids: u64,
    /// Nucleotide or protein.
    pub molecule: blastline_blast::program::Molecule,
    /// Share of G and C, for nucleotides.
    pub gc_fraction: Option<f64>,
    /// Name of the first sequence.
    pub first_id: String,
    /// Size of the stored FASTA in bytes.
    pub size_bytes: u64,
}

/// What a search was asked to do: written once with the row, never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobPayload {
    /// Payload version.
    pub schema_version: u32,
    /// Program and all options with their values.
    pub search: SearchOptions,
    /// What was seen in the sequences.
    pub query: QuerySummary,
}
