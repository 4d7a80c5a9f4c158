//! Reads a table of format 7 as a stream. Holds one row at a time, or one query's rows when blocks are asked for.

use super::error::{TableError, TableErrorKind};
use super::fields::Layout;
use super::hsp::Hsp;
use super::row;
use std::io::{BufRead, Read};

/// Longest line that is taken. An alignment of two whole bacterial chromosomes has about 10 MB in one line.
const MAX_LINE_BYTES: usize = 256 * 1024 * 1024;

/// The head of a query's block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryHeader {
    /// Query within the table, from 0.
    pub ordinal: u64,
    /// Id and title as BLAST+ prints them: a title ends at its first tab. Empty for a query without a header.
    pub defline: String,
    /// Database as it was named.
    pub database: String,
    /// Rows that follow.
    pub hits: u64,
}

/// What the reader comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A query begins.
    Query(QueryHeader),
    /// An alignment of that query.
    Hsp(Box<Hsp>),
}

/// A query with all its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The head.
    pub header: QueryHeader,
    /// The rows, in BLAST+'s order.
    pub hsps: Vec<Hsp>,
}

/// What a complete table held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Queries, those without hits included.
    pub queries: u64,
    /// Queries with at least one hit.
    pub queries_with_hits: u64,
    /// Pairs of a query and a subject.
    pub subjects: u64,
    /// Rows.
    pub hsps: u64,
    /// Program and version as the table names them, such as `BLASTN 2.12.0+`; empty for an empty table.
    pub program: String,
}

/// A reader of tables.
pub struct Reader<R> {
    input: R,
    line: Vec<u8>,
    line_number: u64,
    max_line: usize,
    layout: Layout,
    summary: Summary,
    /// Queries that footers declared.
    declared: u64,
    state: State,
    pending: Option<QueryHeader>,
    left: u64,
    subject: Subject,
    at_end: bool,
}

/// Where in a block the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between blocks: a program line, a footer or the end may follow.
    Between,
    /// After the program line.
    Head,
    /// After `# N hits found`.
    Rows,
}

/// The subject of the row before, to count ranks.
#[derive(Default)]
struct Subject {
    seen: bool,
    sseqid: String,
    stitle: Option<String>,
    slen: u64,
    subject_rank: u32,
    hsp_rank: u32,
}

impl<R: BufRead> Reader<R> {
    /// A reader over the output of `blast_formatter` with [`super::outfmt`], or of BLAST+ on a cluster: a table says in
    /// its comments which fields it has.
    pub fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            line_number: 0,
            max_line: MAX_LINE_BYTES,
            layout: Layout::Formatter,
            summary: Summary::default(),
            declared: 0,
            state: State::Between,
            pending: None,
            left: 0,
            subject: Subject::default(),
            at_end: false,
        }
    }

    /// Takes lines of at most so many bytes; 256 MiB otherwise.
    #[must_use]
    pub fn with_longest_line(mut self, bytes: usize) -> Self {
        self.max_line = bytes;
        self
    }

    /// The next query or row; `None` after the last.
    ///
    /// # Errors
    /// [`TableError`] at the first line that is not as it should be. Reading on after an error is not meant.
    pub fn next_event(&mut self) -> Result<Option<Event>, TableError> {
        while self.read_line()? {
            let line = std::mem::take(&mut self.line);
            let event = self.take_line(&line);
            self.line = line;
            if let Some(event) = event.map_err(|kind| self.fault(kind))? {
                return Ok(Some(event));
            }
        }
        self.check_end().map_err(|kind| self.fault(kind))?;
        Ok(None)
    }

    /// The next query with all its rows; `None` after the last. Not to be mixed with [`Self::next_event`].
    ///
    /// # Errors
    /// As [`Self::next_event`].
    pub fn next_block(&mut self) -> Result<Option<Block>, TableError> {
        let Some(Event::Query(header)) = self.next_event()? else { return Ok(None) };
        let mut hsps = Vec::new();
        while self.left > 0 {
            match self.next_event()? {
                Some(Event::Hsp(hsp)) => hsps.push(*hsp),
                Some(Event::Query(_)) | None => return Err(self.fault(TableErrorKind::CutOff)),
            }
        }
        Ok(Some(Block { header, hsps }))
    }

    /// Reads what is left and says what the whole table held. BLAST+ may write several footers, one a batch, and a
    /// table that was cut exactly behind one looks whole: so compare the number of queries with the one expected.
    ///
    /// # Errors
    /// As [`Self::next_event`]: a summary exists only of a complete table.
    pub fn finish(mut self) -> Result<Summary, TableError> {
        while self.next_event()?.is_some() {}
        Ok(self.summary)
    }

    fn fault(&self, kind: TableErrorKind) -> TableError {
        TableError { line: self.line_number, kind }
    }

    /// Fetches a line without its end; false at the end of the input.
    fn read_line(&mut self) -> Result<bool, TableError> {
        if self.at_end {
            return Ok(false);
        }
        self.line.clear();
        self.line_number += 1;
        let limit = self.max_line;
        let mut bounded = self.input.by_ref().take(limit as u64 + 1);
        if let Err(error) = bounded.read_until(b'\n', &mut self.line) {
            return Err(self.fault(TableErrorKind::Io(error)));
        }
        match self.line.last() {
            None => {
                self.at_end = true;
                Ok(false)
            }
            Some(b'\n') => {
                self.line.pop();
                Ok(true)
            }
            Some(_) if self.line.len() > limit => Err(self.fault(TableErrorKind::LineTooLong { limit })),
            Some(_) => Err(self.fault(TableErrorKind::CutOff)),
        }
    }

    fn take_line(&mut self, line: &[u8]) -> Result<Option<Event>, TableErrorKind> {
        // An id cannot hold a blank, so a row never begins like a comment.
        match line.strip_prefix(b"# ") {
            Some(comment) => self.take_comment(comment),
            None if self.state == State::Rows => self.take_row(line).map(Some),
            None => Err(TableErrorKind::RowWithoutQuery),
        }
    }

    fn take_row(&mut self, line: &[u8]) -> Result<Event, TableErrorKind> {
        let declared = self.current_hits();
        self.left =
            self.left.checked_sub(1).ok_or(TableErrorKind::RowCount { declared, found: declared + 1 })?;
        let mut hsp = row::parse(line, self.summary.queries - 1, self.layout)?;
        self.rank(&mut hsp);
        self.summary.hsps += 1;
        Ok(Event::Hsp(Box::new(hsp)))
    }

    fn current_hits(&self) -> u64 {
        self.pending.as_ref().map_or(0, |header| header.hits)
    }

    fn rank(&mut self, hsp: &mut Hsp) {
        let subject = &mut self.subject;
        let same = subject.seen
            && subject.sseqid == hsp.sseqid
            && subject.slen == hsp.slen
            && subject.stitle == hsp.stitle;
        if same {
            subject.hsp_rank += 1;
        } else {
            subject.subject_rank += u32::from(subject.seen);
            subject.hsp_rank = 0;
            subject.seen = true;
            subject.sseqid.clone_from(&hsp.sseqid);
            subject.stitle.clone_from(&hsp.stitle);
            subject.slen = hsp.slen;
            self.summary.subjects += 1;
        }
        hsp.subject_rank = subject.subject_rank;
        hsp.hsp_rank = subject.hsp_rank;
    }

    fn take_comment(&mut self, comment: &[u8]) -> Result<Option<Event>, TableErrorKind> {
        if self.state == State::Head {
            return self.take_head(comment);
        }
        if self.left > 0 {
            let declared = self.current_hits();
            return Err(TableErrorKind::RowCount { declared, found: declared - self.left });
        }
        if let Some(count) = between(comment, b"BLAST processed ", b" queries") {
            self.declared = self.declared.saturating_add(count);
            self.state = State::Between;
            self.pending = None;
            return Ok(None);
        }
        let program = std::str::from_utf8(comment).map_err(|_| TableErrorKind::UnknownComment)?;
        if !is_program_line(program) {
            return Err(TableErrorKind::UnknownComment);
        }
        if self.summary.program.is_empty() {
            program.clone_into(&mut self.summary.program);
        }
        self.pending = Some(QueryHeader {
            ordinal: self.summary.queries,
            defline: String::new(),
            database: String::new(),
            hits: 0,
        });
        self.state = State::Head;
        Ok(None)
    }

    fn take_head(&mut self, comment: &[u8]) -> Result<Option<Event>, TableErrorKind> {
        let Some(header) = &mut self.pending else { return Err(TableErrorKind::UnknownComment) };
        if let Some(defline) = comment.strip_prefix(b"Query: ") {
            header.defline = String::from_utf8_lossy(defline).into_owned();
        } else if let Some(database) = comment.strip_prefix(b"Database: ") {
            header.database = String::from_utf8_lossy(database).into_owned();
        } else if let Some(hits) = between(comment, b"", b" hits found") {
            header.hits = hits;
            self.left = hits;
            self.state = State::Rows;
            self.subject = Subject::default();
            self.summary.queries += 1;
            self.summary.queries_with_hits += u64::from(hits > 0);
            return Ok(Some(Event::Query(header.clone())));
        } else if let Some(names) = comment.strip_prefix(b"Fields: ") {
            self.layout = Layout::named(names);
        } else {
            return Err(TableErrorKind::UnknownComment);
        }
        Ok(None)
    }

    fn check_end(&self) -> Result<(), TableErrorKind> {
        if self.left > 0 {
            let declared = self.current_hits();
            return Err(TableErrorKind::RowCount { declared, found: declared - self.left });
        }
        if self.state != State::Between || self.line_number <= 1 {
            return Err(TableErrorKind::CutOff);
        }
        if self.declared != self.summary.queries {
            let (declared, found) = (self.declared, self.summary.queries);
            return Err(TableErrorKind::QueryCount { declared, found });
        }
        Ok(())
    }
}

/// The number between two texts that make up the rest of a line.
fn between(line: &[u8], before: &[u8], after: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(before)?.strip_suffix(after)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// `BLASTN 2.12.0+` and its like.
fn is_program_line(text: &str) -> bool {
    let mut words = text.split(' ');
    let name = words.next().unwrap_or_default();
    let version = words.next().unwrap_or_default();
    let known = matches!(name, "BLASTN" | "BLASTP" | "BLASTX" | "TBLASTN" | "TBLASTX");
    known && version.starts_with(|c: char| c.is_ascii_digit()) && words.next().is_none()
}
