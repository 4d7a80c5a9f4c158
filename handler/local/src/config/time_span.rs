//! The .NET `TimeSpan` text form that `host.json` uses for durations.

use std::time::Duration;
use thiserror::Error;

/// A text that is no time span.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no time span; write [days.]hours:minutes:seconds, for example 00:05:00")]
pub struct TimeSpanError(String);

/// Reads `[d.]hh:mm:ss[.fffffff]`.
///
/// # Errors
/// [`TimeSpanError`] for any other form, also for negative spans.
pub fn parse(text: &str) -> Result<Duration, TimeSpanError> {
    read(text.trim()).ok_or_else(|| TimeSpanError(text.to_owned()))
}

fn read(text: &str) -> Option<Duration> {
    let mut parts = text.split(':');
    let (first, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (days, hours) = match first.split_once('.') {
        Some((days, hours)) => (digits(days)?, digits(hours)?),
        None => (0, digits(first)?),
    };
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let (minutes, seconds) = (digits(minutes)?, digits(seconds)?);
    if hours > 23 || minutes > 59 || seconds > 59 || fraction.len() > 7 {
        return None;
    }
    let nanos = digits(fraction)? * 10_u64.pow(9 - u32::try_from(fraction.len()).ok()?);
    let whole = days.checked_mul(86_400)?.checked_add(hours * 3600 + minutes * 60 + seconds)?;
    Some(Duration::new(whole, u32::try_from(nanos).ok()?))
}

fn digits(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_of_host_json() {
        assert_eq!(parse("00:00:30"), Ok(Duration::from_secs(30)));
        assert_eq!(parse("01:00:00"), Ok(Duration::from_secs(3600)));
        assert_eq!(parse("1.02:03:04"), Ok(Duration::from_secs(86_400 + 7384)));
        assert_eq!(parse("00:00:00.2500000"), Ok(Duration::from_millis(250)));
        assert_eq!(parse("00:00:01.5"), Ok(Duration::from_millis(1500)));
    }

    #[test]
    fn refuses_everything_else() {
        for bad in
            ["", "5", "-1", "00:00", "24:00:00", "00:60:00", "00:00:60", "a:b:c", "00:00:00:00", "1.:0:0"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = parse(&text);
        }
    }
}
