use crate::deps::Deps;
use blastline_jobs::rows::ChunkRow;
use std::time::Duration;
use time::OffsetDateTime;

/// How a queue message reached its function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Id of the queue message.
    pub message_id: String,
    /// How often it was taken, this time included.
    pub dequeue_count: u64,
    /// Id of the invocation.
    pub invocation_id: String,
}

impl Delivery {
    /// Whether an earlier delivery of the same message ended without success.
    pub fn is_redelivery(&self) -> bool {
        self.dequeue_count > 1
    }
}

/// Seconds between two moments as a duration; zero where the second is not later.
pub(super) fn elapsed(from: OffsetDateTime, to: OffsetDateTime) -> Duration {
    Duration::try_from(to - from).unwrap_or(Duration::ZERO)
}

/// Whether whoever holds a part has given no sign of life for too long.
pub(super) fn is_silent(deps: &Deps, part: &ChunkRow, now: OffsetDateTime) -> bool {
    elapsed(part.last_seen(), now) > deps.timing.blast.quiet
}
