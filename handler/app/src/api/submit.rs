use super::options::OptionValue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A search to make. Sent as JSON, or as `multipart/form-data` with this as the part `request` and the
/// sequences (plain or gzip) as the part `query`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitRequest {
    /// blastn, blastp, blastx, tblastn or tblastx.
    #[serde(default)]
    pub program: String,
    /// Databases to search; one for the time being.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub databases: Vec<DatabaseChoice>,
    /// One database by name: short for `databases`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Another spelling of `database`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub db: Option<String>,
    /// FASTA text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_data: Option<String>,
    /// Another spelling of `query_data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_fasta: Option<String>,
    /// Search options by BLAST+'s names without the dash, `task` among them. What is left out has its default.
    #[serde(default)]
    pub options: BTreeMap<String, OptionValue>,
    /// `serverless` (the default) or `elastic`: on a cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Cluster to search on; the only one when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_name: Option<String>,
    /// Output format of a search on a cluster, as `-outfmt` takes it. It is fixed when the search is submitted; left out,
    /// the page shows hits and alignments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outfmt: Option<String>,
    /// Title; named after the first sequence when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_title: Option<String>,
    /// Key that makes a repeated request the same job, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// A database, and which version of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatabaseChoice {
    /// Name.
    pub name: String,
    /// Version; the live one when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<String>,
}

/// The search was taken.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SubmitAnswer {
    /// The job.
    pub id: String,
    /// The job.
    pub job_id: String,
    /// Always `dashboard`: the id is this service's own.
    pub job_id_kind: String,
    /// The task, which is the job.
    pub task_id: String,
    /// The task, which is the job.
    pub instance_id: String,
    /// Where to ask for the task's state.
    #[serde(rename = "statusQueryGetUri")]
    pub status_query_get_uri: String,
    /// Where to ask for the task's state.
    pub operation_status_url: String,
    /// `queued`, or the state of the job that the idempotency key found.
    pub status: String,
    /// Why it was taken.
    pub admission: Admission,
    /// When and for which request.
    pub meta: super::meta::Meta,
}

/// Why a search was taken.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Admission {
    /// Always `accepted`; what is refused is a problem.
    pub decision: String,
    /// `new_job` or `idempotent_replay_returned_existing_job`.
    pub reason: String,
    /// RFC 3339.
    pub snapshot_at: String,
}
