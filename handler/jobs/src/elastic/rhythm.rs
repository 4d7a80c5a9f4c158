//! When a search on a cluster is looked at again.

use std::time::Duration;

/// How long to wait before look number `looks + 1`, after so many: 10 s six times, 30 s nine times, then a minute. Short
/// searches end within the first looks; long ones cost one list of Jobs a minute.
pub fn watch_delay(looks: u64) -> Duration {
    Duration::from_secs(match looks {
        0..6 => 10,
        6..15 => 30,
        _ => 60,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_seconds_six_times_thirty_nine_times_then_a_minute() {
        let delays: Vec<_> = (0..20).map(|looks| watch_delay(looks).as_secs()).collect();
        assert_eq!(delays, [[10; 6].as_slice(), &[30; 9], &[60; 5]].concat());
        assert_eq!(watch_delay(u64::MAX), Duration::from_secs(60));
    }
}
