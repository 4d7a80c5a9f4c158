use super::phase::Phase;
use super::status::Status;
use crate::ids::JobId;
use crate::ports::Entity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// Names of history events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventName {
    /// The job was made.
    Created,
    /// A phase was entered; the event carries the phase's name.
    Phase(Phase),
    /// A part or step will be tried again.
    RetryScheduled,
    /// The owner cancelled.
    CancelledByUser,
    /// Tried again on request.
    ManualRetry,
    /// The reconciler sent a message again.
    ReconcileResent,
    /// The reconciler found the work done and moved the job on.
    ReconcileFinished,
    /// The reconciler gave the job up.
    ReconcileWorkerLost,
}

impl EventName {
    /// The word in rows and answers.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Phase(phase) => phase.as_str(),
            Self::RetryScheduled => "retry_scheduled",
            Self::CancelledByUser => "cancelled_by_user",
            Self::ManualRetry => "manual_retry",
            Self::ReconcileResent => "reconcile_resent",
            Self::ReconcileFinished => "reconcile_finished",
            Self::ReconcileWorkerLost => "reconcile_worker_lost",
        }
    }
}

/// A value in an event's payload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum EventValue {
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
}

/// Something that happened to a job: one row of `jobhistory`.
///
/// A delivery that comes twice appends twice; `event_key` tells readers that both rows are the same event.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEvent {
    /// The job.
    pub job: JobId,
    /// What happened.
    pub name: &'static str,
    /// Equal for rows that tell the same event.
    pub key: String,
    /// Phase it led to.
    pub phase: Option<Phase>,
    /// Status it led to.
    pub status: Option<Status>,
    /// When.
    pub at: OffsetDateTime,
    /// Details by name.
    pub payload: BTreeMap<&'static str, EventValue>,
}

impl HistoryEvent {
    /// An event whose key is its name: it happens once in a job's life.
    pub fn once(job: &JobId, name: &EventName, at: OffsetDateTime) -> Self {
        let phase = if let EventName::Phase(phase) = name { Some(*phase) } else { None };
        Self {
            job: job.clone(),
            name: name.as_str(),
            key: name.as_str().to_owned(),
            phase,
            status: phase.map(Phase::status),
            at,
            payload: BTreeMap::new(),
        }
    }

    /// An event that can happen several times, told apart by `what`.
    pub fn keyed(job: &JobId, name: &EventName, what: &str, at: OffsetDateTime) -> Self {
        let mut event = Self::once(job, name, at);
        event.key = format!("{}:{what}", event.key);
        event
    }

    /// Adds a number to the payload.
    #[must_use]
    pub fn int(mut self, name: &'static str, value: u64) -> Self {
        self.payload.insert(name, EventValue::Int(i64::try_from(value).unwrap_or(i64::MAX)));
        self
    }

    /// Adds a text to the payload.
    #[must_use]
    pub fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.payload.insert(name, EventValue::Text(value.into()));
        self
    }

    /// The row, under a key that is new for each delivery: time in milliseconds and eight random hex digits.
    pub fn to_entity(&self, random: u32) -> Entity {
        let ms = self.at.unix_timestamp_nanos() / 1_000_000;
        let payload = serde_json::to_string(&self.payload).unwrap_or_default();
        Entity::new(self.job.as_str(), format!("{ms:013}-{random:08x}"))
            .text("event", self.name)
            .text("event_key", self.key.clone())
            .text("phase", self.phase.map_or("", Phase::as_str))
            .text("status", self.status.map_or("", Status::as_str))
            .time("ts", self.at)
            .text("payload_json", payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_tells_when_why_and_which_try() {
        let job = JobId::from_random([7; 16]);
        let event =
            HistoryEvent::keyed(&job, &EventName::RetryScheduled, "part-3:2", OffsetDateTime::UNIX_EPOCH)
                .int("retry_after_seconds", 30)
                .int("attempt", 2)
                .text("error", "storage did not answer")
                .text("error_code", "storage_unavailable");
        let row = event.to_entity(0xabcd);
        assert_eq!(row.rk, "0000000000000-0000abcd");
        assert_eq!(row.get_text("event").unwrap(), "retry_scheduled");
        assert_eq!(row.get_text("event_key").unwrap(), "retry_scheduled:part-3:2");
        assert_eq!(
            row.get_text("payload_json").unwrap(),
            r#"{"attempt":2,"error":"storage did not answer","error_code":"storage_unavailable","retry_after_seconds":30}"#
        );
    }
}
