use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When an answer was made, and for which request.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Meta {
    /// RFC 3339, UTC.
    pub generated_at: String,
    /// Number of the request.
    pub request_id: String,
    /// Remarks that do not stop anything.
    pub warnings: Vec<String>,
}

/// Who is asking.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// Owner of the jobs this person makes.
    pub owner_id: String,
    /// Name to show.
    pub name: String,
    /// Whether this is the one identity of a development machine, which owns every job.
    pub development: bool,
    /// What to tell the person about that.
    pub notice: Option<String>,
}

/// The process answers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    pub status: String,
    /// Version of the program.
    pub version: String,
}

/// Whether searches can be taken.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// `ready` or `not_ready`.
    pub status: String,
    /// Version of the program.
    pub version: String,
    /// BLAST+ version, where it was found.
    pub blast_version: Option<String>,
    /// The parts it depends on.
    pub components: Vec<Component>,
    /// Whether waiting may help.
    pub retryable: bool,
    /// Seconds to wait before asking again.
    pub retry_after_seconds: Option<u64>,
}

/// A part the program depends on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Component {
    /// `tables`, `queues`, `blobs` or `blast`.
    pub name: String,
    /// `ok` or `failed`.
    pub status: String,
    /// What is wrong, in words.
    pub detail: Option<String>,
}

/// State of a task: a search, and later a warmup, a database build or a cluster change.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TaskStatus {
    /// The task.
    pub task_id: String,
    /// `PENDING`, `STARTED`, `PROGRESS`, `RETRY`, `SUCCESS`, `FAILURE` or `REVOKED`.
    pub status: String,
    /// Whether it has ended.
    pub ready: bool,
    /// How far it is, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<TaskProgress>,
    /// Where the result is, once it succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<TaskResult>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<super::jobs::JobError>,
}

/// How far a task is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TaskProgress {
    /// Phase.
    pub phase: String,
    /// Status.
    pub status: String,
    /// Number of the current step, 1-based.
    pub step: u32,
    /// Number of steps.
    pub total_steps: u32,
    /// What is being done, in words.
    pub message: String,
    /// RFC 3339.
    pub updated_at: String,
    /// Letters searched so far.
    pub letters_done: u64,
    /// Letters in all.
    pub letters_total: u64,
    /// Seconds until the next try, while it waits for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// Why it waits or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
}

/// Where a finished task's result is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TaskResult {
    /// The job.
    pub job_id: String,
    /// Address of the result.
    pub results_url: String,
}
