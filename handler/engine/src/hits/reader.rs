//! Reading finished parts, or the joined files, of a job.

use super::cells::HspBatch;
use super::columns::{hits_schema, queries_schema, residues_schema};
use super::counts::{HitCounts, StoredFile, StoredPart};
use super::error::{HitResult, HitStoreError};
use super::footers::Footers;
use super::limits::REQUEST_BYTES;
use super::open::OpenFile;
use super::record::HspRecord;
use super::scan::Scan;
use super::source::Budget;
use arrow_schema::SchemaRef;
use blastline_jobs::ports::Blobs;
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// One part: its files are opened when they are first needed, and then kept.
pub(super) struct Part {
    stored: StoredPart,
    hits: OnceCell<Arc<OpenFile>>,
    residues: OnceCell<Arc<OpenFile>>,
    queries: OnceCell<Arc<OpenFile>>,
}

/// Which of a part's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Hits,
    Residues,
    Queries,
}

impl Part {
    pub(super) fn counts(&self) -> &HitCounts {
        &self.stored.counts
    }

    fn of(&self, kind: Kind) -> (&OnceCell<Arc<OpenFile>>, &StoredFile, SchemaRef, u64) {
        let counts = &self.stored.counts;
        match kind {
            Kind::Hits => (&self.hits, &self.stored.hits, hits_schema(), counts.alignments),
            Kind::Residues => (&self.residues, &self.stored.residues, residues_schema(), counts.alignments),
            Kind::Queries => (&self.queries, &self.stored.queries, queries_schema(), counts.queries),
        }
    }
}

/// Reads hits by ranges. Cheap to clone: clones share the footers. Make a new one when further parts have
/// finished.
#[derive(Clone)]
pub struct ParquetHitReader {
    blobs: Arc<dyn Blobs>,
    footers: Arc<Footers>,
    pub(super) parts: Arc<[Part]>,
}

impl ParquetHitReader {
    /// Takes parts in any order; fails when two hold the same query.
    pub(super) fn new(
        blobs: Arc<dyn Blobs>,
        footers: Arc<Footers>,
        mut parts: Vec<StoredPart>,
    ) -> HitResult<Self> {
        parts.sort_by_key(|part| part.counts.first_query);
        let overlap = parts.windows(2).find(|w| w[1].counts.first_query < w[0].counts.end_query());
        if let Some([before, after]) = overlap {
            let (expected, found) = (before.counts.end_query(), after.counts.first_query);
            return Err(HitStoreError::NotContiguous { expected, found });
        }
        let part = |stored| Part {
            stored,
            hits: OnceCell::new(),
            residues: OnceCell::new(),
            queries: OnceCell::new(),
        };
        Ok(Self { blobs, footers, parts: parts.into_iter().map(part).collect() })
    }

    /// Sums over all parts.
    pub(super) fn sums(&self) -> HitCounts {
        let mut sum = HitCounts {
            first_query: self.parts.first().map_or(0, |part| part.counts().first_query),
            ..HitCounts::default()
        };
        self.parts.iter().for_each(|part| sum.append(part.counts()));
        sum
    }

    /// The budget of one request.
    pub(super) fn budget() -> Arc<Budget> {
        Budget::new(REQUEST_BYTES)
    }

    /// The parts that a query, or all queries, can be in.
    pub(super) fn parts_of(&self, query: Option<u64>) -> Range<usize> {
        match query {
            None => 0..self.parts.len(),
            Some(query) => {
                let from = self.parts.partition_point(|part| part.counts().end_query() <= query);
                let holds = self.parts.get(from).is_some_and(|part| part.counts().first_query <= query);
                from..from + usize::from(holds)
            }
        }
    }

    /// An opened and checked file of a part.
    pub(super) async fn file(&self, part: usize, kind: Kind) -> HitResult<Arc<OpenFile>> {
        let part = self.parts.get(part).ok_or_else(|| HitStoreError::corrupt("a reader", "no such part"))?;
        let (cell, stored, schema, rows) = part.of(kind);
        let file = cell
            .get_or_try_init(|| async {
                let file = OpenFile::open(self.blobs.clone(), stored.clone(), schema, &self.footers).await?;
                if file.counts() != part.counts() {
                    return Err(file.source.corrupt("it holds other counts than the part's"));
                }
                file.expect_rows(rows)?;
                Ok(Arc::new(file))
            })
            .await?;
        Ok(file.clone())
    }

    /// Reads columns of the alignments of sorted, disjoint ranges of rows.
    pub(super) async fn hsps(
        &self,
        part: usize,
        columns: &[&str],
        ranges: Vec<Range<u64>>,
        budget: &Arc<Budget>,
        mut each: impl FnMut(u64, HspRecord<'_>),
    ) -> HitResult<()> {
        let file = self.file(part, Kind::Hits).await?;
        let mut scan = Scan::new(file, columns, ranges, budget.clone()).await?;
        while let Some(rows) = scan.next().await? {
            let batch = HspBatch::new(&rows.batch)?;
            for (row, position) in rows.positions().enumerate() {
                if let Some(hsp) = batch.get(row) {
                    each(position, hsp);
                }
            }
        }
        Ok(())
    }
}
