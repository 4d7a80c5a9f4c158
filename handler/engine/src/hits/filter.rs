//! Which hits, in which order, which page.
//!
//! A filter speaks of *hits* (a query and a subject), by the subject's best alignment, which BLAST+ lists first. A
//! list of alignments and an export give all alignments of the hits that pass, so that an export holds exactly
//! what the table of hits shows.

use super::error::{HitResult, HitStoreError};
use super::limits::{PAGE_SIZE, SORT_ROWS};

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
