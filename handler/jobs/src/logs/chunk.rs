use super::entry::LogEntry;
use super::numbering::{Mark, NumberedLine};
use super::redact::redact;
use super::source::LogSource;
use crate::ids::JobId;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Version of the shape.
pub const SCHEMA_VERSION: u32 = 1;

/// A line as it is stored and sent: masked, named, placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEvent {
    /// `<pod uid>:<container>:<kubernetes timestamp>:<n>`.
    pub id: String,
    /// Number in the log of its source, from 0.
    pub index: u64,
    /// The cluster's time stamp; empty where it gave none.
    pub ts: String,
    /// `stdout` or `stderr`. A cluster does not tell them apart: its lines say `stdout`.
    pub stream: Cow<'static, str>,
    /// The line, with secrets masked.
    pub line: String,
    /// Its number among the lines of its time stamp.
    pub n: u32,
    /// The time stamp in nanoseconds since 1970.
    pub nanos: i64,
}

impl LogEvent {
    /// A line of a source, masked.
    pub fn new(source: &LogSource, stream: &'static str, index: u64, line: &NumberedLine) -> Self {
        Self {
            id: format!("{}:{}:{}:{}", source.pod_uid, source.container, line.stamp, line.mark.n),
            index,
            ts: line.stamp.clone(),
            stream: Cow::Borrowed(stream),
            line: redact(&line.text).into_owned(),
            n: line.mark.n,
            nanos: line.mark.nanos,
        }
    }

    /// Its place in time.
    pub fn mark(&self) -> Mark {
        Mark { nanos: self.nanos, n: self.n }
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.line.len() + self.id.len() + self.ts.len() + 100
    }
}

/// Lines of one source that follow each other, as they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogChunk {
    /// Version of the shape.
    pub schema_version: u32,
    /// The search.
    pub job_id: JobId,
    /// The step.
    pub step: crate::state::StepName,
    /// Number of the chunk in its step, from 0.
    pub sequence: u64,
    /// The source, as its folder is named.
    pub target: String,
    /// Which run of the container, from 0.
    pub attempt: u32,
    /// The lines.
    pub events: Vec<LogEvent>,
    /// When it was written, RFC 3339.
    pub created_at: String,
}

impl LogChunk {
    /// What the index says of it; `None` for one without lines.
    pub fn entry(&self) -> Option<LogEntry> {
        let (first, last) = (self.events.first()?, self.events.last()?);
        Some(LogEntry {
            first: first.index,
            lines: self.events.len() as u64,
            sequence: self.sequence,
            from: first.mark(),
            to: last.mark(),
        })
    }
}
