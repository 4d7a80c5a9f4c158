/// One alignment as the archive holds it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Alignment {
    /// Query in the run, from 0.
    pub query: u64,
    /// Accession with version where there is one, or local id.
    pub subject: String,
    /// Raw score.
    pub score: i64,
    /// E-value.
    pub evalue: f64,
    /// Score in bits.
    pub bitscore: f64,
    /// Identical columns.
    pub identical: u64,
    /// Where each segment begins on query and subject, from 0; −1 for a gap. Two numbers a segment.
    pub starts: Vec<i64>,
    /// Columns of each segment.
    pub lengths: Vec<u64>,
    /// Whether query and subject are read backwards.
    pub minus: [bool; 2],
}

/// What a complete archive held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveSummary {
    /// Queries, those without hits included.
    pub queries: u64,
    /// Release of BLAST+ that wrote it.
    pub version: String,
}
