//! Commented tables (format 7): every batch ends with a line that counts its queries.

use super::Joiner;
use super::lines::{between, cut_off, first_word, number};
use std::io::{self, BufRead, Write};

/// What ends a commented table, before and behind the number of queries.
const FOOTER: (&[u8], &[u8]) = (b"# BLAST processed ", b" queries");
/// Before the title line of a query.
const QUERY: &[u8] = b"# Query: ";
/// Before the program's name and version.
const HEAD: &[u8] = b"# ";

impl<W: Write> Joiner<W> {
    pub(super) fn add_commented(
        &mut self,
        batch: &mut impl BufRead,
        query: &mut dyn FnMut(&str),
    ) -> io::Result<()> {
        let (mut ended, mut named) = (false, 0);
        while self.next_line(batch)? {
            let line = self.line.trim_ascii();
            if let Some(queries) = between(line, FOOTER).and_then(number) {
                // A batch may hold several tables, each with an end of its own.
                ended = true;
                self.told.queries = self.told.queries.saturating_add(queries);
                continue;
            }
            ended = false;
            if let Some(title) = line.strip_prefix(QUERY) {
                named += 1;
                query(&first_word(title));
            } else if named == 0
                && let Some(program) = line.strip_prefix(HEAD)
            {
                self.told.note_program(program);
            }
            self.out.write_all(&self.line)?;
        }
        if ended { Ok(()) } else { Err(cut_off()) }
    }
}
