use super::jobs::JobProgress;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What of a search has stored logs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LogTargets {
    /// Runs of containers and child processes, in the order of their steps.
    pub targets: Vec<LogTarget>,
}

/// One run of a container, or of a child process, whose log is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogTarget {
    /// Name to ask for its lines by: `<pod>/<container>`, with `/<attempt>` behind it from the second attempt on.
    pub target: String,
    /// Step that it belongs to.
    pub step: String,
    /// Pod.
    pub pod: String,
    /// Container.
    pub container: String,
    /// Which run of the container in its pod, from 0.
    pub attempt: u32,
    /// Lines that are stored.
    pub lines: u64,
    /// Whether it has ended and all its lines are stored.
    pub ended: bool,
}

/// Stored lines of one target that follow each other.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LogLines {
    /// The target.
    pub target: String,
    /// Number of the first line, from 0.
    pub from: u64,
    /// The lines.
    pub lines: Vec<LogLine>,
    /// Number of the line that the next page begins with; absent where no more are stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Lines that are stored.
    pub total: u64,
    /// Whether no more will come.
    pub ended: bool,
}

/// A stored line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogLine {
    /// `<pod uid>:<container>:<kubernetes timestamp>:<n>`: the same wherever the line is read.
    pub id: String,
    /// Number in the log of its target, from 0.
    pub index: u64,
    /// Time stamp as the cluster wrote it, RFC 3339 with nanoseconds; empty where it gave none.
    pub ts: String,
    /// `stdout` or `stderr`. A cluster does not tell them apart: its lines say `stdout`.
    pub stream: String,
    /// The line, with secrets masked.
    pub line: String,
}

/// Data of the event `snapshot`: how the search is when a stream begins.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LogSnapshot {
    /// Version of the shape.
    pub schema_version: u32,
    /// The search.
    pub job_id: String,
    /// Status.
    pub status: String,
    /// Phase.
    pub phase: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// Status, phase and steps.
    pub custom_status: JobProgress,
}

/// Data of the event `log`: a line that was just said, or one of before for a reader that just came.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LogEvent {
    /// As in [`LogLine`]: a reader drops lines whose id it holds.
    pub id: String,
    /// Version of the shape.
    pub schema_version: u32,
    /// The search.
    pub job_id: String,
    /// `k8s`, or `child` for a child process of this installation.
    pub source: String,
    /// Step that it belongs to.
    pub phase: String,
    /// `stdout` or `stderr`.
    pub stream: String,
    /// Pod.
    pub pod: String,
    /// Container.
    pub container: String,
    /// Which run of the container in its pod, from 0.
    pub attempt: u32,
    /// Time stamp.
    pub ts: String,
    /// The line.
    pub line: String,
}

/// Data of the event `status`: of the search, of one of its containers, or of the stream itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct LogStatus {
    /// The search.
    pub job_id: String,
    /// `job`, `k8s`, `child` or `stream`.
    pub source: String,
    /// Of the search its status; of a container `following` or `ended`; of the stream `restarted` where the reader's place
    /// is not one of this search, and `paused` where time is up and the reader is to come back.
    pub status: String,
    /// Phase of the search, or step of the container.
    pub phase: String,
    /// Pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
    /// Container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// Which run of the container in its pod, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// In words, where there is something to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Data of the event `completed`: the search has ended and every line was given.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LogCompleted {
    /// The search.
    pub job_id: String,
}
