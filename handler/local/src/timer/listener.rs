//! The loop of one timer.
//!
//! Ticks never overlap: the next one is armed after the run. Ticks that fell into a run, or into a time when the
//! host was off, are skipped; a missed tick is made up for once, at start, and the function is told so.

use super::schedule::Schedule;
use super::status::{Monitor, Status};
use crate::config::Function;
use crate::invoke::{InvocationError, Invoker};
use crate::process::Worker;
use crate::protocol::{Payload, Sys};
use crate::queue::backoff::Backoff;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::Mutex;

/// Sleeps are cut into pieces, so that a clock that was set or a machine that slept is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// One timer.
#[derive(Debug)]
pub struct Timer {
    /// The function.
    pub function: Arc<Function>,
    /// When it ticks.
    pub schedule: Schedule,
    /// Also at start.
    pub run_on_startup: bool,
    /// Its memory; absent when it keeps none.
    pub monitor: Option<Monitor>,
    /// The process that runs it.
    pub worker: Arc<Worker>,
    /// Runs invocations.
    pub invoker: Arc<Invoker>,
    /// Held during a run: the platform's singleton, on one machine.
    pub single: Mutex<Option<Status>>,
}

impl Timer {
    /// Ticks for as long as the future is polled.
    pub async fn listen(&self) {
        self.worker.when_ready().await;
        if self.is_past_due_at_start().await {
            // A failure is in the log; a failed tick is not retried, as on the platform.
            let _ = self.run(true).await;
        } else if self.run_on_startup {
            let _ = self.run(false).await;
        }
        while let Some(next) = self.schedule.next(OffsetDateTime::now_utc()) {
            sleep_until(next).await;
            let _ = self.run(false).await;
        }
        tracing::warn!(function = self.function.name, "the schedule has no further tick");
    }

    /// Runs the function now, after a run that is under way, and remembers the tick.
    ///
    /// # Errors
    /// [`InvocationError`], already logged.
    pub async fn run(&self, is_past_due: bool) -> Result<(), InvocationError> {
        let mut status = self.single.lock().await;
        let tick = OffsetDateTime::now_utc();
        let shown = status.as_ref().map(Status::shown);
        let sys = Sys::now(&self.function.name);
        let payload = Payload::timer(&self.function.trigger_name, shown.as_ref(), is_past_due, &sys);
        let result = self.invoker.run(&self.function, &self.worker, &payload).await;
        if let (Some(monitor), Some(next)) = (&self.monitor, self.schedule.next(OffsetDateTime::now_utc())) {
            let new = Status { last: Some(tick), next, updated: tick };
            if let Err(error) = monitor.write(&new).await {
                tracing::warn!(function = self.function.name, %error, "the timer's status cannot be written");
            }
            *status = Some(new);
        }
        result
    }

    /// Loads the memory, waiting for storage, and tells whether a tick was missed while the host was off.
    async fn is_past_due_at_start(&self) -> bool {
        let Some(monitor) = &self.monitor else { return false };
        let mut away = Backoff::away();
        let stored = loop {
            match monitor.last().await {
                Ok(stored) => break stored,
                Err(error) => {
                    if away.is_fresh() {
                        tracing::warn!(function = self.function.name, %error, "the timer's status cannot be read");
                    }
                    tokio::time::sleep(away.pause()).await;
                }
            }
        };
        let now = OffsetDateTime::now_utc();
        let (last, updated) = stored.unwrap_or((None, now));
        // Computed anew and not read, so that a changed schedule holds from now on.
        let Some(next) = self.schedule.next(last.unwrap_or(updated)) else { return false };
        let status = Status { last, next, updated };
        if stored.is_none()
            && let Err(error) = monitor.write(&status).await
        {
            tracing::warn!(function = self.function.name, %error, "the timer's status cannot be written");
        }
        *self.single.lock().await = Some(status);
        next < now
    }
}

async fn sleep_until(moment: OffsetDateTime) {
    while let Ok(left) = Duration::try_from(moment - OffsetDateTime::now_utc()) {
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
    }
}
