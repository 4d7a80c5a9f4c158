use crate::ports::LogLine;
use std::collections::VecDeque;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Time stamps whose lines are still counted: standard output and standard error of a container come nearly in order.
const WINDOW: usize = 64;

/// A line's place in time: its stamp in nanoseconds since 1970, and its number among the lines of that stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Mark {
    /// Nanoseconds since 1970; 0 for a line without a time stamp.
    pub nanos: i64,
    /// From 0.
    pub n: u32,
}

/// A line with its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedLine {
    /// The cluster's stamp, as it was written.
    pub stamp: String,
    /// The text.
    pub text: String,
    /// Its place in time.
    pub mark: Mark,
}

/// Counts the lines of a log as they are read, and leaves out those that are held already. A log may be read from any
/// moment on that is not after the mark: the lines of a stamp come whole or not at all.
#[derive(Debug, Default)]
pub struct Numbering {
    recent: VecDeque<(i64, u32)>,
    after: Option<Mark>,
}

impl Numbering {
    /// Lines behind a mark; all of them without one.
    pub fn after(mark: Option<Mark>) -> Self {
        Self { recent: VecDeque::new(), after: mark }
    }

    /// Takes the next line; `None` where it is not behind the mark.
    pub fn take(&mut self, line: LogLine) -> Option<NumberedLine> {
        let nanos = nanos_of(&line.stamp);
        let mark = Mark { nanos, n: self.count(nanos) };
        if let Some(after) = self.after {
            if mark <= after {
                // Behind the marked line the order of the log counts, not that of the stamps.
                if mark == after {
                    self.after = None;
                }
                return None;
            }
            self.after = None;
        }
        Some(NumberedLine { stamp: line.stamp, text: line.text, mark })
    }

    fn count(&mut self, nanos: i64) -> u32 {
        if let Some((_, count)) = self.recent.iter_mut().rev().find(|(known, _)| *known == nanos) {
            *count += 1;
            return *count;
        }
        if self.recent.len() == WINDOW {
            self.recent.pop_front();
        }
        self.recent.push_back((nanos, 0));
        0
    }
}

impl Mark {
    /// The moment from which a log is read to go on behind this mark, some seconds before it.
    pub fn since(self, seconds_before: i64) -> Option<OffsetDateTime> {
        let second = self.nanos.div_euclid(1_000_000_000) - seconds_before;
        (self.nanos > 0).then(|| OffsetDateTime::from_unix_timestamp(second.max(0)).ok()).flatten()
    }
}

/// A stamp in nanoseconds since 1970; 0 where it is none.
fn nanos_of(stamp: &str) -> i64 {
    let moment = OffsetDateTime::parse(stamp, &Rfc3339).ok();
    moment.and_then(|moment| i64::try_from(moment.unix_timestamp_nanos()).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(second: u32, text: usize) -> LogLine {
        LogLine { stamp: format!("2026-01-01T00:00:{second:02}.000000000Z"), text: text.to_string() }
    }

    fn read(lines: &[LogLine], after: Option<Mark>) -> Vec<NumberedLine> {
        let mut numbering = Numbering::after(after);
        lines.iter().cloned().filter_map(|line| numbering.take(line)).collect()
    }

    #[test]
    fn lines_of_one_stamp_are_told_apart() {
        let marks: Vec<_> = read(&[line(1, 0), line(1, 1), line(2, 2), line(1, 3)], None)
            .into_iter()
            .map(|line| line.mark.n)
            .collect();
        assert_eq!(marks, [0, 1, 0, 2]);
    }

    #[test]
    fn stamps_of_one_moment_are_one_however_they_are_written() {
        let line = |stamp: &str| LogLine { stamp: stamp.to_owned(), text: String::new() };
        let read = read(&[line("2026-01-01T00:00:01Z"), line("2026-01-01T01:00:01.000+01:00")], None);
        assert_eq!((read[0].mark.n, read[1].mark), (0, Mark { n: 1, ..read[0].mark }));
    }

    proptest! {
        #[test]
        fn reading_on_from_any_line_gives_the_rest_with_the_same_names(
            steps in prop::collection::vec(0u32..2, 1..40), at in any::<prop::sample::Index>(), back in 0i64..4,
        ) {
            let mut second = 0;
            let lines: Vec<_> = steps.iter().enumerate().map(|(text, step)| { second += step; line(second, text) }).collect();
            let whole = read(&lines, None);
            let held = at.index(whole.len());
            let mark = whole[held].mark;
            let since = mark.since(back).unwrap().unix_timestamp_nanos();
            let again: Vec<_> = lines.iter().filter(|l| i128::from(nanos_of(&l.stamp)) >= since).cloned().collect();
            prop_assert_eq!(&read(&again, Some(mark))[..], &whole[held + 1..]);
        }
    }
}
