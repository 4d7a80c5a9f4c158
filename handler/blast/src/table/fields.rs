//! Which fields are asked for, and in which order.

/// The fields of a hit. The first twelve are BLAST+'s own `std`, so that they are a row of `-outfmt 6`; the title is
/// last, since it may hold anything but a line end. `tests/blast_plus` holds them to be known to BLAST+: an unknown
/// one would be dropped without a word.
pub const FIELDS: &[&str] = &[
    "qaccver", "saccver", "pident", "length", "mismatch", "gapopen", "qstart", "qend", "sstart", "send",
    "evalue", "bitscore", "score", "nident", "positive", "gaps", "qlen", "slen", "qframe", "sframe",
    "sstrand", "staxids", "qcovs", "qcovhsp", "sseqid", "qseq", "sseq", "stitle",
];

/// The value of `-outfmt` with which an archive is read.
pub fn outfmt() -> String {
    format!("7 {}", FIELDS.join(" "))
}

/// The fields of a table that BLAST+ itself writes on a cluster: [`FIELDS`], and before the title `btop`, by which other
/// tools rebuild an alignment without its residues.
pub const CLUSTER_FIELDS: &[&str] = &[
    "qaccver", "saccver", "pident", "length", "mismatch", "gapopen", "qstart", "qend", "sstart", "send",
    "evalue", "bitscore", "score", "nident", "positive", "gaps", "qlen", "slen", "qframe", "sframe",
    "sstrand", "staxids", "qcovs", "qcovhsp", "sseqid", "qseq", "sseq", "btop", "stitle",
];

/// Which fields a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// [`FIELDS`].
    Formatter,
    /// [`CLUSTER_FIELDS`].
    Cluster,
}

impl Layout {
    /// The layout of a table whose comment names the fields so. A row itself does not tell: titles may hold tabs.
    pub(super) fn named(names: &[u8]) -> Self {
        let has_btop = names.split(|byte| *byte == b',').any(|name| name.trim_ascii() == b"BTOP");
        if has_btop { Self::Cluster } else { Self::Formatter }
    }

    /// The fields, in order.
    pub(super) const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Formatter => FIELDS,
            Self::Cluster => CLUSTER_FIELDS,
        }
    }
}
