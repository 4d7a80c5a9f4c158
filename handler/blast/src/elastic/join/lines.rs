//! Lines of results.

use super::{Joiner, Told};
use std::io::{self, BufRead, Read};

/// Longest line that is taken, in bytes: an alignment of two whole bacterial chromosomes has about 10 MB in one.
const MAX_LINE: u64 = 256 << 20;

/// Most characters of a program's version.
const MAX_PROGRAM: usize = 60;

impl<W> Joiner<W> {
    /// Fetches a line with its end; false behind the last one.
    pub(super) fn next_line(&mut self, batch: &mut impl BufRead) -> io::Result<bool> {
        self.line.clear();
        let mut bounded = Read::take(batch, MAX_LINE);
        bounded.read_until(b'\n', &mut self.line)?;
        match self.line.last() {
            None => Ok(false),
            Some(b'\n') => Ok(true),
            Some(_) => Err(cut_off()),
        }
    }
}

impl Told {
    /// Notes what a file says that it was made by; the first counts.
    pub(super) fn note_program(&mut self, text: &[u8]) {
        if self.program.is_empty() {
            self.program = String::from_utf8_lossy(text).trim().chars().take(MAX_PROGRAM).collect();
        }
    }
}

pub(super) fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the result of a batch is cut off")
}

pub(super) fn between<'a>(line: &'a [u8], (before, behind): (&[u8], &[u8])) -> Option<&'a [u8]> {
    line.strip_prefix(before)?.strip_suffix(behind)
}

pub(super) fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The name of a query: the first word of its title line.
pub(super) fn first_word(title: &[u8]) -> String {
    let word = title.split(u8::is_ascii_whitespace).find(|word| !word.is_empty()).unwrap_or_default();
    String::from_utf8_lossy(word).into_owned()
}
