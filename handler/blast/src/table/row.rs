//! A row of the table, field by field.

use super::error::TableErrorKind;
use super::fields::Layout;
use super::hsp::Hsp;
use std::str::FromStr;

/// Walks over the fields of one row. The last field takes the rest, tabs included.
struct Fields<'a> {
    rest: Option<&'a [u8]>,
    taken: usize,
    names: &'static [&'static str],
}

impl<'a> Fields<'a> {
    fn bytes(&mut self) -> Result<&'a [u8], TableErrorKind> {
        let Some(rest) = self.rest else {
            return Err(TableErrorKind::FieldCount { found: self.taken, wanted: self.names.len() });
        };
        self.taken += 1;
        if self.taken == self.names.len() {
            self.rest = None;
            return Ok(rest);
        }
        match memchr::memchr(b'\t', rest) {
            Some(end) => {
                self.rest = Some(&rest[end + 1..]);
                Ok(&rest[..end])
            }
            None => {
                self.rest = None;
                Ok(rest)
            }
        }
    }

    fn name(&self) -> &'static str {
        self.names.get(self.taken.saturating_sub(1)).copied().unwrap_or_default()
    }

    fn text(&mut self) -> Result<&'a str, TableErrorKind> {
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map_err(|_| TableErrorKind::NotText { field: self.name() })
    }

    fn owned(&mut self) -> Result<String, TableErrorKind> {
        self.text().map(str::to_owned)
    }

    fn number<N: FromStr>(&mut self) -> Result<N, TableErrorKind> {
        self.text()?.parse().map_err(|_| TableErrorKind::Number { field: self.name() })
    }

    /// A number together with its text.
    fn printed(&mut self) -> Result<(f64, String), TableErrorKind> {
        let text = self.text()?;
        match text.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Ok((value, text.to_owned())),
            _ => Err(TableErrorKind::Number { field: self.name() }),
        }
    }

    fn text_unless_absent(&mut self) -> Result<Option<String>, TableErrorKind> {
        Ok(Some(self.text()?).filter(|text| !is_absent(text)).map(str::to_owned))
    }

    fn number_unless_absent(&mut self) -> Result<Option<u32>, TableErrorKind> {
        let text = self.text()?;
        if is_absent(text) {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| TableErrorKind::Number { field: self.name() })
    }
}

fn is_absent(text: &str) -> bool {
    matches!(text, "N/A" | "")
}

/// Reads one row, without its line end. Ranks are the reader's to fill in.
pub(super) fn parse(line: &[u8], query: u64, layout: Layout) -> Result<Hsp, TableErrorKind> {
    let mut fields = Fields { rest: Some(line), taken: 0, names: layout.fields() };
    let qaccver = fields.owned()?;
    let saccver = fields.owned()?;
    let (pident, pident_text) = fields.printed()?;
    let length = fields.number()?;
    let mismatch = fields.number()?;
    let gapopen = fields.number()?;
    let qstart = fields.number()?;
    let qend = fields.number()?;
    let sstart = fields.number()?;
    let send = fields.number()?;
    let (evalue, evalue_text) = fields.printed()?;
    let (bitscore, bitscore_text) = fields.printed()?;
    let score = fields.number()?;
    let nident = fields.number()?;
    let positive = fields.number()?;
    let gaps = fields.number()?;
    let qlen = fields.number()?;
    let slen = fields.number()?;
    let qframe = fields.number()?;
    let sframe = fields.number()?;
    let sstrand = fields.text_unless_absent()?;
    // BLAST+ prints 0 for a subject of a database that was built without taxonomy ids.
    let staxids = fields.text_unless_absent()?.filter(|ids| ids != "0");
    let qcovs = fields.number_unless_absent()?;
    let qcovhsp = fields.number_unless_absent()?;
    let sseqid = fields.owned()?;
    let qseq = fields.owned()?;
    let sseq = fields.owned()?;
    if layout == Layout::Cluster {
        // The residues say as much.
        fields.text()?;
    }
    let stitle = String::from_utf8_lossy(fields.bytes()?);
    let stitle = Some(stitle.into_owned()).filter(|title| !is_absent(title));
    Ok(Hsp {
        query,
        subject_rank: 0,
        hsp_rank: 0,
        qaccver,
        saccver,
        sseqid,
        pident,
        pident_text,
        length,
        mismatch,
        gapopen,
        qstart,
        qend,
        sstart,
        send,
        evalue,
        evalue_text,
        bitscore,
        bitscore_text,
        score,
        nident,
        positive,
        gaps,
        qlen,
        slen,
        qframe,
        sframe,
        sstrand,
        staxids,
        qcovs,
        qcovhsp,
        qseq,
        sseq,
        stitle,
    })
}
