//! Streams of alignments in BLAST+'s order, for writers of any format. Memory is a batch, whatever the size.

use super::cells::{HspBatch, ints, strings};
use super::error::HitResult;
use super::filter::{Filter, Matcher};
use super::plan::candidate_rows;
use super::queries::{QueryLine, lines};
use super::reader::{Kind, ParquetHitReader};
use super::record::{Residues, empty_row};
use super::scan::{Rows, Scan};
use super::source::Budget;
use arrow_array::{Array, RecordBatch, StringArray};
use blastline_blast::table::Hsp;
use futures::stream::{self, BoxStream, StreamExt};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// What an export gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportRequest {
    /// Which hits; all alignments of a hit that passes are given.
    pub filter: Filter,
    /// Whether each query is told, also one without hits, before its alignments: what format 7 needs.
    pub queries: bool,
    /// Whether aligned residues are read; else they are empty.
    pub residues: bool,
}

/// What an export comes to.
pub enum ExportItem<'a> {
    /// A query begins; `alignments` counts those that follow, which a filter may have thinned out.
    Query(&'a QueryLine),
    /// An alignment; `query` is the position in the whole input.
    Hsp(&'a Hsp),
}

/// A batch of an export.
pub struct ExportBatch {
    heads: Vec<QueryLine>,
    hsps: Option<(HspBatch, Vec<usize>)>,
    residues: Option<(StringArray, StringArray)>,
}

/// A stream of batches. It ends after the first error.
pub type ExportStream = BoxStream<'static, HitResult<ExportBatch>>;

impl ExportBatch {
    /// Hands out queries and alignments in order. The row is the same memory each time.
    pub fn for_each(&self, mut each: impl FnMut(ExportItem<'_>)) {
        let mut heads = self.heads.iter().peekable();
        let mut row = empty_row();
        let (batch, kept) = match &self.hsps {
            Some((batch, kept)) => (Some(batch), kept.as_slice()),
            None => (None, &[][..]),
        };
        for &index in kept {
            let Some(hsp) = batch.and_then(|batch| batch.get(index)) else { continue };
            while let Some(head) = heads.next_if(|head| head.query <= hsp.query) {
                each(ExportItem::Query(head));
            }
            let residues = self
                .residues
                .as_ref()
                .filter(|(qseq, sseq)| index < qseq.len() && index < sseq.len())
                .map(|(qseq, sseq)| Residues { qseq: qseq.value(index), sseq: sseq.value(index) });
            hsp.fill(residues, &mut row);
            each(ExportItem::Hsp(&row));
        }
        heads.for_each(|head| each(ExportItem::Query(head)));
    }
}

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
    residues: Option<Scan>,
    residue_rows: Option<RecordBatch>,
    heads: Option<Heads>,
    /// Whether the hit passes whose alignments are passing by.
    passing: bool,
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
            match part.hits.next().await? {
                Some(rows) => {
                    let batch = part.batch(&rows, &self.context.request.filter).await?;
                    self.part = Some(part);
                    return Ok(Some(batch));
                }
                None => {
                    if let Some(heads) = &mut part.heads {
                        let heads = heads.up_to(u64::MAX).await?;
                        return Ok(Some(ExportBatch { heads, hsps: None, residues: None }));
                    }
                }
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
            Some(Scan::new(file, &["qseq", "sseq"], ranges.clone(), self.budget.clone()).await?)
        } else {
            None
        };
        let heads = if self.request.queries { Some(self.heads(part, &ranges).await?) } else { None };
        let hits = Scan::new(file, &HspBatch::columns(), ranges, self.budget.clone()).await?;
        Ok(PartExport { hits, residues, residue_rows: None, heads, passing: false })
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
    async fn batch(&mut self, rows: &Rows, filter: &Filter) -> HitResult<ExportBatch> {
        let kept = passing_rows(&rows.batch, filter, &mut self.passing)?;
        let hsps = HspBatch::new(&rows.batch)?;
        let heads = match (&mut self.heads, kept.last().and_then(|row| hsps.get(*row))) {
            (Some(heads), Some(last)) => heads.up_to(last.query).await?,
            _ => Vec::new(),
        };
        let residues = match &mut self.residues {
            Some(scan) => Some(take_residues(scan, &mut self.residue_rows, rows.batch.num_rows()).await?),
            None => None,
        };
        Ok(ExportBatch { heads, hsps: Some((hsps, kept)), residues })
    }
}

impl Heads {
    /// The queries up to and with one of them.
    async fn up_to(&mut self, query: u64) -> HitResult<Vec<QueryLine>> {
        let mut heads = Vec::new();
        loop {
            while self.waiting.front().is_some_and(|head| head.query <= query) {
                heads.extend(self.waiting.pop_front().map(|head| self.counted(head)));
            }
            if !self.waiting.is_empty() {
                return Ok(heads);
            }
            match self.scan.next().await? {
                Some(rows) => self.waiting.extend(lines(&rows.batch)?),
                None => return Ok(heads),
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

/// The residues of the next rows. Batches of the two files may end at different rows.
async fn take_residues(
    scan: &mut Scan,
    left: &mut Option<RecordBatch>,
    rows: usize,
) -> HitResult<(StringArray, StringArray)> {
    let mut qseq = Vec::with_capacity(rows);
    let mut sseq = Vec::with_capacity(rows);
    let mut missing = rows;
    while missing > 0 {
        let batch = match left.take() {
            Some(batch) => batch,
            None => match scan.next().await? {
                Some(rows) => rows.batch,
                None => return Err(scan.ended_early()),
            },
        };
        let here = missing.min(batch.num_rows());
        let (q, s) = (strings(&batch, "qseq")?, strings(&batch, "sseq")?);
        qseq.extend((0..here).map(|row| q.value(row).to_owned()));
        sseq.extend((0..here).map(|row| s.value(row).to_owned()));
        missing -= here;
        if here < batch.num_rows() {
            *left = Some(batch.slice(here, batch.num_rows() - here));
        }
    }
    Ok((StringArray::from(qseq), StringArray::from(sseq)))
}
