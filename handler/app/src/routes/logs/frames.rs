//! Items of a stream as server-sent events (WHATWG HTML, "Server-sent events").

use crate::api::logs::{LogCompleted, LogEvent, LogSnapshot, LogStatus};
use crate::routes::shape::{moment, progress};
use blastline_engine::logs::Live;
use blastline_jobs::ids::JobId;
use blastline_jobs::logs::{Cursor, LogSource, SCHEMA_VERSION};
use blastline_jobs::rows::JobRow;
use serde::Serialize;

/// A line that no event is: it keeps connections from being taken for dead.
pub const HEARTBEAT: &str = ": heartbeat\n\n";

/// Writes the events of one stream, and keeps what its reader holds.
pub struct Frames {
    job: JobId,
    held: Cursor,
    /// Whether lines were written since the last id.
    moved: bool,
    began: bool,
}

impl Frames {
    /// For a reader that holds so much.
    pub fn new(job: &JobId, held: Cursor) -> Self {
        Self { job: job.clone(), held, moved: false, began: false }
    }

    /// What a reader is told whose place was made up.
    pub fn restarted(&self) -> String {
        let detail =
            "The place to go on from is not one of this search: the stream starts from the beginning.";
        let status = LogStatus { detail: Some(detail.to_owned()), ..self.status("stream", "restarted", "") };
        event("status", None, &status)
    }

    /// Writes an item. With `id` the event carries what the reader holds once it has read it: an event without an id
    /// leaves the reader's last one as it is, and one for hundreds of containers is long.
    pub fn write(&mut self, item: &Live, id: bool) -> String {
        if let Live::Line { source, event } = item {
            self.held.note(&source.key(), event.mark());
            self.moved = true;
        }
        let id = (id && self.moved).then(|| self.held.encode(&self.job));
        self.moved &= id.is_none();
        let id = id.as_deref();
        match item {
            Live::Job(row) if self.began => {
                event("status", id, &self.status("job", row.status().as_str(), row.phase.as_str()))
            }
            Live::Job(row) => {
                self.began = true;
                event("snapshot", id, &snapshot(row))
            }
            Live::Source { source, status } => event("status", id, &self.of_source(source, status)),
            Live::Line { source, event: line } => {
                let data = LogEvent {
                    id: line.id.clone(),
                    schema_version: SCHEMA_VERSION,
                    job_id: self.job.to_string(),
                    source: kind(source).to_owned(),
                    phase: source.step.as_str().to_owned(),
                    stream: line.stream.to_string(),
                    pod: source.pod.clone(),
                    container: source.container.clone(),
                    attempt: source.attempt,
                    ts: line.ts.clone(),
                    line: line.line.clone(),
                };
                event("log", id, &data)
            }
            Live::Completed => event("completed", id, &LogCompleted { job_id: self.job.to_string() }),
            Live::Pause => event("status", id, &self.status("stream", "paused", "")),
        }
    }

    fn status(&self, source: &str, status: &str, phase: &str) -> LogStatus {
        LogStatus {
            job_id: self.job.to_string(),
            source: source.to_owned(),
            status: status.to_owned(),
            phase: phase.to_owned(),
            ..LogStatus::default()
        }
    }

    fn of_source(&self, source: &LogSource, status: &str) -> LogStatus {
        LogStatus {
            pod: Some(source.pod.clone()),
            container: Some(source.container.clone()),
            attempt: Some(source.attempt),
            ..self.status(kind(source), status, source.step.as_str())
        }
    }
}

/// What kind of source it is: child processes of this installation have pods of this form.
fn kind(source: &LogSource) -> &'static str {
    if source.pod.starts_with(blastline_engine::logs::CHILD_POD) { "child" } else { "k8s" }
}

fn snapshot(row: &JobRow) -> LogSnapshot {
    LogSnapshot {
        schema_version: SCHEMA_VERSION,
        job_id: row.id.to_string(),
        status: row.status().as_str().to_owned(),
        phase: row.phase.as_str().to_owned(),
        created_at: moment(row.created_at),
        updated_at: moment(row.updated_at),
        custom_status: progress(row),
    }
}

/// JSON has no line ends of its own, so an event's data is one line.
fn event<T: Serialize>(name: &str, id: Option<&str>, data: &T) -> String {
    let data = serde_json::to_string(data).unwrap_or_default();
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    format!("{id}event: {name}\ndata: {data}\n\n")
}
