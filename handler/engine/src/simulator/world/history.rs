use blastline_jobs::memory::{MemoryBlobs, MemoryQueues, MemoryTables};
use blastline_jobs::names::{QueueName, Table};
use blastline_jobs::ports::{Entity, Prop};
use blastline_jobs::rows::difference;
use std::fmt::{self, Write as _};
use std::sync::Arc;
use time::OffsetDateTime;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A row was made, changed or taken away.
    Row {
        table: Table,
        old: Option<Entity>,
        new: Option<Entity>,
    },
    /// A call that changed nothing, and how it ended.
    Call {
        what: String,
        outcome: String,
    },
    /// A message was sent.
    Sent {
        queue: QueueName,
        body: String,
    },
    /// A message was taken away for good.
    Deleted {
        queue: QueueName,
        body: String,
    },
    /// A blob was written or deleted.
    Blob {
        path: String,
        bytes: Option<usize>,
    },
    /// A process began or ended.
    Process {
        what: String,
    },
    /// A process stands still until a moment.
    Frozen {
        until: OffsetDateTime,
    },
    /// A function was called, and how it ended; `clean` when none of its calls failed.
    Called {
        function: &'static str,
        input: String,
    },
    Returned {
        function: &'static str,
        outcome: String,
        clean: bool,
    },
    /// A fault was made.
    Fault {
        what: String,
    },
    /// Something that only one kind of task knows, by its word.
    Task {
        word: &'static str,
        task: String,
        detail: String,
    },
}

/// An event with when and whose it was.
#[derive(Debug, Clone)]
pub struct Line {
    pub at: OffsetDateTime,
    pub who: Arc<str>,
    /// Number of the invocation, 0 outside.
    pub invocation: u64,
    pub event: Event,
}

/// A claim that the run has refuted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Name of the invariant.
    pub invariant: &'static str,
    /// What was seen.
    pub what: String,
}

/// Storage as it is, read past the gates.
#[derive(Clone)]
pub struct Stores {
    pub tables: MemoryTables,
    pub queues: MemoryQueues,
    pub blobs: MemoryBlobs,
}

/// What looks at every event as it happens.
pub trait Checker: Send {
    fn see(&mut self, line: &Line, stores: &Stores) -> Vec<Violation>;
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:<14}", clock(self.at), self.who)?;
        if self.invocation > 0 {
            write!(f, " #{:<4} ", self.invocation)?;
        } else {
            f.write_str("       ")?;
        }
        f.write_str(&self.event.to_string())
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row { table, old: None, new: Some(new), .. } => {
                write!(f, "{table}/{} made: {}", key(new), shown(new))
            }
            Self::Row { table, old: Some(old), new: Some(new), .. } => match difference(old, new) {
                Some(patch) => write!(f, "{table}/{} changed: {}", key(new), shown(&patch)),
                None => write!(f, "{table}/{} written, unchanged", key(new)),
            },
            Self::Row { table, old: Some(old), new: None, .. } => write!(f, "{table}/{} deleted", key(old)),
            Self::Row { table, .. } => write!(f, "{table}: nothing"),
            Self::Call { what, outcome } => write!(f, "{what}: {outcome}"),
            Self::Sent { queue, body } => write!(f, "{queue} <- {body}"),
            Self::Deleted { queue, body } => write!(f, "{queue} done with {body}"),
            Self::Blob { path, bytes: Some(bytes) } => write!(f, "{path}: {bytes} bytes written"),
            Self::Blob { path, bytes: None } => write!(f, "{path}: deleted"),
            Self::Process { what } => write!(f, "** {what}"),
            Self::Frozen { until } => write!(f, "** stands still until {}", clock(*until)),
            Self::Called { function, input } => write!(f, "> {function} {input}"),
            Self::Returned { function, outcome, .. } => write!(f, "< {function} {outcome}"),
            Self::Fault { what } => write!(f, "!! {what}"),
            Self::Task { word, task, detail } => write!(f, "-- {word} {task} {detail}"),
        }
    }
}

/// The time of day, in milliseconds.
fn clock(at: OffsetDateTime) -> String {
    let (h, m, s) = at.time().as_hms();
    format!("{h:02}:{m:02}:{s:02}.{:03}", at.millisecond())
}

fn key(entity: &Entity) -> String {
    format!("{}/{}", entity.pk, entity.rk)
}

/// The properties of a row in short; long texts are cut.
fn shown(entity: &Entity) -> String {
    let mut text = String::new();
    for (name, prop) in &entity.props {
        let value = match prop {
            Prop::Text(value) if value.chars().count() > 48 => {
                format!("\"{}…\"", value.chars().take(48).collect::<String>())
            }
            Prop::Text(value) => format!("\"{value}\""),
            Prop::Int(value) => value.to_string(),
            Prop::Float(value) => value.to_string(),
            Prop::Bool(value) => value.to_string(),
            Prop::Time(at) => clock(*at),
        };
        let _ = write!(text, "{name}={value} ");
    }
    text.truncate(text.trim_end().len());
    text
}
