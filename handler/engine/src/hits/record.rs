//! What a store takes and gives: queries and alignments, borrowed from where they lie.

use blastline_blast::table::Hsp;

/// A number and the text that BLAST+ printed for it: exports repeat the text, sorting uses the number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Printed<'a> {
    /// The number.
    pub value: f64,
    /// As printed.
    pub text: &'a str,
}

/// A query whose hits follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryHead<'a> {
    /// Position in the whole input, 0-based.
    pub query: u64,
    /// Name.
    pub id: &'a str,
    /// Rest of the defline.
    pub title: &'a str,
    /// Length in letters.
    pub letters: u64,
}

/// An alignment (HSP) without its residues. Fields are named as in `-outfmt 6`; positions are 1-based and
/// inclusive, as BLAST+ prints them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HspRecord<'a> {
    /// Position of the query in the whole input, 0-based.
    pub query: u64,
    /// Rank of the subject among the query's hits, 0-based.
    pub subject_rank: u64,
    /// Rank of the alignment in the subject, 0-based.
    pub hsp_rank: u64,
    /// Query as printed in the first column.
    pub qaccver: &'a str,
    /// Subject as printed in the second column.
    pub saccver: &'a str,
    /// Subject id as in the database.
    pub sseqid: &'a str,
    /// Subject title, where it has one.
    pub title: Option<&'a str>,
    /// Taxonomy ids as printed, where known.
    pub staxids: Option<&'a str>,
    /// `plus` or `minus` in blastn.
    pub sstrand: Option<&'a str>,
    /// Organism, where known.
    pub organism: Option<&'a str>,
    /// First taxonomy id, where known.
    pub taxid: Option<u64>,
    /// Identical columns in percent.
    pub pident: Printed<'a>,
    /// E-value.
    pub evalue: Printed<'a>,
    /// Bit score.
    pub bitscore: Printed<'a>,
    /// Raw score.
    pub score: i64,
    /// Columns.
    pub length: u64,
    /// Mismatches.
    pub mismatch: u64,
    /// Gap openings.
    pub gapopen: u64,
    /// Start on the query.
    pub qstart: u64,
    /// End on the query.
    pub qend: u64,
    /// Start on the subject.
    pub sstart: u64,
    /// End on the subject.
    pub send: u64,
    /// Identical columns.
    pub nident: u64,
    /// Columns with a positive score.
    pub positive: u64,
    /// Gap letters.
    pub gaps: u64,
    /// Length of the query.
    pub qlen: u64,
    /// Length of the subject.
    pub slen: u64,
    /// Frame of the query.
    pub qframe: i64,
    /// Frame of the subject.
    pub sframe: i64,
    /// Share of the query that all alignments of the subject cover, in percent, where printed.
    pub qcovs: Option<u64>,
    /// Share of the query that this alignment covers, in percent, where printed.
    pub qcovhsp: Option<u64>,
}

/// Both sides of an alignment, gaps as `-`, equally long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Residues<'a> {
    /// Query side.
    pub qseq: &'a str,
    /// Subject side.
    pub sseq: &'a str,
}

/// What the search knows of a subject beyond its row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Organism, where known.
    pub organism: Option<&'a str>,
    /// First taxonomy id, where known.
    pub taxid: Option<u64>,
}

impl<'a> HspRecord<'a> {
    /// The record of a table's row; `query` is the position in the whole input.
    pub fn of(hsp: &'a Hsp, query: u64, origin: Origin<'a>) -> Self {
        Self {
            query,
            subject_rank: hsp.subject_rank.into(),
            hsp_rank: hsp.hsp_rank.into(),
            qaccver: &hsp.qaccver,
            saccver: &hsp.saccver,
            sseqid: &hsp.sseqid,
            title: hsp.stitle.as_deref(),
            staxids: hsp.staxids.as_deref(),
            sstrand: hsp.sstrand.as_deref(),
            organism: origin.organism,
            taxid: origin.taxid,
            pident: Printed { value: hsp.pident, text: &hsp.pident_text },
            evalue: Printed { value: hsp.evalue, text: &hsp.evalue_text },
            bitscore: Printed { value: hsp.bitscore, text: &hsp.bitscore_text },
            score: hsp.score,
            length: hsp.length,
            mismatch: hsp.mismatch,
            gapopen: hsp.gapopen,
            qstart: hsp.qstart,
            qend: hsp.qend,
            sstart: hsp.sstart,
            send: hsp.send,
            nident: hsp.nident,
            positive: hsp.positive,
            gaps: hsp.gaps,
            qlen: hsp.qlen,
            slen: hsp.slen,
            qframe: hsp.qframe.into(),
            sframe: hsp.sframe.into(),
            qcovs: hsp.qcovs.map(u64::from),
            qcovhsp: hsp.qcovhsp.map(u64::from),
        }
    }

    /// Writes the record into a row, whose texts keep their memory. Residues stay empty where they were not read.
    /// What does not fit a row's narrower numbers (a damaged file) is held at their bounds.
    pub fn fill(&self, residues: Option<Residues<'_>>, row: &mut Hsp) {
        let narrow = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        let frame = |value: i64| i8::try_from(value).unwrap_or(0);
        row.query = self.query;
        row.subject_rank = narrow(self.subject_rank);
        row.hsp_rank = narrow(self.hsp_rank);
        set(&mut row.qaccver, self.qaccver);
        set(&mut row.saccver, self.saccver);
        set(&mut row.sseqid, self.sseqid);
        set_option(&mut row.stitle, self.title);
        set_option(&mut row.staxids, self.staxids);
        set_option(&mut row.sstrand, self.sstrand);
        row.pident = self.pident.value;
        row.evalue = self.evalue.value;
        row.bitscore = self.bitscore.value;
        set(&mut row.pident_text, self.pident.text);
        set(&mut row.evalue_text, self.evalue.text);
        set(&mut row.bitscore_text, self.bitscore.text);
        row.score = self.score;
        row.length = self.length;
        row.mismatch = self.mismatch;
        row.gapopen = self.gapopen;
        row.qstart = self.qstart;
        row.qend = self.qend;
        row.sstart = self.sstart;
        row.send = self.send;
        row.nident = self.nident;
        row.positive = self.positive;
        row.gaps = self.gaps;
        row.qlen = self.qlen;
        row.slen = self.slen;
        row.qframe = frame(self.qframe);
        row.sframe = frame(self.sframe);
        row.qcovs = self.qcovs.map(narrow);
        row.qcovhsp = self.qcovhsp.map(narrow);
        set(&mut row.qseq, residues.map_or("", |r| r.qseq));
        set(&mut row.sseq, residues.map_or("", |r| r.sseq));
    }
}

fn set(text: &mut String, value: &str) {
    text.clear();
    text.push_str(value);
}

fn set_option(text: &mut Option<String>, value: Option<&str>) {
    match value {
        Some(value) => set(text.get_or_insert_default(), value),
        None => *text = None,
    }
}

/// A row with nothing in it, to be filled by [`HspRecord::fill`].
pub fn empty_row() -> Hsp {
    Hsp {
        query: 0,
        subject_rank: 0,
        hsp_rank: 0,
        qaccver: String::new(),
        saccver: String::new(),
        sseqid: String::new(),
        pident: 0.0,
        pident_text: String::new(),
        length: 0,
        mismatch: 0,
        gapopen: 0,
        qstart: 0,
        qend: 0,
        sstart: 0,
        send: 0,
        evalue: 0.0,
        evalue_text: String::new(),
        bitscore: 0.0,
        bitscore_text: String::new(),
        score: 0,
        nident: 0,
        positive: 0,
        gaps: 0,
        qlen: 0,
        slen: 0,
        qframe: 0,
        sframe: 0,
        sstrand: None,
        staxids: None,
        qcovs: None,
        qcovhsp: None,
        qseq: String::new(),
        sseq: String::new(),
        stitle: None,
    }
}
