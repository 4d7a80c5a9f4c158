use super::options::OptionValue;
use super::preflight::QueryStats;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A page of jobs, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobList {
    /// The jobs.
    pub jobs: Vec<JobSummary>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// When and for which request.
    pub meta: super::meta::Meta,
}

/// A database version that a job ran on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobDatabase {
    /// Name.
    pub name: String,
    /// Version.
    pub generation: String,
    /// Title at the time.
    pub title: String,
}

/// A job in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobSummary {
    /// The job.
    pub job_id: String,
    /// Title.
    pub job_title: String,
    /// `queued`, `running`, `completed`, `failed`, `cancelled` or `deleted`.
    pub status: String,
    /// Phase, for example `staging_db`.
    pub phase: String,
    /// Program.
    pub program: String,
    /// Databases.
    pub databases: Vec<JobDatabase>,
    /// First sequence and how many more.
    pub query_label: String,
    /// `serverless` or `elastic`.
    pub engine: String,
    /// Cluster that it runs on (elastic engine).
    pub cluster_name: Option<String>,
    /// Sequences in the query.
    pub queries_total: u64,
    /// Sequences searched so far.
    pub queries_done: u64,
    /// Letters in the query.
    pub letters_total: u64,
    /// Letters searched so far.
    pub letters_done: u64,
    /// Hits (query-subject pairs) so far.
    pub hits: u64,
    /// Whether hits are read at all; where not, its result is one file in a format of its own and `hits` says nothing.
    pub shows_hits: bool,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// When it began to be worked on, RFC 3339.
    pub started_at: Option<String>,
    /// When it ended, RFC 3339.
    pub ended_at: Option<String>,
    /// Why it failed or waits.
    pub error: Option<JobError>,
    /// Whether cancelling would do anything.
    pub can_cancel: bool,
}

/// Why a job failed or waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobError {
    /// Stable code.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Whether the same search may succeed later.
    pub retryable: bool,
}

/// A job, whole.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Job {
    /// What lists show too.
    #[serde(flatten)]
    pub summary: JobSummary,
    /// What was submitted.
    pub payload: JobPayload,
    /// The steps as the row holds them.
    pub custom_status: JobProgress,
    /// Status, phase and steps.
    pub output: JobProgress,
    /// The steps in order, for showing.
    pub steps: Vec<JobStep>,
    /// The parts of the search.
    pub parts: JobParts,
    /// The line in front of its cluster, while it stands there.
    pub queue: Option<JobQueue>,
    /// Its run on a cluster (elastic engine).
    pub elastic: Option<JobElastic>,
    /// BLAST+ version it runs on, once known.
    pub blast_version: Option<String>,
    /// Warnings of the search, in words.
    pub warnings: Vec<String>,
    /// About how many seconds are left, where the pace is known.
    pub remaining_seconds: Option<u64>,
}

/// What was submitted, with everything filled in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobPayload {
    /// All options with their values.
    pub options: BTreeMap<String, OptionValue>,
    /// The same search on the command line.
    pub command_line: String,
    /// What was seen in the sequences.
    pub query: QueryStats,
}

/// Status, phase and steps of a job.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobProgress {
    /// Phase.
    pub phase: String,
    /// Status.
    pub status: String,
    /// Steps by name.
    pub steps: BTreeMap<String, JobStep>,
}

/// A step of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobStep {
    /// `preparing`, `warming_up`, `configuring`, `staging_db`, `submitting`, `running`, `exporting_results` or
    /// `completed`.
    pub phase: String,
    /// `pending`, `running`, `completed`, `failed` or `skipped`.
    pub status: String,
    /// RFC 3339.
    pub started_at: Option<String>,
    /// RFC 3339.
    pub completed_at: Option<String>,
    /// Milliseconds, once it ended.
    pub duration_ms: Option<u64>,
    /// What was done or why it was skipped, in words.
    pub detail: Option<String>,
    /// The last 8,000 characters of its logs; in `output` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_output: Option<String>,
}

/// The parts of a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobParts {
    /// Parts cut so far.
    pub planned: u64,
    /// Whether the whole query is cut.
    pub all_planned: bool,
    /// Parts in all, estimated while the query is not wholly cut; 0 while no part was cut.
    pub estimated_total: u64,
    /// Parts that are done.
    pub done: u64,
    /// Parts that are running.
    pub running: u64,
    /// Parts that failed.
    pub failed: u64,
    /// Each part, up to 400; empty above.
    pub cells: Vec<PartCell>,
    /// A letter for each part in order, where there are too many to be listed here: `.` not begun, `c` on the cluster, `w`
    /// in line, `r` running, `t` tried again, `d` done, `x` failed, `n` not searched. Empty where `cells` lists them.
    pub map: String,
}

/// The line in front of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobQueue {
    /// Place of this search, from 1; none while it is not in line.
    pub position: Option<u64>,
    /// Searches that ran on the cluster when it was seen last, those of other installations among them.
    pub running: u64,
    /// Searches in line, this one included.
    pub queued: u64,
}

/// The run of a search on a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobElastic {
    /// The cluster.
    pub cluster_name: String,
    /// Id that ElasticBLAST knows the search by; labels, blob paths and logs carry it.
    pub elastic_blast_job_id: String,
    /// Batches that the query is cut into; 0 while that is not known.
    pub batches: u64,
    /// Number of the latest submission, from 1; 0 before the first.
    pub attempt: u64,
    /// Jobs and pods that are left on the cluster while the search is being cancelled.
    pub left: u64,
    /// Since when it waits for a place or for room, RFC 3339.
    pub waiting_since: Option<String>,
    /// When the cluster is looked at next, RFC 3339.
    pub next_look_at: Option<String>,
    /// When the cluster answered last, RFC 3339.
    pub seen_at: Option<String>,
    /// Output format, and what it gives and rules out.
    pub outfmt: Option<super::outfmt::OutfmtChoice>,
}

/// Some parts of a search.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PartList {
    /// Parts in order.
    pub parts: Vec<PartCell>,
    /// Number of the first of them, from 0.
    pub from: u64,
    /// Parts in all, as far as they are cut.
    pub total: u64,
}

/// How a search is configured, as it was rendered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobConfiguration {
    /// `elastic_blast` for the configuration that ElasticBLAST reads, `command_line` for BLAST+'s own command.
    pub kind: String,
    /// The text; none while it is not written yet.
    pub text: Option<String>,
    /// Name for a file of it.
    pub file_name: String,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartCell {
    /// Position of its first query, 0-based.
    pub first_query: u64,
    /// Number of queries.
    pub queries: u64,
    /// `on_cluster`, `ready`, `released`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Number of the batch on the cluster, from 0 (elastic engine).
    pub batch: Option<u64>,
    /// Machine that it ran on, once known (elastic engine).
    pub node: Option<String>,
    /// How often it was started; for a batch, on the cluster.
    pub attempts: u64,
    /// When its latest attempt started, RFC 3339; for a batch, when it began on the cluster.
    pub started_at: Option<String>,
    /// When it ended, RFC 3339; for a batch, when it ended on the cluster.
    pub ended_at: Option<String>,
    /// Milliseconds its search took.
    pub elapsed_ms: Option<u64>,
    /// Exit code of a batch that has ended on the cluster, where it is known (elastic engine).
    pub exit_code: Option<u64>,
    /// Why it failed.
    pub error: Option<String>,
}

/// The history of a job.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobEvents {
    /// Oldest first; the same event is listed once.
    pub events: Vec<JobEvent>,
}

/// Something that happened to a job.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobEvent {
    /// Stable id.
    pub id: String,
    /// The job.
    pub job_id: String,
    /// Name, for example `created`, `running` or `retry_scheduled`.
    pub event: String,
    /// Phase it led to.
    pub phase: Option<String>,
    /// Status it led to.
    pub status: Option<String>,
    /// RFC 3339.
    pub timestamp: String,
    /// Details by name.
    pub payload: BTreeMap<String, OptionValue>,
}

/// The sequences of a job, for "Edit and search again".
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobQuery {
    /// FASTA text.
    pub query_text: String,
    /// Its size.
    pub size_bytes: u64,
    /// Largest size that can be edited.
    pub max_bytes: u64,
}

/// A job is being cancelled or was deleted.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobChange {
    /// The job.
    pub job_id: String,
    /// The task, which is the job.
    pub task_id: String,
    /// `cancelling`, `cancelled` or `deleted`.
    pub status: String,
}
