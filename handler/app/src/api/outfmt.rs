use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An output format of a search on a cluster, and what can be done with its results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutfmtChoice {
    /// As `outfmt` of a submission takes it; empty for the usual one.
    pub value: String,
    /// Number of the format in BLAST+.
    pub number: u8,
    /// A few words for a page.
    pub label: String,
    /// Whether the page shows hits and alignments.
    pub shown_in_page: bool,
    /// What can be downloaded afterwards: `tsv`, `csv`, `jsonl`, `outfmt6`, `outfmt7`, `archive` or `result_file`.
    pub gives: Vec<String>,
    /// What cannot.
    pub rules_out: Vec<String>,
    /// The consequence in a sentence or two.
    pub sentence: String,
}
