use super::options::OptionValue;
use super::problem::FieldProblem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What would happen if this search were submitted. Always 200.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PreFlight {
    /// Whether it would be taken.
    pub ready: bool,
    /// `would_accept` or `would_reject`.
    pub decision: String,
    /// One sentence.
    pub summary: String,
    /// Each thing that was looked at, worst first.
    pub checks: Vec<Check>,
    /// Ids of the checks that stop it.
    pub critical_blockers: Vec<String>,
    /// Faults by field.
    pub errors: Vec<FieldProblem>,
    /// What was seen in the sequences, where they could be read.
    pub query: Option<QueryStats>,
    /// Programs that fit the sequences and the database, the best first.
    pub fitting_programs: Vec<String>,
    /// All options with their values, defaults filled in.
    pub options: BTreeMap<String, OptionValue>,
    /// The same search on the command line.
    pub command_line: Option<String>,
    /// `serverless` or `elastic`.
    pub engine: String,
    /// Cluster that it would run on (elastic engine).
    pub cluster_name: Option<String>,
    /// What the output format gives and rules out (elastic engine).
    pub outfmt: Option<super::outfmt::OutfmtChoice>,
    /// When and for which request.
    pub meta: super::meta::Meta,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// `query`, `database` or `options`; for a search on a cluster also `aks_cluster`, `storage`, `runner_images` or
    /// `capacity`.
    pub id: String,
    /// `pass`, `warn`, `fail` or `unknown`.
    pub status: String,
    /// What was looked at.
    pub title: String,
    /// What was found.
    pub detail: String,
    /// `info`, `warning` or `critical`.
    pub severity: String,
    /// What to do about it.
    pub action: Option<String>,
    /// What a page offers to do about it: `change_options`, `change_format`, `choose_database`, `choose_place`,
    /// `check_again` or `copy_command`.
    pub action_type: Option<String>,
    /// A command that an operator gives.
    pub command: Option<String>,
}

/// What was seen in the sequences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueryStats {
    /// Number of sequences.
    pub queries: u64,
    /// Letters in all.
    pub letters: u64,
    /// Letters of the shortest.
    pub shortest: u64,
    /// Letters of the longest.
    pub longest: u64,
    /// How many sequences have a name that occurred before.
    pub duplicate_ids: u64,
    /// `nucleotide` or `protein`.
    pub molecule: String,
    /// Share of G and C, 0 to 1, for nucleotides.
    pub gc_fraction: Option<f64>,
    /// Name of the first sequence.
    pub first_id: String,
}
