//! From the results of batches to one file, in query order.

use serde::Serialize;
use std::io::{self, BufRead, Write};

/// How results of batches become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// They are read into the hit store.
    Hits,
    /// They follow each other as they are.
    Concatenated,
    /// The same, with one last line that counts the queries of all.
    Commented,
    /// One XML document: the head of the first batch, the queries of all, numbered through.
    Xml,
}

/// Writes batches, in order, into one file. Holds one line.
pub struct Joiner<W> {
    join: Join,
    out: W,
    batches: u64,
    /// Queries counted by the last lines of commented tables, or iterations of XML.
    queries: u64,
    line: Vec<u8>,
}

/// What ends a commented table, before and behind the number of queries.
const FOOTER: (&[u8], &[u8]) = (b"# BLAST processed ", b" queries");

/// Where the queries of an XML document begin and end, each in a line of its own.
const ITERATIONS: (&[u8], &[u8]) = (b"<BlastOutput_iterations>", b"</BlastOutput_iterations>");

/// The number of a query within an XML document.
const NUMBER: (&[u8], &[u8]) = (b"<Iteration_iter-num>", b"</Iteration_iter-num>");

/// The name that BLAST+ gives to a query within a document.
const NAME: (&[u8], &[u8]) = (b"<Iteration_query-ID>Query_", b"</Iteration_query-ID>");

/// Longest line that is taken, in bytes: an alignment of two whole bacterial chromosomes has about 10 MB in one.
const MAX_LINE: u64 = 256 << 20;

impl<W: Write> Joiner<W> {
    /// A joiner into a file.
    pub fn new(join: Join, out: W) -> Self {
        Self { join, out, batches: 0, queries: 0, line: Vec::new() }
    }

    /// Adds the next batch, already uncompressed, to its end.
    ///
    /// # Errors
    /// Reading and writing, a commented table without its last line, and XML that is not whole: a batch that was cut off
    /// does not become part of a result.
    pub fn add(&mut self, batch: &mut impl BufRead) -> io::Result<()> {
        match self.join {
            Join::Hits | Join::Concatenated => {
                io::copy(batch, &mut self.out)?;
            }
            Join::Commented => self.add_commented(batch)?,
            Join::Xml => self.add_xml(batch)?,
        }
        self.batches += 1;
        Ok(())
    }

    /// Writes what comes behind the last batch, and gives the file back.
    ///
    /// # Errors
    /// Writing.
    pub fn finish(mut self) -> io::Result<W> {
        match self.join {
            Join::Commented if self.batches > 0 => {
                writeln!(self.out, "# BLAST processed {} queries", self.queries)?;
            }
            Join::Xml if self.batches > 0 => {
                self.out.write_all(ITERATIONS.1)?;
                self.out.write_all(b"\n</BlastOutput>\n")?;
            }
            Join::Hits | Join::Concatenated | Join::Commented | Join::Xml => {}
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn add_commented(&mut self, batch: &mut impl BufRead) -> io::Result<()> {
        let mut ended = false;
        while self.next_line(batch)? {
            let footer = between(trimmed(&self.line), FOOTER).and_then(number);
            ended = footer.is_some();
            match footer {
                Some(queries) => self.queries = self.queries.saturating_add(queries),
                None => self.out.write_all(&self.line)?,
            }
        }
        if ended { Ok(()) } else { Err(cut_off()) }
    }

    fn add_xml(&mut self, batch: &mut impl BufRead) -> io::Result<()> {
        let first = self.batches == 0;
        let mut inside = false;
        let mut ended = false;
        while self.next_line(batch)? {
            let line = trimmed(&self.line);
            if !inside {
                inside = line == ITERATIONS.0;
                ended = ended || line == b"</BlastOutput>";
                // Before the queries of the first batch is the document's head; behind them only its end.
                if first && self.queries == 0 && !ended {
                    self.out.write_all(&self.line)?;
                }
            } else if line == ITERATIONS.1 {
                inside = false;
            } else if between(line, NUMBER).and_then(number).is_some() {
                self.queries += 1;
                writeln!(self.out, "  <Iteration_iter-num>{}</Iteration_iter-num>", self.queries)?;
            } else if between(line, NAME).and_then(number).is_some() {
                writeln!(self.out, "  <Iteration_query-ID>Query_{}</Iteration_query-ID>", self.queries)?;
            } else {
                self.out.write_all(&self.line)?;
            }
        }
        if ended { Ok(()) } else { Err(cut_off()) }
    }

    /// Fetches a line with its end; false behind the last one.
    fn next_line(&mut self, batch: &mut impl BufRead) -> io::Result<bool> {
        self.line.clear();
        let mut bounded = io::Read::take(batch, MAX_LINE);
        bounded.read_until(b'\n', &mut self.line)?;
        match self.line.last() {
            None => Ok(false),
            Some(b'\n') => Ok(true),
            Some(_) => Err(cut_off()),
        }
    }
}

fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the result of a batch is cut off")
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.trim_ascii()
}

fn between<'a>(line: &'a [u8], (before, behind): (&[u8], &[u8])) -> Option<&'a [u8]> {
    line.strip_prefix(before)?.strip_suffix(behind)
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}
