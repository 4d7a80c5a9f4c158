use blastline_jobs::ports::LogLine;
use std::collections::VecDeque;

/// Longest text of a line, in bytes. A longer one comes in pieces with the same time stamp.
pub const MAX_LINE_BYTES: usize = 64 * 1024;
/// Longest time stamp, in bytes: `2026-01-01T00:00:00.123456789+00:00`.
const MAX_STAMP_BYTES: usize = 35;

/// Cuts a log into lines. How the bytes were cut into pieces on their way makes no difference to what comes out.
#[derive(Debug, Default)]
pub struct Lines {
    /// What is there of the current line; without its time stamp once that was read.
    text: Vec<u8>,
    /// Time stamp of the current line, or of the one before while it is not known.
    stamp: String,
    /// Whether the current line's time stamp was read, or it has none.
    stamped: bool,
    /// Whether a piece of the current line was given.
    begun: bool,
    /// Whether anything was given.
    given: bool,
}

impl Lines {
    /// At the beginning of a log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes and gives the lines that they end.
    pub fn push(&mut self, bytes: &[u8], lines: &mut VecDeque<LogLine>) {
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end);
            self.feed(line, lines);
            self.end_line(lines);
            rest = after.get(1..).unwrap_or_default();
        }
        self.feed(rest, lines);
    }

    /// Takes the end of the log. A line without an end is a line, unless a limit of bytes has `cut` it: then it is left
    /// to who reads on, except where nothing else was given and reading on would stand still.
    pub fn finish(&mut self, cut: bool, lines: &mut VecDeque<LogLine>) {
        let open = !self.text.is_empty() || self.stamped;
        if open && !(cut && self.given) {
            self.end_line(lines);
        }
    }

    fn feed(&mut self, bytes: &[u8], lines: &mut VecDeque<LogLine>) {
        self.text.extend_from_slice(bytes);
        if !self.stamped && self.text.len() > MAX_STAMP_BYTES {
            self.take_stamp();
        }
        // One byte more than fits: whether a character ends at the limit shows in the byte behind it.
        while self.stamped && self.text.len() > MAX_LINE_BYTES {
            let rest = self.text.split_off(boundary(&self.text));
            let piece = std::mem::replace(&mut self.text, rest);
            self.give(&piece, lines);
            self.begun = true;
        }
    }

    /// Splits the time stamp off. The kubelet's own words, such as that a log is gone, have none; they keep the last.
    fn take_stamp(&mut self) {
        self.stamped = true;
        let head = self.text.get(..self.text.len().min(MAX_STAMP_BYTES + 1)).unwrap_or_default();
        // An empty line may come without the space behind its time stamp.
        let end = memchr::memchr(b' ', head).unwrap_or(head.len());
        let stamp = head.get(..end).and_then(|head| std::str::from_utf8(head).ok());
        if let Some(stamp) = stamp.filter(|stamp| is_stamp(stamp)) {
            self.stamp = stamp.to_owned();
            self.text.drain(..self.text.len().min(end + 1));
        }
    }

    fn end_line(&mut self, lines: &mut VecDeque<LogLine>) {
        if !self.stamped {
            self.take_stamp();
        }
        let mut text = std::mem::take(&mut self.text);
        if text.last() == Some(&b'\r') {
            text.pop();
        }
        if !(self.begun && text.is_empty()) {
            self.give(&text, lines);
        }
        self.stamped = false;
        self.begun = false;
    }

    fn give(&mut self, text: &[u8], lines: &mut VecDeque<LogLine>) {
        self.given = true;
        lines.push_back(LogLine {
            stamp: self.stamp.clone(),
            text: String::from_utf8_lossy(text).into_owned(),
        });
    }
}

/// Where to cut a text that is too long: at the limit, or up to three bytes before it so that no character is cut.
fn boundary(text: &[u8]) -> usize {
    let continues = |at: usize| text.get(at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    (MAX_LINE_BYTES - 3..=MAX_LINE_BYTES).rev().find(|&at| !continues(at)).unwrap_or(MAX_LINE_BYTES)
}

/// Whether a text has the form of a time stamp.
fn is_stamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let at = |index: usize, wanted: u8| bytes.get(index) == Some(&wanted);
    let shaped = at(4, b'-') && at(7, b'-') && at(10, b'T') && at(13, b':') && at(16, b':');
    let plain = bytes.iter().all(|b| matches!(b, b'0'..=b'9' | b'T' | b'Z' | b':' | b'.' | b'+' | b'-'));
    let zone = text.ends_with('Z') || bytes.iter().skip(19).any(|&b| b == b'+' || b == b'-');
    shaped && plain && zone && bytes.len() <= MAX_STAMP_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STAMP: &str = "2026-01-01T00:00:00.123456789Z";

    fn read(log: &[u8], cut: bool) -> Vec<(String, String)> {
        let (mut lines, mut out) = (Lines::new(), VecDeque::new());
        lines.push(log, &mut out);
        lines.finish(cut, &mut out);
        out.into_iter().map(|line| (line.stamp, line.text)).collect()
    }

    fn texts(log: &[u8]) -> Vec<String> {
        read(log, false).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn a_line_is_its_stamp_and_its_text() {
        let log = format!("{STAMP} hello world\n{STAMP} \n{STAMP} a\r\n{STAMP}   indented\r\rx\n");
        let read = read(log.as_bytes(), false);
        assert!(read.iter().all(|(stamp, _)| stamp == STAMP));
        assert_eq!(texts(log.as_bytes()), ["hello world", "", "a", "  indented\r\rx"]);
    }

    #[test]
    fn a_container_that_died_in_the_middle_of_a_line_has_said_that_much() {
        assert_eq!(texts(format!("{STAMP} whole\n{STAMP} hal").as_bytes()), ["whole", "hal"]);
        assert_eq!(texts(b""), Vec::<String>::new());
    }

    #[test]
    fn a_line_that_a_limit_cut_is_left_for_the_next_reading() {
        let log = format!("{STAMP} whole\n{STAMP} hal");
        assert_eq!(read(log.as_bytes(), true), [(STAMP.to_owned(), "whole".to_owned())]);
        let single = format!("{STAMP} longer than the lim");
        assert_eq!(read(single.as_bytes(), true).len(), 1, "else no reading would get past it");
    }

    #[test]
    fn binary_bytes_are_replaced() {
        let log = [STAMP.as_bytes(), b" a\xff\xfe\x00b\n"].concat();
        assert_eq!(texts(&log), ["a\u{fffd}\u{fffd}\0b"]);
    }

    #[test]
    fn words_without_a_stamp_keep_the_one_before() {
        let log = format!("{STAMP} a\nunable to retrieve container logs for containerd://0123\n");
        let read = read(log.as_bytes(), false);
        assert_eq!(
            read[1],
            (STAMP.to_owned(), "unable to retrieve container logs for containerd://0123".to_owned())
        );
        assert_eq!(self::read(b"short\n", false), [(String::new(), "short".to_owned())]);
    }

    #[test]
    fn four_thousand_characters_are_one_line() {
        let long = "ä".repeat(4000);
        assert_eq!(texts(format!("{STAMP} {long}\n").as_bytes()), [long]);
    }

    #[test]
    fn a_line_without_end_comes_in_pieces_that_cut_no_character() {
        let long = format!("x{}", "ä€𝄞".repeat(40_000));
        let log = format!("{STAMP} {long}\n{STAMP} next\n");
        let read = read(log.as_bytes(), false);
        let (last, pieces) = read.split_last().unwrap();
        assert_eq!(last.1, "next");
        assert!(pieces.iter().all(|(stamp, text)| stamp == STAMP && text.len() <= MAX_LINE_BYTES));
        assert_eq!(pieces.iter().map(|(_, text)| text.as_str()).collect::<String>(), long);
    }

    #[test]
    fn a_line_of_exactly_the_longest_length_is_one() {
        for bytes in [MAX_LINE_BYTES, MAX_LINE_BYTES + 1] {
            let log = format!("{STAMP} {}\n", "x".repeat(bytes));
            assert_eq!(texts(log.as_bytes()).len(), 1 + bytes - MAX_LINE_BYTES, "{bytes}");
        }
    }

    proptest! {
        #[test]
        fn pieces_on_the_way_make_no_difference(
            log in prop::collection::vec(prop_oneof![
                Just(STAMP.as_bytes().to_vec()),
                Just(b"\n".to_vec()),
                Just(b" ".to_vec()),
                prop::collection::vec(any::<u8>(), 0..40),
                (65_000usize..140_000).prop_map(|many| "é".repeat(many / 2).into_bytes()),
            ], 0..12),
            sizes in prop::collection::vec(1usize..70_000, 1..20),
        ) {
            let log = log.concat();
            let (mut lines, mut out, mut rest) = (Lines::new(), VecDeque::new(), log.as_slice());
            for size in sizes.iter().cycle() {
                let (piece, after) = rest.split_at(rest.len().min(*size));
                lines.push(piece, &mut out);
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            lines.finish(false, &mut out);
            let got: Vec<_> = out.into_iter().map(|line| (line.stamp, line.text)).collect();
            prop_assert_eq!(got, read(&log, false));
        }
    }
}
