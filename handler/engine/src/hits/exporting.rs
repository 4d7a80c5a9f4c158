//! A running export: the parts one after the other, hits, queries and residues side by side.

use super::cells::{HspBatch, ints, strings};
use super::error::HitResult;
use super::export::{ExportBatch, ExportRequest, ExportStream, Hsps, ResidueRows};
use super::filter::Filter;
use super::limits::BATCH_ROWS;
use super::matcher::Matcher;
use super::plan::candidate_rows;
use super::queries::{QueryLine, lines};
use super::reader::{Kind, ParquetHitReader};
use super::scan::Scan;
use super::source::Budget;
use arrow_array::{Array, RecordBatch, StringArray};
use futures::stream::{self, StreamExt};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// What all parts of an export share.
struct Context {
    reader: ParquetHitReader,
    request: ExportRequest,
    /// No limit: an export is as long as it is, and holds a row group's columns at a time.
    budget: Arc<Budget>,
}

/// A running export.
struct Export {
    context: Context,
    parts: VecDeque<usize>,
    part: Option<PartExport>,
}

/// The part that is being exported.
struct PartExport {
    hits: Scan,
    residues: Option<ResidueScan>,
    heads: Option<Heads>,
    /// Rows that were read and not yet given.
    waiting: Option<Waiting>,
    /// Whether the hit passes whose alignments are passing by.
    passing: bool,
}

/// Rows of a batch that wait for their queries or residues.
struct Waiting {
    batch: HspBatch,
    kept: Vec<usize>,
    /// Rows from which on nothing was given yet, and the number of rows.
    rows: Range<usize>,
}

/// The queries of a part, with the number of their alignments that pass.
struct Heads {
    scan: Scan,
    waiting: VecDeque<QueryLine>,
    /// Counts by query from the part's first one on; empty where all pass.
    counts: Option<Vec<u64>>,
    first_query: u64,
}

impl ParquetHitReader {
    /// All alignments of the hits that pass, in BLAST+'s order.
    pub(super) fn export_stream(&self, request: ExportRequest) -> ExportStream {
        let parts = self.parts_of(request.filter.query).collect();
        let budget = Budget::new(u64::MAX);
        let context = Context { reader: self.clone(), request, budget };
        let export = Export { context, parts, part: None };
        let step = |mut export: Export| async move { Ok(export.next().await?.map(|batch| (batch, export))) };
        stream::try_unfold(export, step).boxed()
    }
}

impl Export {
    async fn next(&mut self) -> HitResult<Option<ExportBatch>> {
        loop {
            let mut part = match self.part.take() {
                Some(part) => part,
                None => match self.parts.pop_front() {
                    Some(part) => self.context.begin(part).await?,
                    None => return Ok(None),
                },
            };
            if let Some(batch) = part.next(&self.context.request.filter).await? {
                self.part = Some(part);
                return Ok(Some(batch));
            }
        }
    }
}

impl Context {
    async fn begin(&self, part: usize) -> HitResult<PartExport> {
        let file = self.reader.file(part, Kind::Hits).await?;
        let ranges = candidate_rows(&file, &self.request.filter);
        let residues = if self.request.residues {
            let file = self.reader.file(part, Kind::Residues).await?;
            let scan = Scan::new(file, &["qseq", "sseq"], ranges.clone(), self.budget.clone()).await?;
            Some(ResidueScan { scan, left: None })
        } else {
            None
        };
        let heads = if self.request.queries { Some(self.heads(part, &ranges).await?) } else { None };
        let hits = Scan::new(file, &HspBatch::columns(), ranges, self.budget.clone()).await?;
        Ok(PartExport { hits, residues, heads, waiting: None, passing: false })
    }

    async fn heads(&self, part: usize, ranges: &[Range<u64>]) -> HitResult<Heads> {
        let counts = *self.reader.parts[part].counts();
        let first_query = counts.first_query;
        let rows = match self.request.filter.query {
            Some(query) => query - first_query..query - first_query + 1,
            None => 0..counts.queries,
        };
        let rows = std::iter::once(rows).collect();
        let scan = self.reader.query_scan(part, rows, &self.budget).await?;
        let counts = if self.request.filter.passes_all() {
            None
        } else {
            Some(self.count(part, ranges, first_query, counts.queries).await?)
        };
        Ok(Heads { scan, waiting: VecDeque::new(), counts, first_query })
    }

    /// Counts the alignments that pass, by query of the part.
    async fn count(
        &self,
        part: usize,
        ranges: &[Range<u64>],
        first_query: u64,
        queries: u64,
    ) -> HitResult<Vec<u64>> {
        let filter = &self.request.filter;
        let file = self.reader.file(part, Kind::Hits).await?;
        let mut columns = vec!["query", "hsp_rank"];
        columns.extend(Matcher::columns(filter));
        let mut scan = Scan::new(file, &columns, ranges.to_vec(), self.budget.clone()).await?;
        let mut counts = vec![0; usize::try_from(queries).unwrap_or(0)];
        let mut passing = false;
        while let Some(rows) = scan.next().await? {
            let query = ints(&rows.batch, "query")?;
            for row in passing_rows(&rows.batch, filter, &mut passing)? {
                let place = u64::try_from(query.value(row)).ok().and_then(|q| q.checked_sub(first_query));
                if let Some(count) =
                    place.and_then(|p| usize::try_from(p).ok()).and_then(|p| counts.get_mut(p))
                {
                    *count += 1;
                }
            }
        }
        Ok(counts)
    }
}

impl PartExport {
    /// The next batch: at most so many rows as have residues in memory, and at most [`BATCH_ROWS`] queries.
    async fn next(&mut self, filter: &Filter) -> HitResult<Option<ExportBatch>> {
        let Some(mut waiting) = self.waiting(filter).await? else {
            let heads = match &mut self.heads {
                Some(heads) => heads.up_to(u64::MAX).await?.0,
                None => Vec::new(),
            };
            return Ok((!heads.is_empty()).then_some(ExportBatch { heads, hsps: None }));
        };
        let residues = match &mut self.residues {
            Some(scan) => Some(scan.rows(waiting.rows.clone()).await?),
            None => None,
        };
        let mut end = residues.as_ref().map_or(waiting.rows.end, |r| r.from + r.qseq.len());
        let mut heads = Vec::new();
        if let Some(queries) = &mut self.heads {
            let until = waiting.kept.partition_point(|row| *row < end);
            let last = until.checked_sub(1).and_then(|at| waiting.batch.get(*waiting.kept.get(at)?));
            if let Some(last) = last.map(|hsp| hsp.query) {
                let complete;
                (heads, complete) = queries.up_to(last).await?;
                let told = heads.last().map(|head| head.query);
                if let Some(told) = told.filter(|_| !complete) {
                    let beyond = |row: &&usize| waiting.batch.get(**row).is_some_and(|hsp| hsp.query > told);
                    end = waiting.kept.iter().find(beyond).map_or(end, |row| end.min(*row));
                }
            }
        }
        let later = waiting.kept.split_off(waiting.kept.partition_point(|row| *row < end));
        let hsps = Hsps { batch: waiting.batch.clone(), kept: waiting.kept, residues };
        if let Some(scan) = &mut self.residues {
            scan.take(end - waiting.rows.start);
        }
        if end < waiting.rows.end {
            self.waiting = Some(Waiting { batch: waiting.batch, kept: later, rows: end..waiting.rows.end });
        }
        Ok(Some(ExportBatch { heads, hsps: Some(hsps) }))
    }

    /// The rows that wait, or the next ones.
    async fn waiting(&mut self, filter: &Filter) -> HitResult<Option<Waiting>> {
        if let Some(waiting) = self.waiting.take() {
            return Ok(Some(waiting));
        }
        let Some(rows) = self.hits.next().await? else { return Ok(None) };
        let kept = passing_rows(&rows.batch, filter, &mut self.passing)?;
        Ok(Some(Waiting { batch: HspBatch::new(&rows.batch)?, kept, rows: 0..rows.batch.num_rows() }))
    }
}

/// The residues of a part. Its batches end at other rows than those of the hits.
struct ResidueScan {
    scan: Scan,
    left: Option<(StringArray, StringArray)>,
}

impl ResidueScan {
    /// Residues from the first one of these rows on, of as many as are in memory. They stay until they are taken.
    async fn rows(&mut self, rows: Range<usize>) -> HitResult<ResidueRows> {
        let (qseq, sseq) = match self.left.take().filter(|(qseq, _)| !qseq.is_empty()) {
            Some(left) => left,
            None => match self.scan.next().await? {
                Some(rows) => (strings(&rows.batch, "qseq")?, strings(&rows.batch, "sseq")?),
                None => return Err(self.scan.ended_early()),
            },
        };
        let here = rows.len().min(qseq.len());
        let found = ResidueRows { from: rows.start, qseq: qseq.slice(0, here), sseq: sseq.slice(0, here) };
        self.left = Some((qseq, sseq));
        Ok(found)
    }

    /// Goes on by so many rows.
    fn take(&mut self, rows: usize) {
        if let Some((qseq, sseq)) = &mut self.left {
            let rows = rows.min(qseq.len());
            *qseq = qseq.slice(rows, qseq.len() - rows);
            *sseq = sseq.slice(rows, sseq.len() - rows);
        }
    }
}

impl Heads {
    /// The next queries up to and with one of them, and whether these are all: at most [`BATCH_ROWS`] come at once.
    async fn up_to(&mut self, query: u64) -> HitResult<(Vec<QueryLine>, bool)> {
        let mut heads = Vec::new();
        loop {
            while self.waiting.front().is_some_and(|head| head.query <= query) {
                if heads.len() >= BATCH_ROWS {
                    return Ok((heads, false));
                }
                heads.extend(self.waiting.pop_front().map(|head| self.counted(head)));
            }
            if !self.waiting.is_empty() {
                return Ok((heads, true));
            }
            match self.scan.next().await? {
                Some(rows) => self.waiting.extend(lines(&rows.batch)?),
                None => return Ok((heads, true)),
            }
        }
    }

    fn counted(&self, mut head: QueryLine) -> QueryLine {
        if let Some(counts) = &self.counts {
            let place = head.query.checked_sub(self.first_query).and_then(|p| usize::try_from(p).ok());
            head.alignments = place.and_then(|p| counts.get(p)).copied().unwrap_or(0);
        }
        head
    }
}

/// Rows of a batch that belong to hits that pass; `passing` goes on over batches.
fn passing_rows(batch: &RecordBatch, filter: &Filter, passing: &mut bool) -> HitResult<Vec<usize>> {
    let mut matcher = Matcher::new(filter, batch)?;
    let query = ints(batch, "query")?;
    let rank = ints(batch, "hsp_rank")?;
    let wanted = filter.query.map(|query| i64::try_from(query).unwrap_or(i64::MAX));
    let mut rows = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        if rank.value(row) == 0 {
            *passing = wanted.is_none_or(|wanted| query.value(row) == wanted) && matcher.passes(row);
        }
        if *passing {
            rows.push(row);
        }
    }
    Ok(rows)
}
