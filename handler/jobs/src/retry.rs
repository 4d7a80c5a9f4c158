//! When something is tried again: classes, delays, bound.

use std::time::Duration;

/// Whether and why trying again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetryClass {
    /// Something was away for a moment.
    Transient,
    /// There was no room or too much load.
    Capacity,
    /// Somebody else was faster.
    Conflict,
    /// Trying again gives the same answer.
    Permanent,
}

/// How often something is tried in all before it fails for good.
pub const MAX_ATTEMPTS: u64 = 12;

/// How often the result of a batch on a cluster is read in all where it cannot be decoded. It is written to its end before
/// its Job completes, so what is damaged stays so; reading again only tells a damaged file from a broken connection.
pub const MAX_READS: u64 = 3;

/// Longest delay between two tries, in seconds.
pub const MAX_DELAY_SECONDS: u64 = 300;

/// First delay, in seconds; each further one is twice as long.
const BASE_DELAY_SECONDS: u64 = 15;

/// How long to wait before try number `attempt + 1`, after `attempt` tries (1 or more) that failed: what was asked for,
/// clamped to 1–300 s, else `min(300, 15·2^(attempt−1))` s. `None` when it should not be tried again.
pub fn delay(class: RetryClass, retry_after: Option<Duration>, attempt: u64) -> Option<Duration> {
    delay_within(MAX_ATTEMPTS, class, retry_after, attempt)
}

/// The same for what is tried `most` times in all.
pub fn delay_within(
    most: u64,
    class: RetryClass,
    retry_after: Option<Duration>,
    attempt: u64,
) -> Option<Duration> {
    match class {
        RetryClass::Permanent => return None,
        RetryClass::Transient | RetryClass::Capacity | RetryClass::Conflict => {}
    }
    if attempt >= most {
        return None;
    }
    let seconds = retry_after.map_or_else(
        || {
            let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
            (BASE_DELAY_SECONDS << doublings).min(MAX_DELAY_SECONDS)
        },
        |asked| asked.as_secs().clamp(1, MAX_DELAY_SECONDS),
    );
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_to_five_minutes_and_end_at_twelve() {
        let seconds: Vec<_> =
            (1..=12).map(|n| delay(RetryClass::Transient, None, n).map(|d| d.as_secs())).collect();
        let expected = [15, 30, 60, 120, 240, 300, 300, 300, 300, 300, 300].map(Some);
        assert_eq!(seconds[..11], expected);
        assert_eq!(seconds[11], None);
    }

    #[test]
    fn a_wait_that_was_asked_for_is_kept_within_bounds() {
        let asked = |s| delay(RetryClass::Capacity, Some(Duration::from_secs(s)), 1).map(|d| d.as_secs());
        assert_eq!((asked(0), asked(42), asked(9999)), (Some(1), Some(42), Some(300)));
    }

    #[test]
    fn what_is_tried_less_often_ends_sooner() {
        let delays = (1..=3).map(|n| delay_within(MAX_READS, RetryClass::Transient, None, n));
        let delays: Vec<_> = delays.map(|delay| delay.map(|delay| delay.as_secs())).collect();
        assert_eq!(delays, [Some(15), Some(30), None]);
    }

    #[test]
    fn what_is_permanent_is_not_tried_again() {
        assert_eq!(delay(RetryClass::Permanent, Some(Duration::from_secs(5)), 1), None);
    }
}
