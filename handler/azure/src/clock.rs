use async_trait::async_trait;
use blastline_jobs::ports::Clock;
use std::time::Duration;
use time::OffsetDateTime;

/// The machine's clock and the runtime's timer.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock {
    ahead: time::Duration,
}

impl SystemClock {
    /// A clock that is ahead of the machine's, or behind it by a negative span. Only tests have one.
    pub fn ahead_by(span: time::Duration) -> Self {
        Self { ahead: span }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        // Cut to microseconds: tables keep tenths of them, and a moment has to read back as it was written.
        let now = OffsetDateTime::now_utc() + self.ahead;
        now.replace_microsecond(now.microsecond()).unwrap_or(now)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
