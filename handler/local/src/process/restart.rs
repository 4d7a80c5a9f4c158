//! How long to wait before a handler that ended is started again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);
/// A handler that worked this long is not in a crash loop.
const HEALTHY_AFTER: Duration = Duration::from_secs(2);

/// The pauses of one worker.
#[derive(Debug, Default)]
pub struct Restarts {
    in_a_row: u32,
}

impl Restarts {
    /// The pause after a process that was ready for `served`; `None` when it never was.
    ///
    /// One that served is started at once; one that keeps dying early waits twice as long each time, to 5 s.
    pub fn pause(&mut self, served: Option<Duration>) -> Duration {
        if served.is_some_and(|time| time >= HEALTHY_AFTER) {
            self.in_a_row = 0;
            return Duration::ZERO;
        }
        let pause = FIRST.saturating_mul(1 << self.in_a_row.min(10)).min(LONGEST);
        self.in_a_row += 1;
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_deaths_wait_longer_and_a_healthy_run_forgives() {
        let mut restarts = Restarts::default();
        let early: Vec<_> = (0..8).map(|_| restarts.pause(None).as_millis()).collect();
        assert_eq!(early, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(restarts.pause(Some(Duration::from_secs(2))), Duration::ZERO);
        assert_eq!(restarts.pause(Some(Duration::from_millis(1999))), Duration::from_millis(100));
    }
}
