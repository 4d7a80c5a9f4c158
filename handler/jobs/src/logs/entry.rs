use super::numbering::Mark;

/// A chunk of a log as its index names it: the name says everything, so that a listing of the index is the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogEntry {
    /// Number of its first line in the log of its source, from 0.
    pub first: u64,
    /// Lines.
    pub lines: u64,
    /// Number of the chunk in its step, from 0.
    pub sequence: u64,
    /// Place in time of its first line.
    pub from: Mark,
    /// Place in time of its last line.
    pub to: Mark,
}

impl LogEntry {
    /// Number of the line behind it.
    pub fn next(&self) -> u64 {
        self.first + self.lines
    }

    /// Its name. Names sort as the lines do.
    pub fn name(&self) -> String {
        let Self { first, lines, sequence, from, to } = self;
        format!("{first:010}-{lines}-{sequence:06}-{}.{}-{}.{}.json", from.nanos, from.n, to.nanos, to.n)
    }

    /// Reads a name; `None` where it is no entry's.
    pub fn of_name(name: &str) -> Option<Self> {
        let mut parts = name.strip_suffix(".json")?.split('-');
        let mut next = || parts.next();
        let (first, lines, sequence) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?);
        let (from, to) = (mark(next()?)?, mark(next()?)?);
        next().is_none().then_some(Self { first, lines, sequence, from, to })
    }
}

fn mark(text: &str) -> Option<Mark> {
    let (nanos, n) = text.split_once('.')?;
    Some(Mark { nanos: nanos.parse().ok()?, n: n.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_sort_as_the_lines_do() {
        let entry = |first| LogEntry {
            first,
            lines: 20,
            sequence: 7,
            from: Mark { nanos: 1_767_225_600_123_456_789, n: 0 },
            to: Mark { nanos: 1_767_225_601_000_000_000, n: 3 },
        };
        for first in [0, 9, 10, 123_456] {
            assert_eq!(LogEntry::of_name(&entry(first).name()), Some(entry(first)));
        }
        assert!(entry(9).name() < entry(10).name());
        for bad in ["", "end.json", "1-2-3.json", "a-1-1-1.1-1.1.json", "1-1-1-1.1-1.1-1.json"] {
            assert_eq!(LogEntry::of_name(bad), None, "{bad}");
        }
    }
}
