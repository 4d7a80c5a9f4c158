//! What BLAST+ writes for a batch: a commented table, packed.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;

/// How a batch's result turns out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrote {
    /// A hit for each query.
    Hits,
    /// Whole, and nothing was found.
    NoHits,
    /// It breaks off in the middle.
    CutOff,
    /// It has no bytes.
    Nothing,
    /// The table of other queries.
    Other,
}

impl Wrote {
    /// Hits of so many queries.
    pub fn hits(self, queries: u64) -> u64 {
        if self == Self::Hits { queries } else { 0 }
    }
}

/// The columns of a cluster's table with plausible values; of its head only what tells the layout.
const ROW: &str = "S1.1\t100.000\t1200\t0\t0\t1\t1200\t1\t1200\t0.0\t2217\t1200\t1200\t1200\t0\t1200\t2000\t1\t1\tplus\t\
                   N/A\t100\t100\tgb|S1.1|\tACGT\tACGT\t1200\tA subject";

/// The file of a batch with these queries.
pub fn packed(queries: Range<u64>, wrote: Wrote) -> Vec<u8> {
    let name = if wrote == Wrote::Other { "other" } else { "q" };
    let mut text = String::new();
    let count = queries.end - queries.start;
    for query in queries {
        let _ = write!(text, "# BLASTN 2.12.0+\n# Query: {name}{query}\n# Database: tiny\n");
        if wrote == Wrote::NoHits {
            text.push_str("# 0 hits found\n");
        } else {
            let _ = write!(text, "# Fields: query acc.ver, BTOP\n# 1 hits found\n{name}{query}\t{ROW}\n");
        }
    }
    let _ = writeln!(text, "# BLAST processed {count} queries");
    let mut file = GzEncoder::new(Vec::new(), Compression::fast());
    file.write_all(text.as_bytes()).unwrap();
    let mut bytes = file.finish().unwrap();
    match wrote {
        Wrote::CutOff => bytes.truncate(bytes.len() / 2),
        Wrote::Nothing => bytes.clear(),
        Wrote::Hits | Wrote::NoHits | Wrote::Other => {}
    }
    bytes
}
