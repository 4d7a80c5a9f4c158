//! All hits of a query at a glance: coverage, histograms and groups of subjects, in constant size.

use super::cells::{floats, ints};
use super::error::HitResult;
use super::filter::Filter;
use super::plan::candidate_rows;
use super::reader::{Kind, ParquetHitReader};
use super::scan::Scan;
use super::tally::Collector;

/// Number of score classes.
pub const SCORE_CLASSES: usize = 5;

/// Least bit scores of the classes above the weakest: below 40, 40–50, 50–80, 80–200, from 200, the classes of
/// NCBI's graphic summary.
const CLASS_FROM: [f64; SCORE_CLASSES - 1] = [40.0, 50.0, 80.0, 200.0];

/// Right edge of the histogram of −log10 E-values; 0.0 is counted in the last bin.
pub const EVALUE_TO: f64 = 180.0;

/// Width of a bin of that histogram, in orders of magnitude.
pub const EVALUE_STEP: usize = 5;

/// Greatest E-value that is told apart, as a power of ten: greater ones are counted with it.
pub(super) const EVALUE_FLOOR: usize = 10;

/// Edges of the histogram of identities; what is less is counted in the first bin.
pub const IDENTITY_EDGES: (f64, f64) = (20.0, 100.0);

/// How far the ends of two subjects of a group may lie apart, as a share of the query.
pub(super) const GROUP_TOLERANCE: f64 = 0.08;

/// The score class of a bit score, 0 (weakest) to 4.
pub fn score_class(bitscore: f64) -> usize {
    CLASS_FROM.iter().take_while(|from| bitscore >= **from).count()
}

/// All hits of a query at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// Position of the query, 0-based.
    pub query: u64,
    /// Letters of the query.
    pub letters: u64,
    /// Subjects hit.
    pub hits: u64,
    /// How many subjects cover each stretch, from first letter to last: at most [`COVERAGE_BINS`](super::limits::COVERAGE_BINS) stretches whose
    /// lengths differ by one letter at most.
    pub coverage: Vec<CoverageBin>,
    /// Hits by −log10 of the best alignment's E-value, in bins of [`EVALUE_STEP`]: from 0, or from below where there
    /// are hits with greater E-values than 1, to [`EVALUE_TO`].
    pub evalue: Histogram,
    /// Hits by the best alignment's identity in percent, over [`IDENTITY_EDGES`].
    pub identity: Histogram,
    /// Groups of subjects that cover about the same stretch: strongest class first, then by size, at most
    /// [`REGION_GROUPS`](super::limits::REGION_GROUPS).
    pub groups: Vec<RegionGroup>,
    /// Hits that are in no listed group.
    pub other_hits: u64,
}

/// A stretch of the query and how many subjects cover a letter of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoverageBin {
    /// First letter, 1-based.
    pub from: u64,
    /// Last letter, inclusive.
    pub to: u64,
    /// Subjects by class of their best alignment, weakest first.
    pub counts: [u64; SCORE_CLASSES],
}

/// Counts in bins of equal width. What lies outside is counted in the bin at that end.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Left edge of the first bin.
    pub from: f64,
    /// Right edge of the last bin.
    pub to: f64,
    /// Hits in each bin.
    pub counts: Vec<u64>,
}

/// Subjects of one score class that cover about the same stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegionGroup {
    /// Score class, 0 (weakest) to 4.
    pub class: u8,
    /// First letter of the group's best subject.
    pub from: u64,
    /// Its last letter.
    pub to: u64,
    /// Subjects.
    pub hits: u64,
}

impl Histogram {
    pub(super) fn new(from: f64, to: f64, bins: usize) -> Self {
        Self { from, to, counts: vec![0; bins] }
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a bin"
    )]
    pub(super) fn add(&mut self, value: f64) {
        let share = ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        let bin = (share * self.counts.len() as f64) as usize;
        let last = self.counts.len() - 1;
        self.counts[bin.min(last)] += 1;
    }
}

impl ParquetHitReader {
    /// The overview of a query, in one pass over six columns of its rows.
    pub(super) async fn query_overview(&self, query: u64) -> HitResult<Overview> {
        let budget = Self::budget();
        let line = self.query_line(query, &budget).await?;
        let mut collector = Collector::new(query, line.letters);
        let filter = Filter { query: Some(query), ..Filter::default() };
        let wanted = i64::try_from(query).unwrap_or(i64::MAX);
        for part in self.parts_of(Some(query)) {
            let file = self.file(part, Kind::Hits).await?;
            let ranges = candidate_rows(&file, &filter);
            let columns = ["query", "hsp_rank", "evalue", "bitscore", "pident", "qstart", "qend"];
            let mut scan = Scan::new(file, &columns, ranges, budget.clone()).await?;
            while let Some(rows) = scan.next().await? {
                let batch = &rows.batch;
                let (queries, ranks) = (ints(batch, "query")?, ints(batch, "hsp_rank")?);
                let (evalue, bitscore) = (floats(batch, "evalue")?, floats(batch, "bitscore")?);
                let identity = floats(batch, "pident")?;
                let (from, to) = (ints(batch, "qstart")?, ints(batch, "qend")?);
                for row in (0..batch.num_rows()).filter(|row| queries.value(*row) == wanted) {
                    if ranks.value(row) == 0 {
                        collector.begin(bitscore.value(row), evalue.value(row), identity.value(row));
                    }
                    let letter = |value: i64| u64::try_from(value).unwrap_or(0);
                    collector.span(letter(from.value(row)), letter(to.value(row)));
                }
            }
        }
        Ok(collector.finish())
    }
}
