//! Reports to read (format 0): a head, a block for each query, and an end that describes the database.

use super::Joiner;
use super::lines::{cut_off, first_word};
use std::io::{self, BufRead, Write};

/// Begins the block of a query; an empty line goes before it.
const QUERY: &[u8] = b"Query= ";
/// Begins the end of a report; an empty line goes before it.
const END: &[u8] = b"  Database: ";
/// Is within the end of a whole report.
const ENDED: &[u8] = b"  Number of sequences in database:";
/// Longest end of a report, in bytes. It has about twenty lines.
const MAX_END: usize = 1 << 20;

impl<W: Write> Joiner<W> {
    pub(super) fn add_report(
        &mut self,
        batch: &mut impl BufRead,
        query: &mut dyn FnMut(&str),
    ) -> io::Result<()> {
        let (first, mut in_head, mut empty_before, mut ended) = (self.batches == 0, true, true, false);
        self.tail.clear();
        while self.next_line(batch)? {
            let begins = empty_before.then(|| self.line.strip_prefix(QUERY)).flatten();
            if let Some(title) = begins {
                in_head = false;
                self.told.queries += 1;
                query(&first_word(title));
                // What looked like the end was none.
                self.out.write_all(&self.tail)?;
                self.tail.clear();
            }
            let ends = empty_before && self.line.starts_with(END);
            empty_before = self.line.trim_ascii().is_empty();
            if in_head {
                self.told.note_program(&self.line);
                if first {
                    self.out.write_all(&self.line)?;
                }
            } else if !self.tail.is_empty() || ends {
                self.tail.extend_from_slice(&self.line);
                if self.tail.len() > MAX_END {
                    self.out.write_all(&self.tail)?;
                    self.tail.clear();
                }
            } else {
                self.out.write_all(&self.line)?;
            }
            ended = !self.tail.is_empty() && (ended || self.line.starts_with(ENDED));
        }
        if ended { Ok(()) } else { Err(cut_off()) }
    }
}
