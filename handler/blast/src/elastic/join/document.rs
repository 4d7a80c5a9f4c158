//! Documents of markup: their heads and ends are said once, their queries numbered through.
//!
//! BLAST+ writes each of the lines that matter here by itself, whatever the version; a file that has them not is refused.

use super::Joiner;
use super::lines::{between, cut_off, first_word, number};
use std::io::{self, BufRead, Write};

/// How a document is recognised and put together.
pub(super) struct Document {
    /// The line with which what is repeated begins, and whether it is the head's last one.
    begin: (&'static [u8], bool),
    /// The line behind what is repeated.
    end: &'static [u8],
    /// The last line of a whole document.
    last: &'static [u8],
    /// Between the queries of two batches.
    between: &'static [u8],
    /// Behind the queries of the last batch.
    pub(super) tail: &'static [u8],
    /// Before and behind the number of a query within its document; the first of them counts.
    numbers: &'static [(&'static [u8], &'static [u8])],
    /// Before and behind the title line of a query.
    title: (&'static [u8], &'static [u8]),
    /// Before and behind the program's name and version.
    program: (&'static [u8], &'static [u8]),
}

pub(super) const XML: Document = Document {
    begin: (b"<BlastOutput_iterations>", true),
    end: b"</BlastOutput_iterations>",
    last: b"</BlastOutput>",
    between: b"",
    tail: b"</BlastOutput_iterations>\n</BlastOutput>\n\n",
    numbers: &[
        (b"<Iteration_iter-num>", b"</Iteration_iter-num>"),
        (b"<Iteration_query-ID>Query_", b"</Iteration_query-ID>"),
    ],
    title: (b"<Iteration_query-def>", b"</Iteration_query-def>"),
    program: (b"<BlastOutput_version>", b"</BlastOutput_version>"),
};

pub(super) const XML2: Document = Document {
    begin: (b"<BlastOutput2>", false),
    end: b"</BlastXML2>",
    last: b"</BlastXML2>",
    between: b"\n",
    tail: b"</BlastXML2>\n",
    numbers: &[(b"<query-id>Query_", b"</query-id>")],
    title: (b"<query-title>", b"</query-title>"),
    program: (b"<version>", b"</version>"),
};

pub(super) const JSON: Document = Document {
    begin: (b"\"BlastOutput2\": [", true),
    end: b"]",
    last: b"}",
    between: b",\n",
    tail: b"]\n}\n",
    numbers: &[(b"\"query_id\": \"Query_", b"\",")],
    title: (b"\"query_title\": \"", b"\","),
    program: (b"\"version\": \"", b"\","),
};

/// Where in a document a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Head,
    Queries,
    Behind,
}

impl<W: Write> Joiner<W> {
    pub(super) fn add_document(
        &mut self,
        document: &Document,
        batch: &mut impl BufRead,
        query: &mut dyn FnMut(&str),
    ) -> io::Result<()> {
        let (mut place, mut ended) = (Place::Head, false);
        let (begin, of_head) = document.begin;
        while self.next_line(batch)? {
            // Lines that part a document are never indented; what is inside may look like them.
            let line = self.line.trim_ascii_end();
            match place {
                Place::Head => {
                    let begins = line == begin;
                    self.of_head(document, !begins || of_head)?;
                    if begins {
                        place = Place::Queries;
                        self.out.write_all(if self.batches > 0 { document.between } else { b"" })?;
                        self.out.write_all(if of_head { b"" } else { &self.line })?;
                    }
                }
                Place::Queries if line == document.end => {
                    place = Place::Behind;
                    ended = line == document.last;
                }
                Place::Queries => self.of_query(document, query)?,
                Place::Behind => ended |= line == document.last,
            }
        }
        if ended { Ok(()) } else { Err(cut_off()) }
    }

    fn of_head(&mut self, document: &Document, kept: bool) -> io::Result<()> {
        if let Some(program) = between(self.line.trim_ascii(), document.program) {
            self.told.note_program(program);
        }
        self.out.write_all(if kept && self.batches == 0 { &self.line } else { b"" })
    }

    /// A line of a query: written as it is, or with its number among the queries of all batches.
    fn of_query(&mut self, document: &Document, query: &mut dyn FnMut(&str)) -> io::Result<()> {
        let line = self.line.trim_ascii();
        let mut numbers = document.numbers.iter().enumerate();
        let numbered = numbers.find(|(_, marks)| between(line, **marks).and_then(number).is_some());
        if let Some((which, (before, behind))) = numbered {
            self.told.queries += u64::from(which == 0);
            let indent = self.line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            self.out.write_all(self.line.get(..indent).unwrap_or_default())?;
            self.out.write_all(before)?;
            write!(self.out, "{}", self.told.queries)?;
            self.out.write_all(behind)?;
            return self.out.write_all(b"\n");
        }
        if let Some(title) = between(line, document.title) {
            query(&first_word(title));
        } else if self.told.program.is_empty()
            && let Some(program) = between(line, document.program)
        {
            self.told.note_program(program);
        }
        self.out.write_all(&self.line)
    }
}
