//! Which hits, in which order, which page.
//!
//! A filter speaks of *hits* (a query and a subject), by the subject's best alignment, which BLAST+ lists first. A
//! list of alignments and an export give all alignments of the hits that pass, so that an export holds exactly
//! what the table of hits shows.

use super::cells::{Texts, floats, ints, texts};
use super::error::{HitResult, HitStoreError};
use super::limits::{PAGE_SIZE, SORT_ROWS};
use arrow_array::{Array, Float64Array, Int64Array, RecordBatch};

/// Which hits. Empty: all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Position of the query, 0-based.
    pub query: Option<u64>,
    /// Rank of the subject among the query's hits, 0-based.
    pub rank: Option<u64>,
    /// Subject accession, exactly.
    pub subject_id: Option<String>,
    /// Text in the organism's name, any case.
    pub organism: Option<String>,
    /// Least identity of the best alignment, in percent.
    pub min_identity: Option<f64>,
    /// Greatest identity of the best alignment, in percent.
    pub max_identity: Option<f64>,
    /// Least bit score of the best alignment.
    pub min_bitscore: Option<f64>,
    /// Greatest E-value of the best alignment.
    pub max_evalue: Option<f64>,
    /// Least share of the query that all alignments cover, in percent.
    pub min_query_cover: Option<f64>,
}

impl Filter {
    /// Whether all hits of the query (or of all queries) pass.
    pub fn passes_all(&self) -> bool {
        *self == Self { query: self.query, ..Self::default() }
    }
}

/// What to sort by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortBy {
    /// BLAST+'s order: queries as given, subjects as ranked.
    #[default]
    Relevance,
    /// E-value, least first.
    Evalue,
    /// Bit score, greatest first.
    Bitscore,
    /// Identity, greatest first.
    Identity,
    /// Share of the query covered, greatest first.
    QueryCover,
    /// Length of the alignment, greatest first.
    Length,
    /// Subject accession, in byte order.
    Subject,
}

/// An order. Equal rows stay in BLAST+'s order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sort {
    /// What to sort by.
    pub by: SortBy,
    /// Direction; what is best first when left out. By relevance it means nothing.
    pub direction: Option<Direction>,
}

/// A direction of sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Least first.
    Ascending,
    /// Greatest first.
    Descending,
}

impl Sort {
    /// Whether the greatest comes first.
    pub(super) fn descending(self) -> bool {
        match self.direction {
            Some(direction) => direction == Direction::Descending,
            None => match self.by {
                SortBy::Relevance | SortBy::Evalue | SortBy::Subject => false,
                SortBy::Bitscore | SortBy::Identity | SortBy::QueryCover | SortBy::Length => true,
            },
        }
    }

    /// The column that it reads.
    pub(super) fn column(self) -> Option<&'static str> {
        match self.by {
            SortBy::Relevance => None,
            SortBy::Evalue => Some("evalue"),
            SortBy::Bitscore => Some("bitscore"),
            SortBy::Identity => Some("pident"),
            SortBy::QueryCover => Some("qcovs"),
            SortBy::Length => Some("length"),
            SortBy::Subject => Some("saccver"),
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// 1-based number; 0 means 1.
    pub number: u64,
    /// Rows, 1 to [`PAGE_SIZE`]; others are brought into that range.
    pub size: u64,
}

impl Page {
    /// Rows before the page, and rows of it.
    pub(super) fn window(self) -> (u64, u64) {
        let size = self.size.clamp(1, PAGE_SIZE);
        (self.number.max(1).saturating_sub(1).saturating_mul(size), size)
    }

    /// Number of pages of this size for so many rows, at least 1.
    pub fn of(self, rows: u64) -> u64 {
        rows.div_ceil(self.size.clamp(1, PAGE_SIZE)).max(1)
    }

    /// Rows that a sort has to keep for this page.
    pub(super) fn depth(self) -> HitResult<u64> {
        let (skip, take) = self.window();
        let row = skip.saturating_add(take);
        if row > SORT_ROWS {
            return Err(HitStoreError::TooDeep { row, limit: SORT_ROWS });
        }
        Ok(row)
    }
}

/// Tests the first alignments of hits of a batch.
pub(super) struct Matcher<'f> {
    filter: &'f Filter,
    organism: Option<(Texts, Vec<Option<bool>>, String)>,
    subject: Option<Texts>,
    rank: Option<Int64Array>,
    identity: Option<Float64Array>,
    bitscore: Option<Float64Array>,
    evalue: Option<Float64Array>,
    cover: Option<Int64Array>,
}

impl<'f> Matcher<'f> {
    /// The columns that a filter reads, besides the query.
    pub(super) fn columns(filter: &Filter) -> Vec<&'static str> {
        let mut columns = Vec::new();
        let mut need = |wanted: bool, name| {
            if wanted {
                columns.push(name);
            }
        };
        need(filter.rank.is_some(), "subject_rank");
        need(filter.subject_id.is_some(), "saccver");
        need(filter.organism.is_some(), "organism");
        need(filter.min_identity.is_some() || filter.max_identity.is_some(), "pident");
        need(filter.min_bitscore.is_some(), "bitscore");
        need(filter.max_evalue.is_some(), "evalue");
        need(filter.min_query_cover.is_some(), "qcovs");
        columns
    }

    pub(super) fn new(filter: &'f Filter, batch: &RecordBatch) -> HitResult<Self> {
        let identity = filter.min_identity.is_some() || filter.max_identity.is_some();
        let organism = match &filter.organism {
            Some(text) => {
                let names = texts(batch, "organism")?;
                let known = vec![None; names.entries()];
                Some((names, known, text.to_lowercase()))
            }
            None => None,
        };
        Ok(Self {
            filter,
            organism,
            subject: filter.subject_id.as_ref().map(|_| texts(batch, "saccver")).transpose()?,
            rank: filter.rank.map(|_| ints(batch, "subject_rank")).transpose()?,
            identity: identity.then(|| floats(batch, "pident")).transpose()?,
            bitscore: filter.min_bitscore.map(|_| floats(batch, "bitscore")).transpose()?,
            evalue: filter.max_evalue.map(|_| floats(batch, "evalue")).transpose()?,
            cover: filter.min_query_cover.map(|_| ints(batch, "qcovs")).transpose()?,
        })
    }

    /// Whether the hit passes whose first alignment is this row.
    pub(super) fn passes(&mut self, row: usize) -> bool {
        let filter = self.filter;
        let float = |cells: &Option<Float64Array>| cells.as_ref().map(|c| c.value(row));
        let at_least = |value: Option<f64>, bound: Option<f64>| match (value, bound) {
            (Some(value), Some(bound)) => value >= bound,
            _ => true,
        };
        let at_most = |value: Option<f64>, bound: Option<f64>| match (value, bound) {
            (Some(value), Some(bound)) => value <= bound,
            _ => true,
        };
        #[expect(clippy::cast_precision_loss, reason = "a percentage")]
        let cover = self.cover.as_ref().map(|c| if c.is_null(row) { f64::NAN } else { c.value(row) as f64 });
        let rank = self.rank.as_ref().and_then(|c| u64::try_from(c.value(row)).ok());
        at_least(float(&self.identity), filter.min_identity)
            && at_most(float(&self.identity), filter.max_identity)
            && at_least(float(&self.bitscore), filter.min_bitscore)
            && at_most(float(&self.evalue), filter.max_evalue)
            && at_least(cover, filter.min_query_cover)
            && (filter.rank.is_none() || rank == filter.rank)
            && self.subject.as_ref().is_none_or(|s| s.get(row) == filter.subject_id.as_deref())
            && self.organism_passes(row)
    }

    /// Each name of the dictionary is looked at once.
    fn organism_passes(&mut self, row: usize) -> bool {
        let Some((names, known, wanted)) = &mut self.organism else { return true };
        let Some(key) = names.key(row) else { return false };
        let Some(answer) = known.get_mut(key) else { return false };
        *answer.get_or_insert_with(|| {
            names.get(row).is_some_and(|name| name.to_lowercase().contains(wanted.as_str()))
        })
    }
}
