//! From an alignment and the residues on both sides to a row of the table.

use super::alignment::Alignment;
use super::error::ArchiveError;
use super::printed;
use crate::table::Hsp;

/// A sequence of the database, as `blastdbcmd` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Accession with version, or id (`%a`).
    pub accession: String,
    /// Id with bars (`%i`), as tables show it.
    pub id: String,
    /// Taxonomy id (`%T`), where the database has them.
    pub taxid: Option<String>,
    /// Title (`%t`), where there is one.
    pub title: Option<String>,
    /// Residues (`%s`).
    pub residues: Vec<u8>,
}

impl Subject {
    /// The value of `blastdbcmd -outfmt` that lists sequences for [`Subject::listed`]: one line each. The title is last,
    /// since it may hold anything but a line end.
    pub const LISTING: &str = "%a\t%i\t%T\t%s\t%t";

    /// Reads a line of such a list, without its end.
    pub fn listed(line: &[u8]) -> Option<Self> {
        let mut fields = line.splitn(5, |byte| *byte == b'\t');
        let mut text = || fields.next().map(|field| String::from_utf8_lossy(field).into_owned());
        let (accession, id, taxid, residues, title) = (text()?, text()?, text()?, text()?, text()?);
        let there = |text: String, none: &[&str]| Some(text).filter(|text| !none.contains(&text.as_str()));
        Some(Self {
            accession,
            // Tables show local ids without their mark.
            id: id.strip_prefix("lcl|").map_or(id.clone(), str::to_owned),
            taxid: there(taxid, &["", "N/A", "0"]),
            title: there(title, &["", "N/A"]),
            residues: residues.into_bytes(),
        })
    }
}

/// Makes the rows of one query after the other. Keeps its memory from row to row.
#[derive(Debug, Default)]
pub struct RowMaker {
    covered: Vec<(u64, u64)>,
}

impl RowMaker {
    /// Gives the rows of all alignments of a query, in their order. The query comes with its name and its residues in
    /// upper case.
    ///
    /// # Errors
    /// [`ArchiveError::Foreign`] for an alignment that does not lie within both sequences or whose subject is not
    /// known, and what `each` returns.
    pub fn rows<'s, E: From<ArchiveError>>(
        &mut self,
        alignments: &[Alignment],
        query: (&str, &[u8]),
        subject_of: impl Fn(&str) -> Option<&'s Subject>,
        row: &mut Hsp,
        mut each: impl FnMut(&Hsp) -> Result<(), E>,
    ) -> Result<(), E> {
        let groups = alignments.chunk_by(|one, next| one.subject == next.subject);
        for (subject_rank, group) in groups.enumerate() {
            let name = group.first().map_or("", |alignment| &alignment.subject);
            let subject = subject_of(name).ok_or(ArchiveError::Foreign("a subject that is not known"))?;
            let together = self.coverage(group, query.1.len() as u64);
            for (hsp_rank, alignment) in group.iter().enumerate() {
                if !fill(alignment, query, subject, row) {
                    return Err(ArchiveError::Foreign("an alignment beyond its sequences").into());
                }
                row.subject_rank = u32::try_from(subject_rank).unwrap_or(u32::MAX);
                row.hsp_rank = u32::try_from(hsp_rank).unwrap_or(u32::MAX);
                row.qcovs = Some(together);
                each(row)?;
            }
        }
        Ok(())
    }

    /// Share of a query that the alignments of one subject cover together, in percent.
    fn coverage(&mut self, alignments: &[Alignment], query_letters: u64) -> u32 {
        self.covered.clear();
        self.covered.extend(alignments.iter().filter_map(|alignment| span(alignment, 0)));
        self.covered.sort_unstable();
        let (mut sum, mut reached) = (0, 0);
        for &(from, to) in &self.covered {
            sum += to.saturating_sub(from.max(reached));
            reached = reached.max(to);
        }
        share(sum, query_letters)
    }
}

/// Fills a row with everything but its ranks and `qcovs`; false when the alignment does not lie within both sequences.
fn fill(alignment: &Alignment, query: (&str, &[u8]), subject: &Subject, row: &mut Hsp) -> bool {
    let (name, residues) = query;
    let Some(shape) = aligned(alignment, residues, &subject.residues, row) else { return false };
    row.query = alignment.query;
    set(&mut row.qaccver, name);
    set(&mut row.saccver, &subject.accession);
    set(&mut row.sseqid, &subject.id);
    row.length = shape.columns;
    row.gaps = shape.gaps;
    row.gapopen = shape.gap_openings;
    row.nident = alignment.identical;
    row.positive = alignment.identical;
    let Some(mismatch) = (shape.columns - shape.gaps).checked_sub(alignment.identical) else { return false };
    row.mismatch = mismatch;
    row.pident = printed::percent(alignment.identical, shape.columns, &mut row.pident_text);
    row.pident = row.pident_text.parse().unwrap_or(row.pident);
    printed::evalue(alignment.evalue, &mut row.evalue_text);
    row.evalue = row.evalue_text.trim().parse().unwrap_or(alignment.evalue);
    printed::bitscore(alignment.bitscore, &mut row.bitscore_text);
    row.bitscore = row.bitscore_text.trim().parse().unwrap_or(alignment.bitscore);
    row.score = alignment.score;
    (row.qstart, row.qend) = (shape.query.0 + 1, shape.query.1);
    // Rows show the query forwards; what was found on its other strand is told of the subject.
    let minus = alignment.minus[0] != alignment.minus[1];
    (row.sstart, row.send) =
        if minus { (shape.subject.1, shape.subject.0 + 1) } else { (shape.subject.0 + 1, shape.subject.1) };
    row.qlen = residues.len() as u64;
    row.slen = subject.residues.len() as u64;
    row.qframe = 1;
    row.sframe = if minus { -1 } else { 1 };
    set(row.sstrand.get_or_insert_default(), if minus { "minus" } else { "plus" });
    row.staxids.clone_from(&subject.taxid);
    row.stitle.clone_from(&subject.title);
    row.qcovhsp = Some(share(shape.query.1 - shape.query.0, row.qlen));
    true
}

/// What the segments come to. Ranges count from 0, their ends are exclusive.
struct Shape {
    query: (u64, u64),
    subject: (u64, u64),
    columns: u64,
    gaps: u64,
    gap_openings: u64,
}

/// First and last residue of one side, from 0, the last exclusive.
fn span(alignment: &Alignment, side: usize) -> Option<(u64, u64)> {
    let pairs = alignment.starts.chunks_exact(2).zip(&alignment.lengths);
    let placed = pairs.filter_map(|(starts, length)| {
        let start = u64::try_from(*starts.get(side)?).ok()?;
        Some((start, start + length))
    });
    placed.reduce(|(a, b), (from, to)| (a.min(from), b.max(to)))
}

/// Writes both sides with their gaps into the row, the query forwards.
fn aligned(alignment: &Alignment, query: &[u8], subject: &[u8], row: &mut Hsp) -> Option<Shape> {
    row.qseq.clear();
    row.sseq.clear();
    // Each side is read in its own direction; where that is backwards for the query, both are turned round.
    let turned = alignment.minus[0];
    let segments = alignment.lengths.len();
    let (mut gaps, mut gap_openings, mut columns) = (0, 0, 0);
    let mut gap_before = [false; 2];
    for place in 0..segments {
        let segment = if turned { segments - 1 - place } else { place };
        let length = *alignment.lengths.get(segment)?;
        let starts = alignment.starts.get(segment * 2..segment * 2 + 2)?;
        let is_gap = [*starts.first()? < 0, *starts.get(1)? < 0];
        if is_gap == [true, true] {
            return None;
        }
        push(&mut row.qseq, query, *starts.first()?, length, alignment.minus[0] != turned)?;
        push(&mut row.sseq, subject, *starts.get(1)?, length, alignment.minus[1] != turned)?;
        for side in 0..2 {
            gap_openings += u64::from(is_gap[side] && !gap_before[side]);
            gaps += if is_gap[side] { length } else { 0 };
        }
        gap_before = is_gap;
        columns += length;
    }
    Some(Shape { query: span(alignment, 0)?, subject: span(alignment, 1)?, columns, gaps, gap_openings })
}

fn push(out: &mut String, residues: &[u8], start: i64, length: u64, backwards: bool) -> Option<()> {
    let length = usize::try_from(length).ok()?;
    let Ok(start) = usize::try_from(start) else {
        out.extend(std::iter::repeat_n('-', length));
        return Some(());
    };
    let piece = residues.get(start..start.checked_add(length)?)?;
    if backwards {
        out.extend(piece.iter().rev().map(|base| char::from(complement(*base))));
    } else {
        out.push_str(std::str::from_utf8(piece).ok()?);
    }
    Some(())
}

/// The complement of a base, ambiguous ones included (IUPAC, <https://doi.org/10.1093/nar/13.9.3021>).
const fn complement(base: u8) -> u8 {
    match base {
        b'A' => b'T',
        b'C' => b'G',
        b'G' => b'C',
        b'T' => b'A',
        b'R' => b'Y',
        b'Y' => b'R',
        b'K' => b'M',
        b'M' => b'K',
        b'B' => b'V',
        b'V' => b'B',
        b'D' => b'H',
        b'H' => b'D',
        other => other,
    }
}

/// A share in percent as BLAST+ rounds it: never up to a hundred.
fn share(part: u64, whole: u64) -> u32 {
    if whole == 0 {
        return 0;
    }
    #[expect(clippy::cast_precision_loss, reason = "letters of a query")]
    let percent = part as f64 * 100.0 / whole as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
    let rounded = if percent < 99.0 { (percent + 0.5) as u32 } else { percent as u32 };
    rounded
}

fn set(text: &mut String, value: &str) {
    text.clear();
    text.push_str(value);
}
