//! An alignment cut into lines, with the coordinates at both ends of each.

use crate::program::Program;
use crate::table::Hsp;

/// One sequence in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side<'a> {
    /// Coordinate of the first residue in this line; where the line has gaps alone, that of the residue before.
    pub start: u64,
    /// Coordinate of the last residue in this line.
    pub end: u64,
    /// The residues and gaps.
    pub residues: &'a str,
}

/// One line of an alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// The query.
    pub query: Side<'a>,
    /// The subject.
    pub subject: Side<'a>,
}

/// Cuts an alignment into lines of so many columns. Gaps take no coordinate, the minus strand counts down, and a
/// translated residue takes three nucleotides, as BLAST+ prints it.
pub fn lines<'a>(program: Program, hsp: &'a Hsp, width: usize) -> Vec<Line<'a>> {
    let query = Walk::new(&hsp.qseq, hsp.qstart, hsp.qend, program.translates_query());
    let subject = Walk::new(&hsp.sseq, hsp.sstart, hsp.send, program.translates_subject());
    query.cut(width).zip(subject.cut(width)).map(|(query, subject)| Line { query, subject }).collect()
}

struct Walk<'a> {
    rest: &'a str,
    next: u64,
    down: bool,
    step: u64,
}

impl<'a> Walk<'a> {
    fn new(residues: &'a str, start: u64, end: u64, translated: bool) -> Self {
        Self { rest: residues, next: start, down: end < start, step: if translated { 3 } else { 1 } }
    }

    fn moved(&self, from: u64, by: u64) -> u64 {
        if self.down { from.saturating_sub(by) } else { from.saturating_add(by) }
    }

    fn cut(mut self, width: usize) -> impl Iterator<Item = Side<'a>> {
        std::iter::from_fn(move || {
            // A sequence with other than ASCII letters is not cut, rather than cut within a character.
            let end = width.max(1).min(self.rest.len());
            let (piece, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
            if piece.is_empty() {
                return None;
            }
            let residues = piece.bytes().filter(|&b| b != b'-').count() as u64;
            let (start, end) = if residues == 0 {
                let before =
                    if self.down { self.next.saturating_add(1) } else { self.next.saturating_sub(1) };
                (before, before)
            } else {
                (self.next, self.moved(self.next, (residues * self.step).saturating_sub(1)))
            };
            self.next = self.moved(self.next, residues * self.step);
            self.rest = rest;
            Some(Side { start, end, residues: piece })
        })
    }
}
