//! The state machine behind [`super::normalise`]: blocks of bytes in, normal form out.

use super::alphabet::{Class, class};
use super::error::{FastaError, FastaErrorKind};
use super::header;
use super::molecule::Composition;
use super::plain::plain_lines;
use super::record::{Limits, QueryRecord, QueryStats, Want};
use super::tally::{Fault, Tally};
use crate::program::Molecule;
use std::io::{self, Write};

/// After so many letters a record that has foreign ones is judged at once, not at its end.
const ENOUGH_LETTERS: u64 = 10_000;

pub(super) fn io_error(error: io::Error) -> FastaError {
    FastaError::whole(FastaErrorKind::Io(error))
}

/// Which kind of line the next byte belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Nothing but blanks so far.
    Start,
    Header,
    Residues,
    Comment,
}

/// Where a position number stands within a line of residues.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Number {
    /// A digit may begin one here: at the line's start or after a blank.
    May,
    /// Within one, since this column.
    In(u64, char),
    /// After a residue.
    No,
}

pub(super) struct Machine<'a, W> {
    out: &'a mut W,
    limits: &'a Limits,
    on_query: &'a mut dyn FnMut(&QueryRecord) -> io::Result<()>,
    tally: Tally,
    /// Bytes taken and bytes written.
    taken: u64,
    written: u64,
    /// Place of the next byte, from 1.
    line_number: u64,
    column: u64,
    line: Line,
    number: Number,
    after_return: bool,
    /// Residues were written and their line end was not.
    open_line: bool,
    /// Bytes that are read line by line before plain lines are looked for again.
    line_by_line: usize,
    header: Vec<u8>,
    record: Option<Open>,
    counts: Composition,
    /// A header without residues, and its line; an error once anything else turns out to be there.
    bare_header: Option<(String, u64)>,
    something: bool,
}

/// The record that is being read.
struct Open {
    id: String,
    title: String,
    header_line: u64,
    headless: bool,
    offset: u64,
    letters: u64,
    /// First letter that nucleotides do not have, with line and column.
    foreign: Option<(u8, u64, u64)>,
}

impl<'a, W: Write> Machine<'a, W> {
    pub fn new(
        out: &'a mut W,
        want: Want,
        limits: &'a Limits,
        on_query: &'a mut dyn FnMut(&QueryRecord) -> io::Result<()>,
    ) -> Self {
        Self {
            out,
            limits,
            on_query,
            tally: Tally::new(want),
            taken: 0,
            written: 0,
            line_number: 1,
            column: 1,
            line: Line::Start,
            number: Number::May,
            after_return: false,
            open_line: false,
            line_by_line: 0,
            header: Vec::new(),
            record: None,
            counts: Composition::new(),
            bare_header: None,
            something: false,
        }
    }

    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<(), FastaError> {
        self.taken += bytes.len() as u64;
        if self.taken > self.limits.max_bytes {
            return Err(FastaError::whole(FastaErrorKind::TooManyBytes { limit: self.limits.max_bytes }));
        }
        while let Some(&first) = bytes.first() {
            // CR LF, LF and CR alone each end one line.
            if std::mem::take(&mut self.after_return) && first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let plain = self.plain_lines(bytes)?;
            if plain > 0 {
                bytes = &bytes[plain..];
                continue;
            }
            let end = memchr::memchr2(b'\n', b'\r', bytes);
            self.within_line(&bytes[..end.unwrap_or(bytes.len())])?;
            self.line_by_line = self.line_by_line.saturating_sub(end.map_or(bytes.len(), |end| end + 1));
            let Some(end) = end else { break };
            self.after_return = bytes[end] == b'\r';
            self.end_line()?;
            bytes = &bytes[end + 1..];
        }
        Ok(())
    }

    /// Takes the lines of plain nucleotides that come next, where they can be taken as they are; gives their bytes.
    fn plain_lines(&mut self, bytes: &[u8]) -> Result<usize, FastaError> {
        let Some(record) = &mut self.record else { return Ok(0) };
        let at_start = self.line == Line::Start && self.column == 1 && self.bare_header.is_none();
        if !at_start || self.line_by_line > 0 {
            return Ok(0);
        }
        let lines = match plain_lines(bytes) {
            Ok(lines) => lines,
            Err(others) => {
                self.line_by_line = others;
                return Ok(0);
            }
        };
        let letters = lines.bytes as u64 - lines.lines;
        if self.tally.letters() + record.letters + letters > self.limits.max_letters {
            // The line at which it is too many is named.
            self.line_by_line = lines.bytes;
            return Ok(0);
        }
        record.letters += letters;
        self.counts.add_plain(lines.counts);
        self.line_number += lines.lines;
        self.write(&bytes[..lines.bytes])?;
        self.judge_early()?;
        Ok(lines.bytes)
    }

    /// A piece of one line, without its end.
    fn within_line(&mut self, mut piece: &[u8]) -> Result<(), FastaError> {
        if self.line == Line::Start {
            let blanks = piece.iter().take_while(|&&b| class(b) == Class::Blank).count();
            self.column += blanks as u64;
            piece = &piece[blanks..];
            let Some(&first) = piece.first() else { return Ok(()) };
            self.line = self.kind_of_line(first)?;
            if self.line == Line::Header {
                self.end_record()?;
                self.column += 1;
                piece = &piece[1..];
            }
        }
        match self.line {
            Line::Header => self.header_piece(piece),
            Line::Residues => self.residues(piece),
            Line::Start | Line::Comment => {
                self.column += piece.len() as u64;
                Ok(())
            }
        }
    }

    fn kind_of_line(&mut self, first: u8) -> Result<Line, FastaError> {
        let kind = match first {
            b'>' => Line::Header,
            // In the oldest form of the format `;` begins a header; there it must not join two sequences.
            b';' | b'#' | b'!' if !self.record.as_ref().is_some_and(|r| r.headless) => Line::Comment,
            b'@' if !self.something => {
                return Err(FastaError::on_line(FastaErrorKind::Fastq, self.line_number));
            }
            _ => Line::Residues,
        };
        self.something |= kind != Line::Comment;
        Ok(kind)
    }

    fn header_piece(&mut self, piece: &[u8]) -> Result<(), FastaError> {
        self.column += piece.len() as u64;
        if self.header.len() + piece.len() > self.limits.max_header_bytes {
            let limit = self.limits.max_header_bytes as u64;
            return Err(FastaError::on_line(FastaErrorKind::HeaderTooLong { limit }, self.line_number));
        }
        self.header.extend_from_slice(piece);
        Ok(())
    }

    fn residues(&mut self, piece: &[u8]) -> Result<(), FastaError> {
        if self.record.is_none() {
            self.begin_record(None)?;
        }
        if !matches!(self.number, Number::In(..)) && self.counts.count_plain(piece) {
            self.take(piece)?;
        } else {
            self.letter_by_letter(piece)?;
        }
        self.column += piece.len() as u64;
        self.judge_early()
    }

    /// Judges a long record that has foreign letters, so that nobody waits for its end.
    fn judge_early(&mut self) -> Result<(), FastaError> {
        let enough = self.record.as_ref().is_some_and(|r| r.foreign.is_some() && r.letters > ENOUGH_LETTERS);
        if enough { self.judge() } else { Ok(()) }
    }

    /// A piece of residues that are not all plain nucleotides, or no residues.
    fn letter_by_letter(&mut self, piece: &[u8]) -> Result<(), FastaError> {
        let mut start = 0;
        for (index, &byte) in piece.iter().enumerate() {
            match class(byte) {
                Class::Shared if !matches!(self.number, Number::In(..)) => {
                    self.counts.count(byte);
                    continue;
                }
                Class::ProteinOnly if !matches!(self.number, Number::In(..)) => {
                    self.counts.count(byte);
                    let place = (byte, self.line_number, self.column + index as u64);
                    if let Some(record) = &mut self.record {
                        record.foreign.get_or_insert(place);
                    }
                    continue;
                }
                class => {
                    self.take(&piece[start..index])?;
                    self.aside(class, &piece[index..], self.column + index as u64)?;
                    start = index + 1;
                }
            }
        }
        self.take(&piece[start..])
    }

    /// Writes residues.
    fn take(&mut self, residues: &[u8]) -> Result<(), FastaError> {
        if residues.is_empty() {
            return Ok(());
        }
        self.number = Number::No;
        self.open_line = true;
        self.write(residues)?;
        let Some(record) = &mut self.record else { return Ok(()) };
        record.letters += residues.len() as u64;
        if self.tally.letters() + record.letters > self.limits.max_letters {
            let limit = self.limits.max_letters;
            return Err(FastaError::on_line(FastaErrorKind::TooManyLetters { limit }, self.line_number));
        }
        if let Some((name, line)) = self.bare_header.take() {
            return Err(FastaError::on_line(FastaErrorKind::HeaderWithoutSequence { name }, line));
        }
        Ok(())
    }

    /// A byte in a line of residues that is no residue: the first of `rest`.
    fn aside(&mut self, class: Class, rest: &[u8], column: u64) -> Result<(), FastaError> {
        let letter = first_char(rest);
        match (class, self.number) {
            (Class::Binary, _) => Err(FastaError::at(FastaErrorKind::NotText, self.line_number, column)),
            (Class::Blank, _) => {
                self.number = Number::May;
                Ok(())
            }
            (Class::Digit, Number::In(..)) => Ok(()),
            (Class::Digit, Number::May) => {
                self.number = Number::In(column, letter);
                Ok(())
            }
            (_, Number::In(column, digit)) => Err(self.illegal(digit, column)),
            (Class::Gap, _) => {
                self.tally.gaps_removed += 1;
                self.number = Number::No;
                Ok(())
            }
            _ => Err(self.illegal(letter, column)),
        }
    }

    fn illegal(&self, letter: char, column: u64) -> FastaError {
        let name = self.record.as_ref().map(|r| r.id.clone()).unwrap_or_default();
        let kind = FastaErrorKind::IllegalLetter { name, letter, molecule: self.tally.wanted() };
        FastaError::at(kind, self.line_number, column)
    }

    fn end_line(&mut self) -> Result<(), FastaError> {
        match self.line {
            Line::Header => {
                let bytes = std::mem::take(&mut self.header);
                self.begin_record(Some(&bytes))?;
                self.header = bytes;
                self.header.clear();
            }
            Line::Residues => {
                if std::mem::take(&mut self.open_line) {
                    self.write(b"\n")?;
                }
            }
            Line::Start | Line::Comment => {}
        }
        self.line = Line::Start;
        self.number = Number::May;
        self.line_number += 1;
        self.column = 1;
        Ok(())
    }

    fn begin_record(&mut self, header: Option<&[u8]>) -> Result<(), FastaError> {
        let position = self.tally.queries() + 1;
        if position > self.limits.max_queries {
            let limit = self.limits.max_queries;
            return Err(FastaError::on_line(FastaErrorKind::TooManyQueries { limit }, self.line_number));
        }
        let parsed = header::parse(header.unwrap_or_default())
            .map_err(|kind| FastaError::on_line(kind, self.line_number))?;
        let offset = self.written;
        self.write(b">")?;
        let id = if parsed.id.is_empty() {
            let id = format!("Query_{position}");
            self.write(id.as_bytes())?;
            id
        } else {
            self.write(header.unwrap_or_default())?;
            parsed.id
        };
        self.write(b"\n")?;
        self.counts.clear();
        self.record = Some(Open {
            id,
            title: parsed.title,
            header_line: self.line_number,
            headless: header.is_none(),
            offset,
            letters: 0,
            foreign: None,
        });
        Ok(())
    }

    fn judge(&mut self) -> Result<(), FastaError> {
        let Some(record) = &self.record else { return Ok(()) };
        match (self.tally.judge(&record.id, &self.counts, record.letters), record.foreign) {
            (Ok(()), _) => Ok(()),
            (Err(Fault::Foreign), Some((letter, line, column))) => {
                let kind = FastaErrorKind::IllegalLetter {
                    name: record.id.clone(),
                    letter: char::from(letter),
                    molecule: Some(Molecule::Nucleotide),
                };
                Err(FastaError::at(kind, line, column))
            }
            (Err(Fault::Foreign), None) => Ok(()),
            (Err(Fault::Kind(kind)), _) => Err(FastaError::on_line(kind, record.header_line)),
        }
    }

    fn end_record(&mut self) -> Result<(), FastaError> {
        if std::mem::take(&mut self.open_line) {
            self.write(b"\n")?;
        }
        self.judge()?;
        let Some(record) = self.record.take() else { return Ok(()) };
        if record.letters == 0 {
            if self.tally.queries() > 0 {
                let kind = FastaErrorKind::HeaderWithoutSequence { name: record.id };
                return Err(FastaError::on_line(kind, record.header_line));
            }
            self.bare_header.get_or_insert((record.id, record.header_line));
            return Ok(());
        }
        let query = QueryRecord {
            ordinal: self.tally.queries(),
            id: record.id,
            title: record.title,
            letters: record.letters,
            offset: record.offset,
            bytes: self.written - record.offset,
        };
        self.tally.add(&query, &self.counts);
        (self.on_query)(&query).map_err(io_error)
    }

    pub fn finish(mut self) -> Result<QueryStats, FastaError> {
        if self.line != Line::Start {
            self.end_line()?;
        }
        self.end_record()?;
        if self.bare_header.is_some() {
            return Err(FastaError::whole(FastaErrorKind::OnlyHeaders));
        }
        if self.tally.queries() == 0 {
            let kind = if self.taken == 0 { FastaErrorKind::Empty } else { FastaErrorKind::OnlyBlanks };
            return Err(FastaError::whole(kind));
        }
        self.out.flush().map_err(io_error)?;
        Ok(self.tally.finish(self.written))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), FastaError> {
        self.written += bytes.len() as u64;
        self.out.write_all(bytes).map_err(io_error)
    }
}

/// The first character of a piece of text, U+FFFD where it is none (or cut by the end of the piece).
fn first_char(bytes: &[u8]) -> char {
    let head = &bytes[..bytes.len().min(4)];
    String::from_utf8_lossy(head).chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}
