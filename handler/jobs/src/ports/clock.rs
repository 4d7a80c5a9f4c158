use async_trait::async_trait;
use std::time::Duration;
use time::OffsetDateTime;

/// Time, so that a simulator can own it.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> OffsetDateTime;
    /// Waits.
    async fn sleep(&self, duration: Duration);
}
