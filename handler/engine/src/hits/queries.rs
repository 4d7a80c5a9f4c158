//! The list of queries with their best hits.

use super::cells::{count, floats, ints, optional, strings};
use super::error::{HitResult, HitStoreError};
use super::filter::Page;
use super::reader::{Kind, ParquetHitReader};
use super::scan::Scan;
use super::source::Budget;
use arrow_array::{Array, RecordBatch};
use std::ops::Range;
use std::sync::Arc;

/// A query with its best hit.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryLine {
    /// Position in the input, 0-based.
    pub query: u64,
    /// Name.
    pub id: String,
    /// Rest of the defline.
    pub title: String,
    /// Length in letters.
    pub letters: u64,
    /// Subjects hit.
    pub hits: u64,
    /// Alignments (HSPs).
    pub alignments: u64,
    /// Best hit, where there is one.
    pub best: Option<BestHit>,
}

/// The best hit of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct BestHit {
    /// Subject accession.
    pub subject_id: String,
    /// Subject title.
    pub title: String,
    /// Organism, where known.
    pub organism: Option<String>,
    /// Bit score.
    pub bitscore: f64,
    /// E-value as BLAST+ prints it.
    pub evalue: String,
    /// Identical columns in percent.
    pub identity: f64,
}

/// A page of queries, in input order.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryPage {
    /// The queries.
    pub queries: Vec<QueryLine>,
    /// Queries whose result is there.
    pub total: u64,
    /// Of these, without hits.
    pub without_hits: u64,
}

/// All columns of the queries file.
const COLUMNS: &[&str] = &[
    "query",
    "hits",
    "alignments",
    "id",
    "title",
    "letters",
    "best_subject",
    "best_title",
    "best_organism",
    "best_bitscore",
    "best_evalue_text",
    "best_pident",
];

/// The rows of a batch with all columns.
pub(super) fn lines(batch: &RecordBatch) -> HitResult<Vec<QueryLine>> {
    let whole = |name| ints(batch, name);
    let (query, hits, alignments, letters) =
        (whole("query")?, whole("hits")?, whole("alignments")?, whole("letters")?);
    let (id, title) = (strings(batch, "id")?, strings(batch, "title")?);
    let (subject, subject_title) = (strings(batch, "best_subject")?, strings(batch, "best_title")?);
    let (organism, evalue) = (strings(batch, "best_organism")?, strings(batch, "best_evalue_text")?);
    let (bitscore, identity) = (floats(batch, "best_bitscore")?, floats(batch, "best_pident")?);
    let line = |row| QueryLine {
        query: count(&query, row),
        id: id.value(row).to_owned(),
        title: title.value(row).to_owned(),
        letters: count(&letters, row),
        hits: count(&hits, row),
        alignments: count(&alignments, row),
        best: (!subject.is_null(row)).then(|| BestHit {
            subject_id: subject.value(row).to_owned(),
            title: optional(&subject_title, row).unwrap_or_default(),
            organism: optional(&organism, row),
            bitscore: bitscore.value(row),
            evalue: optional(&evalue, row).unwrap_or_default(),
            identity: identity.value(row),
        }),
    };
    Ok((0..batch.num_rows()).map(line).collect())
}

impl ParquetHitReader {
    /// A page of queries.
    pub(super) async fn query_page(&self, page: Page, without_hits: bool) -> HitResult<QueryPage> {
        let totals = self.sums();
        let (mut skip, mut take) = page.window();
        let budget = Self::budget();
        let mut queries = Vec::new();
        for part in 0..self.parts.len() {
            let counts = *self.parts[part].counts();
            let here = if without_hits { counts.queries_without_hits } else { counts.queries };
            if take == 0 {
                break;
            }
            if skip >= here {
                skip -= here;
                continue;
            }
            let wanted = take.min(here - skip);
            let ranges = if without_hits {
                self.rows_without_hits(part, skip, wanted, &budget).await?
            } else {
                std::iter::once(skip..skip + wanted).collect()
            };
            queries.extend(self.query_lines(part, ranges, &budget).await?);
            take -= wanted;
            skip = 0;
        }
        Ok(QueryPage { queries, total: totals.queries, without_hits: totals.queries_without_hits })
    }

    /// One query.
    pub(super) async fn query_line(&self, query: u64, budget: &Arc<Budget>) -> HitResult<QueryLine> {
        let Some(part) = self.parts_of(Some(query)).next() else {
            return Err(HitStoreError::UnknownQuery { query });
        };
        let row = query - self.parts[part].counts().first_query;
        let range = std::iter::once(row..row + 1).collect();
        let line = self.query_lines(part, range, budget).await?.pop();
        let found = line.as_ref().map(|line| line.query);
        match line {
            Some(line) if line.query == query => Ok(line),
            // The part says that it holds the query.
            _ => {
                let file = self.file(part, Kind::Queries).await?;
                Err(file.source.corrupt(format!("{found:?} stands at the place of query {query}")))
            }
        }
    }

    async fn query_lines(
        &self,
        part: usize,
        ranges: Vec<Range<u64>>,
        budget: &Arc<Budget>,
    ) -> HitResult<Vec<QueryLine>> {
        let mut scan = self.query_scan(part, ranges, budget).await?;
        let mut found = Vec::new();
        while let Some(rows) = scan.next().await? {
            found.extend(lines(&rows.batch)?);
        }
        Ok(found)
    }

    /// A read of whole rows of the queries file.
    pub(super) async fn query_scan(
        &self,
        part: usize,
        ranges: Vec<Range<u64>>,
        budget: &Arc<Budget>,
    ) -> HitResult<Scan> {
        let file = self.file(part, Kind::Queries).await?;
        Scan::new(file, COLUMNS, ranges, budget.clone()).await
    }

    /// Rows of queries without hits, `skip` of them left out.
    async fn rows_without_hits(
        &self,
        part: usize,
        mut skip: u64,
        wanted: u64,
        budget: &Arc<Budget>,
    ) -> HitResult<Vec<Range<u64>>> {
        let file = self.file(part, Kind::Queries).await?;
        let all = std::iter::once(0..file.rows()).collect();
        let mut scan = Scan::new(file, &["hits"], all, budget.clone()).await?;
        let mut found = Vec::new();
        while let Some(rows) = scan.next().await? {
            let hits = ints(&rows.batch, "hits")?;
            for (row, position) in rows.positions().enumerate() {
                if hits.value(row) != 0 {
                    continue;
                }
                if skip > 0 {
                    skip -= 1;
                } else if (found.len() as u64) < wanted {
                    found.push(position..position + 1);
                }
            }
            if found.len() as u64 >= wanted {
                break;
            }
        }
        Ok(found)
    }
}
