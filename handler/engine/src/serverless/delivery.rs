use std::time::Duration;

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
pub(super) fn elapsed(from: time::OffsetDateTime, to: time::OffsetDateTime) -> Duration {
    Duration::try_from(to - from).unwrap_or(Duration::ZERO)
}
