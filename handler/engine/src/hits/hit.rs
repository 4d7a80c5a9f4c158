//! Hits and alignments as lists show them.

use super::record::HspRecord;

/// A subject that a query hit.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Position of the query, 0-based.
    pub query: u64,
    /// Rank of the subject among the query's hits, 0-based.
    pub rank: u64,
    /// Subject accession.
    pub subject_id: String,
    /// Subject title.
    pub title: String,
    /// Organism, where known.
    pub organism: Option<String>,
    /// Taxonomy id, where known.
    pub taxid: Option<u64>,
    /// Length of the subject in its own letters.
    pub subject_length: u64,
    /// Number of alignments (HSPs).
    pub alignments: u64,
    /// Bit score of the best alignment.
    pub bitscore: f64,
    /// Sum of the bit scores of all alignments.
    pub total_bitscore: f64,
    /// E-value of the best alignment as BLAST+ prints it.
    pub evalue: String,
    /// Identical columns of the best alignment in percent.
    pub identity: f64,
    /// Share of the query that all alignments cover, in percent, where BLAST+ printed it.
    pub query_cover: Option<f64>,
    /// The alignments on the query, at most [`SPANS`](super::limits::SPANS).
    pub spans: Vec<Span>,
}

/// Where an alignment lies on the query: 1-based, inclusive, `from` ≤ `to`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// First letter.
    pub from: u64,
    /// Last letter.
    pub to: u64,
    /// Bit score.
    pub bitscore: f64,
}

impl Span {
    /// The span of an alignment.
    pub(super) fn of(hsp: &HspRecord<'_>) -> Self {
        let (from, to) = (hsp.qstart.min(hsp.qend), hsp.qstart.max(hsp.qend));
        Self { from, to, bitscore: hsp.bitscore.value }
    }
}

/// A page of hits.
#[derive(Debug, Clone, PartialEq)]
pub struct HitPage {
    /// The hits.
    pub hits: Vec<Hit>,
    /// Hits of the query (or of all queries) before other filters.
    pub total: u64,
    /// Hits that pass the filters.
    pub filtered: u64,
}

/// An alignment with its residues.
#[derive(Debug, Clone, PartialEq)]
pub struct Alignment {
    /// Position of the query, 0-based.
    pub query: u64,
    /// Name of the query.
    pub query_id: String,
    /// Length of the query.
    pub query_length: u64,
    /// Rank of the subject, 0-based.
    pub rank: u64,
    /// Rank of the alignment in the subject, 0-based.
    pub alignment: u64,
    /// Subject accession.
    pub subject_id: String,
    /// Subject title.
    pub title: String,
    /// Organism, where known.
    pub organism: Option<String>,
    /// Length of the subject.
    pub subject_length: u64,
    /// Start on the query.
    pub query_start: u64,
    /// End on the query.
    pub query_end: u64,
    /// Start on the subject.
    pub subject_start: u64,
    /// End on the subject.
    pub subject_end: u64,
    /// Frame of the query.
    pub query_frame: i64,
    /// Frame of the subject.
    pub subject_frame: i64,
    /// Raw score.
    pub score: i64,
    /// Bit score.
    pub bitscore: f64,
    /// E-value as BLAST+ prints it.
    pub evalue: String,
    /// Identical columns.
    pub identical: u64,
    /// Columns with a positive score.
    pub positive: u64,
    /// Gap letters.
    pub gaps: u64,
    /// Columns.
    pub length: u64,
    /// Identical columns in percent.
    pub identity: f64,
    /// Aligned query and subject with gaps. Empty where the page's residues were above [`RESIDUE_LETTERS`](super::limits::RESIDUE_LETTERS).
    pub residues: Option<(String, String)>,
}

/// A page of alignments.
#[derive(Debug, Clone, PartialEq)]
pub struct AlignmentPage {
    /// The alignments.
    pub alignments: Vec<Alignment>,
    /// Alignments of the query (or of all queries) before other filters.
    pub total: u64,
    /// Alignments that pass the filters.
    pub filtered: u64,
}

/// Columns that a hit is made of.
pub(super) const HIT_COLUMNS: &[&str] = &[
    "query",
    "subject_rank",
    "evalue",
    "bitscore",
    "pident",
    "qcovs",
    "qstart",
    "qend",
    "saccver",
    "organism",
    "taxid",
    "slen",
    "evalue_text",
    "title",
];

/// Columns that an alignment is made of.
pub(super) const ALIGNMENT_COLUMNS: &[&str] = &[
    "query",
    "subject_rank",
    "hsp_rank",
    "evalue",
    "bitscore",
    "pident",
    "length",
    "qstart",
    "qend",
    "saccver",
    "organism",
    "sstart",
    "send",
    "nident",
    "positive",
    "gaps",
    "score",
    "qlen",
    "slen",
    "qframe",
    "sframe",
    "qaccver",
    "evalue_text",
    "title",
];

#[expect(clippy::cast_precision_loss, reason = "a percentage")]
pub(super) fn new_hit(hsp: &HspRecord<'_>) -> Hit {
    Hit {
        query: hsp.query,
        rank: hsp.subject_rank,
        subject_id: hsp.saccver.to_owned(),
        title: hsp.title.unwrap_or_default().to_owned(),
        organism: hsp.organism.map(str::to_owned),
        taxid: hsp.taxid,
        subject_length: hsp.slen,
        alignments: 0,
        bitscore: hsp.bitscore.value,
        total_bitscore: 0.0,
        evalue: hsp.evalue.text.to_owned(),
        identity: hsp.pident.value,
        query_cover: hsp.qcovs.map(|cover| cover as f64),
        spans: Vec::new(),
    }
}

pub(super) fn new_alignment(hsp: &HspRecord<'_>) -> Alignment {
    Alignment {
        query: hsp.query,
        query_id: hsp.qaccver.to_owned(),
        query_length: hsp.qlen,
        rank: hsp.subject_rank,
        alignment: hsp.hsp_rank,
        subject_id: hsp.saccver.to_owned(),
        title: hsp.title.unwrap_or_default().to_owned(),
        organism: hsp.organism.map(str::to_owned),
        subject_length: hsp.slen,
        query_start: hsp.qstart,
        query_end: hsp.qend,
        subject_start: hsp.sstart,
        subject_end: hsp.send,
        query_frame: hsp.qframe,
        subject_frame: hsp.sframe,
        score: hsp.score,
        bitscore: hsp.bitscore.value,
        evalue: hsp.evalue.text.to_owned(),
        identical: hsp.nident,
        positive: hsp.positive,
        gaps: hsp.gaps,
        length: hsp.length,
        identity: hsp.pident.value,
        residues: None,
    }
}
