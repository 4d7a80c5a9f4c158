//! How long to wait before the next look at an empty queue, or at storage that is away.

use rand::Rng as _;
use std::time::Duration;

/// The shortest pause, as on the platform.
const SHORTEST: Duration = Duration::from_millis(100);
/// A person waits for this host, so no queue is left alone longer, whatever `maxPollingInterval` says.
const LONGEST: Duration = Duration::from_secs(2);
/// Storage that is away is asked no more often than this in the long run.
const LONGEST_AWAY: Duration = Duration::from_secs(10);

/// A pause that doubles until it is reset.
#[derive(Debug, Clone)]
pub struct Backoff {
    longest: Duration,
    doublings: u32,
}

impl Backoff {
    /// For an empty queue.
    #[must_use]
    pub fn polling(max_polling_interval: Duration) -> Self {
        Self { longest: max_polling_interval.clamp(SHORTEST, LONGEST), doublings: 0 }
    }

    /// For storage that cannot be reached.
    #[must_use]
    pub fn away() -> Self {
        Self { longest: LONGEST_AWAY, doublings: 0 }
    }

    /// The next pause begins at the shortest again.
    pub fn reset(&mut self) {
        self.doublings = 0;
    }

    /// Whether there was no pause since the last reset.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.doublings == 0
    }

    /// The next pause, up to a fifth shorter or longer so that listeners do not march in step.
    pub fn pause(&mut self) -> Duration {
        let plain = SHORTEST.saturating_mul(1 << self.doublings.min(16)).min(self.longest);
        self.doublings = self.doublings.saturating_add(1);
        plain.mul_f64(rand::rng().random_range(0.8..=1.2)).clamp(SHORTEST, self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_two_seconds_and_fall_back() {
        let mut backoff = Backoff::polling(Duration::from_secs(60));
        let pauses: Vec<_> = (0..40).map(|_| backoff.pause()).collect();
        assert!(pauses[0] <= Duration::from_millis(120));
        assert!(pauses.iter().all(|p| (SHORTEST..=LONGEST).contains(p)));
        assert!(pauses[10] >= LONGEST.mul_f64(0.8));
        assert!(!backoff.is_fresh());
        backoff.reset();
        assert!(backoff.is_fresh());
        assert!(backoff.pause() <= Duration::from_millis(120));
    }

    #[test]
    fn a_shorter_interval_is_kept() {
        let mut backoff = Backoff::polling(Duration::from_millis(150));
        assert!((0..10).map(|_| backoff.pause()).all(|p| p <= Duration::from_millis(150)));
        let mut shortest = Backoff::polling(Duration::ZERO);
        assert_eq!(shortest.pause(), SHORTEST);
    }
}
