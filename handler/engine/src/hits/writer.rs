//! Writing the hits of one part.

use super::build::{Best, HitsBuilder, QueriesBuilder, ResiduesBuilder};
use super::columns::{hits_schema, queries_schema, residues_schema};
use super::counts::{HitCounts, PartFiles};
use super::error::{HitResult, HitStoreError};
use super::limits::{BATCH_BYTES, BATCH_ROWS};
use super::out::{OutFile, file_names, hits_properties, queries_properties, residues_properties};
use super::record::{HspRecord, Origin, QueryHead, Residues};
use super::store::PartWriter;
use blastline_blast::table::Hsp;
use std::path::Path;

/// The query whose alignments are coming.
struct OpenQuery {
    query: u64,
    id: String,
    title: String,
    letters: u64,
    hits: u64,
    alignments: u64,
    last: Option<(u64, u64)>,
    best: Option<Best>,
}

/// Writes a part into three local Parquet files. Memory is bounded by a row group of each, see
/// [`super::limits`].
pub struct ParquetPartWriter {
    hits: OutFile,
    residues: OutFile,
    queries: OutFile,
    hit_rows: HitsBuilder,
    residue_rows: ResiduesBuilder,
    query_rows: QueriesBuilder,
    open: Option<OpenQuery>,
    counts: HitCounts,
}

impl ParquetPartWriter {
    /// Creates the files `hits.parquet`, `residues.parquet` and `queries.parquet` in an existing directory.
    pub fn create(dir: &Path, first_query: u64) -> HitResult<Self> {
        let [hits, residues, queries] = file_names(dir);
        let writing = |e| HitStoreError::writing(dir, e);
        Ok(Self {
            hits: OutFile::create(hits, hits_schema(), hits_properties().map_err(writing)?)?,
            residues: OutFile::create(residues, residues_schema(), residues_properties().map_err(writing)?)?,
            queries: OutFile::create(queries, queries_schema(), queries_properties().map_err(writing)?)?,
            hit_rows: HitsBuilder::new(),
            residue_rows: ResiduesBuilder::new(),
            query_rows: QueriesBuilder::new(),
            open: None,
            counts: HitCounts { first_query, ..HitCounts::default() },
        })
    }

    fn close_query(&mut self) -> HitResult<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let head = QueryHead { query: open.query, id: &open.id, title: &open.title, letters: open.letters };
        self.query_rows.push(&head, open.hits, open.alignments, open.best.as_ref());
        self.counts.queries += 1;
        self.counts.queries_without_hits += u64::from(open.hits == 0);
        self.counts.hits += open.hits;
        self.counts.alignments += open.alignments;
        if self.query_rows.rows() >= BATCH_ROWS || self.query_rows.bytes() >= BATCH_BYTES {
            self.queries.write(self.query_rows.finish())?;
        }
        Ok(())
    }
}

impl PartWriter for ParquetPartWriter {
    fn begin_query(&mut self, head: &QueryHead<'_>) -> HitResult<()> {
        self.close_query()?;
        let expected = self.counts.end_query();
        if head.query != expected {
            let detail = format!("query {} where {expected} was expected", head.query);
            return Err(HitStoreError::OutOfOrder { detail });
        }
        self.open = Some(OpenQuery {
            query: head.query,
            id: head.id.to_owned(),
            title: head.title.to_owned(),
            letters: head.letters,
            hits: 0,
            alignments: 0,
            last: None,
            best: None,
        });
        Ok(())
    }

    fn push(&mut self, row: &Hsp, origin: Origin<'_>) -> HitResult<()> {
        let Some(open) = &mut self.open else {
            return Err(HitStoreError::OutOfOrder {
                detail: "an alignment before the first query".to_owned(),
            });
        };
        let record = HspRecord::of(row, open.query, origin);
        let (hsp, residues) = (&record, Residues { qseq: &row.qseq, sseq: &row.sseq });
        let now = (hsp.subject_rank, hsp.hsp_rank);
        let follows = match open.last {
            None => now == (0, 0),
            Some((subject, rank)) => now == (subject, rank + 1) || now == (subject + 1, 0),
        };
        if !follows {
            let detail = format!("query {}: subject and alignment {now:?} after {:?}", hsp.query, open.last);
            return Err(HitStoreError::OutOfOrder { detail });
        }
        open.last = Some(now);
        open.alignments += 1;
        open.hits += u64::from(now.1 == 0);
        if open.best.is_none() {
            open.best = Some(Best::of(hsp));
        }
        self.hit_rows.push(hsp).map_err(|e| HitStoreError::writing(Path::new("hits.parquet"), e.into()))?;
        self.residue_rows.push(hsp, residues);
        if self.hit_rows.rows() >= BATCH_ROWS || self.hit_rows.bytes() >= BATCH_BYTES {
            self.hits.write(self.hit_rows.finish())?;
            self.residues.write(self.residue_rows.finish())?;
        } else if self.residue_rows.bytes() >= BATCH_BYTES {
            self.residues.write(self.residue_rows.finish())?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> HitResult<PartFiles> {
        self.close_query()?;
        self.hits.write(self.hit_rows.finish())?;
        self.residues.write(self.residue_rows.finish())?;
        self.queries.write(self.query_rows.finish())?;
        Ok(PartFiles {
            hits: self.hits.finish(&self.counts)?,
            residues: self.residues.finish(&self.counts)?,
            queries: self.queries.finish(&self.counts)?,
            counts: self.counts,
        })
    }
}
