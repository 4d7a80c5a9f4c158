//! Choosing the rows of a page: one pass over narrow columns that keeps no more than the page asks for.

use super::cells::{Texts, floats, ints, texts};
use super::error::HitResult;
use super::filter::{Filter, Page, Sort, SortBy};
use super::matcher::Matcher;
use super::open::OpenFile;
use super::plan::candidate_rows;
use super::scan::{Rows, Scan};
use super::source::Budget;
use arrow_array::{Array, Float64Array, Int64Array, RecordBatch};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// What a row of the list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// A query and a subject: the first alignment stands for all.
    Hit,
    /// An alignment.
    Alignment,
}

/// Rows of a part's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub part: usize,
    pub row: u64,
    pub rows: u64,
}

#[derive(Debug, Clone, PartialEq)]
enum Key {
    None,
    Number(f64),
    Text(String),
}

impl Key {
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }
}

/// A candidate; the greatest is the one that a page would show last.
struct Candidate {
    key: Key,
    descending: bool,
    place: Place,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.key.order(&other.key);
        let order = if self.descending { order.reverse() } else { order };
        order.then_with(|| self.place.cmp(&other.place))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

/// The sort column of a batch.
enum Keys {
    None,
    Float(Float64Array),
    Int(Int64Array),
    Text(Texts),
}

impl Keys {
    fn of(sort: Sort, batch: &RecordBatch) -> HitResult<Self> {
        Ok(match (sort.by, sort.column()) {
            (SortBy::Subject, Some(name)) => Self::Text(texts(batch, name)?),
            (SortBy::QueryCover | SortBy::Length, Some(name)) => Self::Int(ints(batch, name)?),
            (_, Some(name)) => Self::Float(floats(batch, name)?),
            (_, None) => Self::None,
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "lengths stay far below 2^53")]
    fn get(&self, row: usize) -> Key {
        match self {
            Self::None => Key::None,
            Self::Float(cells) => Key::Number(cells.value(row)),
            Self::Int(cells) => Key::Number(if cells.is_null(row) { 0.0 } else { cells.value(row) as f64 }),
            Self::Text(cells) => Key::Text(cells.get(row).unwrap_or("").to_owned()),
        }
    }
}

/// Chooses the rows of one page while all rows pass by in BLAST+'s order.
pub(super) struct Selector {
    unit: Unit,
    sort: Sort,
    skip: u64,
    take: u64,
    depth: usize,
    /// Rows that passed.
    pub passed: u64,
    heap: BinaryHeap<Candidate>,
    in_order: Vec<Place>,
    /// The hit whose alignments are passing by: where it began, its alignments so far, its key.
    open: Option<(Place, Option<Key>)>,
}

impl Selector {
    pub(super) fn new(unit: Unit, sort: Sort, page: Page) -> HitResult<Self> {
        let (skip, take) = page.window();
        let depth = if sort.by == SortBy::Relevance { take } else { page.depth()? };
        Ok(Self {
            unit,
            sort,
            skip,
            take,
            depth: usize::try_from(depth).unwrap_or(usize::MAX),
            passed: 0,
            heap: BinaryHeap::new(),
            in_order: Vec::new(),
            open: None,
        })
    }

    /// Looks at a part.
    pub(super) async fn part(
        &mut self,
        part: usize,
        file: Arc<OpenFile>,
        filter: &Filter,
        budget: &Arc<Budget>,
    ) -> HitResult<()> {
        let mut columns = vec!["query", "hsp_rank"];
        columns.extend(Matcher::columns(filter));
        columns.extend(self.sort.column());
        let ranges = candidate_rows(&file, filter);
        let mut scan = Scan::new(file, &columns, ranges, budget.clone()).await?;
        while let Some(rows) = scan.next().await? {
            self.batch(part, &rows, filter)?;
            if filter.passes_all() && self.sort.by == SortBy::Relevance && self.is_full() {
                break;
            }
        }
        self.close();
        Ok(())
    }

    /// Whether the page is complete where rows come in its order.
    pub(super) fn is_full(&self) -> bool {
        self.sort.by == SortBy::Relevance && self.in_order.len() as u64 >= self.take
    }

    fn batch(&mut self, part: usize, rows: &Rows, filter: &Filter) -> HitResult<()> {
        let mut matcher = Matcher::new(filter, &rows.batch)?;
        let keys = Keys::of(self.sort, &rows.batch)?;
        let queries = ints(&rows.batch, "query")?;
        let ranks = ints(&rows.batch, "hsp_rank")?;
        let wanted = filter.query.map(|query| i64::try_from(query).unwrap_or(i64::MAX));
        for (row, position) in rows.positions().enumerate() {
            let in_scope = wanted.is_none_or(|query| queries.value(row) == query);
            if ranks.value(row) == 0 {
                self.close();
                if in_scope && matcher.passes(row) {
                    self.open = Some((Place { part, row: position, rows: 0 }, self.key(&keys, row)));
                }
            } else if self.open.as_ref().is_some_and(|(place, _)| place.row + place.rows != position) {
                // Rows in between were skipped as not passing, so this is another hit's alignment.
                self.open = None;
            }
            let Some((place, _)) = &mut self.open else { continue };
            place.rows += 1;
            if self.unit == Unit::Alignment {
                self.offer(self.key(&keys, row), Place { part, row: position, rows: 1 });
            }
        }
        Ok(())
    }

    /// The open hit is complete.
    fn close(&mut self) {
        if let Some((place, key)) = self.open.take()
            && self.unit == Unit::Hit
        {
            self.offer(key, place);
        }
    }

    /// The key of a row, `None` where a text is seen to come behind all rows kept: most are, and need no copy.
    fn key(&self, keys: &Keys, row: usize) -> Option<Key> {
        if let (Keys::Text(cells), Some(Key::Text(worst))) = (keys, self.heap.peek().map(|worst| &worst.key))
            && self.heap.len() >= self.depth
        {
            let order = cells.get(row).unwrap_or("").cmp(worst);
            let order = if self.sort.descending() { order.reverse() } else { order };
            if order == Ordering::Greater {
                return None;
            }
        }
        Some(keys.get(row))
    }

    fn offer(&mut self, key: Option<Key>, place: Place) {
        self.passed += 1;
        let Some(key) = key else { return };
        if self.sort.by == SortBy::Relevance {
            if self.passed > self.skip && !self.is_full() {
                self.in_order.push(place);
            }
            return;
        }
        let candidate = Candidate { key, descending: self.sort.descending(), place };
        if self.heap.len() < self.depth {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }

    /// The rows of the page, in its order.
    pub(super) fn finish(self) -> Vec<Place> {
        if self.sort.by == SortBy::Relevance {
            return self.in_order;
        }
        let skip = usize::try_from(self.skip).unwrap_or(usize::MAX);
        self.heap.into_sorted_vec().into_iter().skip(skip).map(|candidate| candidate.place).collect()
    }
}
