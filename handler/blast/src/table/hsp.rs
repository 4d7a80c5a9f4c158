//! One alignment between a query and a subject.

use serde::Serialize;

/// A high-scoring segment pair: one row of the table. Names are BLAST+'s. Coordinates count from 1, in residues of
/// the query and subject as they were given (nucleotides where BLAST+ translates), and run backwards on the minus
/// strand.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Hsp {
    /// Query within the table, from 0.
    pub query: u64,
    /// Subject within the query, from 0, best first.
    pub subject_rank: u32,
    /// Alignment within query and subject, from 0, best first.
    pub hsp_rank: u32,
    /// Query id.
    pub qaccver: String,
    /// Subject accession with version, or its id; `BL_ORD_ID:n` for a subject without.
    pub saccver: String,
    /// Subject id as in the database; `gnl|BL_ORD_ID|n` for a subject without.
    pub sseqid: String,
    /// Share of identical columns, 0 to 100.
    pub pident: f64,
    /// `pident` as BLAST+ printed it.
    #[serde(skip)]
    pub pident_text: String,
    /// Columns of the alignment.
    pub length: u64,
    /// Columns with two different residues.
    pub mismatch: u64,
    /// Number of gaps, each counted once.
    pub gapopen: u64,
    /// First query residue.
    pub qstart: u64,
    /// Last query residue.
    pub qend: u64,
    /// First subject residue.
    pub sstart: u64,
    /// Last subject residue.
    pub send: u64,
    /// Expected number of chance hits.
    pub evalue: f64,
    /// `evalue` as BLAST+ printed it.
    #[serde(skip)]
    pub evalue_text: String,
    /// Score in bits.
    pub bitscore: f64,
    /// `bitscore` as BLAST+ printed it.
    #[serde(skip)]
    pub bitscore_text: String,
    /// Raw score.
    pub score: i64,
    /// Identical columns.
    pub nident: u64,
    /// Columns with a positive score.
    pub positive: u64,
    /// Columns with a gap.
    pub gaps: u64,
    /// Length of the query.
    pub qlen: u64,
    /// Length of the subject.
    pub slen: u64,
    /// Reading frame of the query, −3 to 3; 0 or 1 where it is not translated.
    pub qframe: i8,
    /// Reading frame of the subject, −3 to 3; ±1 for the strand in blastn; 0 or 1 where it is not translated.
    pub sframe: i8,
    /// `plus` or `minus` in blastn; `None` otherwise.
    pub sstrand: Option<String>,
    /// Taxonomy ids of the subject, separated by `;`; `None` where the database has none.
    pub staxids: Option<String>,
    /// Share of the query that all alignments with this subject cover, 0 to 100.
    pub qcovs: Option<u32>,
    /// Share of the query that this alignment covers, 0 to 100.
    pub qcovhsp: Option<u32>,
    /// Aligned residues of the query, gaps as `-`.
    pub qseq: String,
    /// Aligned residues of the subject, gaps as `-`.
    pub sseq: String,
    /// Title of the subject. A database built without `-parse_seqids` has the id in front of it. `None` where there
    /// is none. Bytes that are no UTF-8 are shown as U+FFFD.
    pub stitle: Option<String>,
}
