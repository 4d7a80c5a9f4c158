//! NCRONTAB: six fields `{second} {minute} {hour} {day} {month} {day of week}`, in UTC.
//!
//! Day and day of week must both match, as in the platform's parser (classic cron takes either).

use thiserror::Error;
use time::{Date, Duration, OffsetDateTime, Time};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
/// 29 February falls on each weekday at least once in 40 years.
const SEARCHED_DAYS: u32 = 40 * 366;

/// An expression that is no schedule.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no six-field NCRONTAB expression (second minute hour day month day-of-week)")]
pub struct ScheduleError(String);

/// A parsed expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    seconds: Set,
    minutes: Set,
    hours: Set,
    days: Set,
    months: Set,
    weekdays: Set,
}

/// The values a field allows, one bit each; every field fits into 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set(u64);

impl Set {
    fn has(self, value: u8) -> bool {
        self.0 & (1 << value) != 0
    }

    fn from(self, low: u8, high: u8) -> impl Iterator<Item = u8> {
        (low..=high).filter(move |v| self.has(*v))
    }
}

impl Schedule {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`ScheduleError`] when it has not six fields or a field is out of range.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        read(text).ok_or_else(|| ScheduleError(text.to_owned()))
    }

    /// The first occurrence after `after`; `None` for a day that never comes (31 February).
    #[must_use]
    pub fn next(&self, after: OffsetDateTime) -> Option<OffsetDateTime> {
        let after = after.to_offset(time::UtcOffset::UTC);
        let start = after.replace_nanosecond(0).ok()?.checked_add(Duration::SECOND)?;
        let mut date = start.date();
        for _ in 0..SEARCHED_DAYS {
            if self.allows(date) {
                let from = if date == start.date() { start.time() } else { Time::MIDNIGHT };
                if let Some(time) = self.first_time(from) {
                    return Some(date.with_time(time).assume_utc());
                }
            }
            date = date.next_day()?;
        }
        None
    }

    /// Whether two occurrences soon after `now` are less than a minute apart. The platform keeps no status for these.
    #[must_use]
    pub fn is_under_a_minute(&self, now: OffsetDateTime) -> bool {
        let ticks: Vec<_> = std::iter::successors(self.next(now), |last| self.next(*last)).take(10).collect();
        ticks.windows(2).any(|pair| pair[1] - pair[0] < Duration::MINUTE)
    }

    fn allows(&self, date: Date) -> bool {
        self.months.has(u8::from(date.month()))
            && self.days.has(date.day())
            && self.weekdays.has(date.weekday().number_days_from_sunday())
    }

    fn first_time(&self, from: Time) -> Option<Time> {
        for hour in self.hours.from(from.hour(), 23) {
            let same_hour = hour == from.hour();
            for minute in self.minutes.from(if same_hour { from.minute() } else { 0 }, 59) {
                let same_minute = same_hour && minute == from.minute();
                if let Some(second) =
                    self.seconds.from(if same_minute { from.second() } else { 0 }, 59).next()
                {
                    return Time::from_hms(hour, minute, second).ok();
                }
            }
        }
        None
    }
}

fn read(text: &str) -> Option<Schedule> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let [second, minute, hour, day, month, weekday] = fields.as_slice() else { return None };
    Some(Schedule {
        seconds: field(second, 0, 59, &[])?,
        minutes: field(minute, 0, 59, &[])?,
        hours: field(hour, 0, 23, &[])?,
        days: field(day, 1, 31, &[])?,
        months: field(month, 1, 12, &MONTHS)?,
        weekdays: field(weekday, 0, 6, &DAYS)?,
    })
}

fn field(text: &str, low: u8, high: u8, names: &[&str]) -> Option<Set> {
    let mut bits = 0_u64;
    for item in text.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<u8>().ok().filter(|n| *n > 0)?)),
            None => (item, None),
        };
        let (first, last) = if range == "*" {
            (low, high)
        } else if let Some((first, last)) = range.split_once('-') {
            (value(first, low, high, names)?, value(last, low, high, names)?)
        } else {
            let first = value(range, low, high, names)?;
            (first, if step.is_some() { high } else { first })
        };
        if first > last {
            return None;
        }
        for v in (first..=last).step_by(usize::from(step.unwrap_or(1))) {
            bits |= 1 << v;
        }
    }
    Some(Set(bits))
}

fn value(text: &str, low: u8, high: u8, names: &[&str]) -> Option<u8> {
    if let Ok(number) = text.parse::<u8>() {
        return (low..=high).contains(&number).then_some(number);
    }
    let text = text.to_ascii_lowercase();
    let named = (low..=high).zip(names).find(|(_, name)| text.len() >= 3 && name.starts_with(&text));
    named.map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn next(expression: &str, after: OffsetDateTime) -> Option<OffsetDateTime> {
        Schedule::parse(expression).unwrap().next(after)
    }

    #[test]
    fn finds_the_next_tick() {
        let now = datetime!(2026-01-01 00:05:00.5 UTC);
        assert_eq!(next("0 * * * * *", now), Some(datetime!(2026-01-01 00:06:00 UTC)));
        assert_eq!(next("*/20 * * * * *", now), Some(datetime!(2026-01-01 00:05:20 UTC)));
        assert_eq!(next("30 5/15 * * * *", now), Some(datetime!(2026-01-01 00:05:30 UTC)));
        assert_eq!(next("0 5/15 * * * *", now), Some(datetime!(2026-01-01 00:20:00 UTC)));
        assert_eq!(next("0 0 9-17 * * *", now), Some(datetime!(2026-01-01 09:00:00 UTC)));
        assert_eq!(next("0 30 9 * Jan Mon", now), Some(datetime!(2026-01-05 09:30:00 UTC)));
        assert_eq!(next("0 0 0 29 Feb *", now), Some(datetime!(2028-02-29 00:00:00 UTC)));
        assert_eq!(next("0 0 0 1,15 * 1-5", now), Some(datetime!(2026-01-15 00:00:00 UTC)));
        assert_eq!(next("0 0 0 31 2 *", now), None);
    }

    #[test]
    fn an_exact_hit_is_in_the_past() {
        let now = datetime!(2026-12-31 23:59:00 UTC);
        assert_eq!(next("0 59 23 * * *", now), Some(datetime!(2027-01-01 23:59:00 UTC)));
        assert_eq!(next("0 0 0 1 1 *", now), Some(datetime!(2027-01-01 00:00:00 UTC)));
    }

    #[test]
    fn knows_schedules_that_keep_no_status() {
        let now = datetime!(2026-01-01 00:00:00 UTC);
        assert!(Schedule::parse("*/2 * * * * *").unwrap().is_under_a_minute(now));
        assert!(Schedule::parse("0,30 * * * * *").unwrap().is_under_a_minute(now));
        assert!(!Schedule::parse("0 * * * * *").unwrap().is_under_a_minute(now));
    }

    #[test]
    fn refuses_what_is_no_schedule() {
        for bad in
            ["", "* * * * *", "60 * * * * *", "* * 24 * * *", "* * * 0 * *", "* * * * 13 *", "* * * * * 7"]
        {
            assert!(Schedule::parse(bad).is_err(), "{bad}");
        }
        for bad in
            ["*/0 * * * * *", "5-1 * * * * *", "a * * * * *", "* * * * ja *", "1, * * * * *", "00:05:00"]
        {
            assert!(Schedule::parse(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_always_moves_on(text in "[-*/,0-9a-z ]{0,30}", at in 0_i64..4_000_000_000) {
            let now = OffsetDateTime::from_unix_timestamp(at).unwrap();
            if let Some(tick) = Schedule::parse(&text).ok().and_then(|s| s.next(now)) {
                proptest::prop_assert!(tick > now);
            }
        }
    }
}
