//! From the results of batches to one file, in query order.
//!
//! Each batch is read once, line by line, and has to be whole: where a format tells its end or its queries, a batch that
//! was cut off, or that holds other queries, is found out here. What a document says once, it says once in the joined
//! one; what numbers queries counts through.

mod commented;
mod document;
mod lines;
mod report;

use document::Document;
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
    /// One report to read: the head of the first batch, the queries of all, the end of the last.
    Report,
    /// One XML document (format 5): the head of the first batch, the queries of all, numbered through.
    Xml,
    /// One XML document of the second schema (format 16), likewise.
    Xml2,
    /// One JSON document (format 15), likewise.
    Json,
}

impl Join {
    /// Whether a file of this kind names every query, those without hits among them.
    pub fn names_queries(self) -> bool {
        match self {
            Self::Hits | Self::Concatenated => false,
            Self::Commented | Self::Report | Self::Xml | Self::Xml2 | Self::Json => true,
        }
    }

    fn document(self) -> Option<&'static Document> {
        match self {
            Self::Xml => Some(&document::XML),
            Self::Xml2 => Some(&document::XML2),
            Self::Json => Some(&document::JSON),
            Self::Hits | Self::Concatenated | Self::Commented | Self::Report => None,
        }
    }
}

/// What a file tells of itself while it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Queries that were named; 0 where the format names none.
    pub queries: u64,
    /// BLAST+'s program and version as the file says it (`BLASTN 2.17.0+`); empty where it does not.
    pub program: String,
}

/// Writes batches, in order, into one file. Holds one line, and the end of a report.
pub struct Joiner<W> {
    join: Join,
    out: W,
    batches: u64,
    told: Told,
    line: Vec<u8>,
    /// The end of the report before.
    tail: Vec<u8>,
}

impl<W: Write> Joiner<W> {
    /// A joiner into a file.
    pub fn new(join: Join, out: W) -> Self {
        Self { join, out, batches: 0, told: Told::default(), line: Vec::new(), tail: Vec::new() }
    }

    /// What was told so far.
    pub fn told(&self) -> &Told {
        &self.told
    }

    /// Adds the next batch, already uncompressed, to its end. Where the format names queries, `query` is given the first
    /// word of each title line in order, as it stands in the file: with what the format escapes, broken where it breaks.
    ///
    /// # Errors
    /// Reading and writing, and a batch that is not whole: one that was cut off does not become part of a result
    /// ([`io::ErrorKind::UnexpectedEof`], [`io::ErrorKind::InvalidData`]).
    pub fn add(&mut self, batch: &mut impl BufRead, query: &mut dyn FnMut(&str)) -> io::Result<()> {
        match (self.join, self.join.document()) {
            (_, Some(document)) => self.add_document(document, batch, query)?,
            (Join::Commented, _) => self.add_commented(batch, query)?,
            (Join::Report, _) => self.add_report(batch, query)?,
            _ => {
                io::copy(batch, &mut self.out)?;
            }
        }
        self.batches += 1;
        Ok(())
    }

    /// Writes what comes behind the last batch, and gives the file back.
    ///
    /// # Errors
    /// Writing.
    pub fn finish(mut self) -> io::Result<W> {
        if self.batches > 0 {
            match (self.join, self.join.document()) {
                (_, Some(document)) => self.out.write_all(document.tail)?,
                (Join::Commented, _) => {
                    writeln!(self.out, "# BLAST processed {} queries", self.told.queries)?;
                }
                (Join::Report, _) => self.out.write_all(&self.tail)?,
                _ => {}
            }
        }
        self.out.flush()?;
        Ok(self.out)
    }
}
