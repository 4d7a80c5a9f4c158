//! The batches that ElasticBLAST cuts a query into, planned here by the same rule, as rows of `jobchunks`.

use super::paths::ElasticPaths;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::query::QueryIndex;
use blastline_blast::elastic::{BatchPlan, Blanks};
use blastline_blast::plan::Part;
use blastline_jobs::names::Table;
use blastline_jobs::ports::BatchOp;
use blastline_jobs::rows::{ChunkRow, JobRow};
use std::collections::BTreeSet;

/// Rows written in one call.
const ROWS_A_CALL: usize = 100;

/// A batch and where it lies in the stored query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PlannedBatch {
    number: u32,
    part: Part,
    offset: u64,
    bytes: u64,
    blanks: u64,
}

/// Where the queries of a search lie in what is stored, as its index tells: read once for everything that is made of it.
pub(super) struct QueryPlaces(Vec<Place>);

/// A query.
struct Place {
    letters: u64,
    /// Bytes where it begins and ends.
    from: u64,
    to: u64,
}

impl QueryPlaces {
    /// Reads all of them.
    pub async fn read(deps: &Deps, row: &JobRow) -> EngineResult<Self> {
        let mut places = Vec::new();
        while (places.len() as u64) < row.queries_total {
            let window = QueryIndex::read(deps.blobs.as_ref(), row, places.len() as u64).await?;
            let entries = window.entries().iter();
            places.extend(entries.map(|e| Place {
                letters: e.letters,
                from: e.offset,
                to: e.offset + e.bytes,
            }));
        }
        Ok(Self(places))
    }

    /// Their lengths, in letters.
    pub fn lengths(&self) -> Vec<u64> {
        self.0.iter().map(|place| place.letters).collect()
    }

    /// The batches of a search for the batch length that was decided.
    fn plan(&self, row: &JobRow) -> Vec<PlannedBatch> {
        let letters = row.elastic.as_ref().map_or(0, |state| state.batch_letters);
        let place = |ordinal: u64| usize::try_from(ordinal).ok().and_then(|place| self.0.get(place));
        let plan = BatchPlan::with_batch_len(row.program, &self.lengths(), letters);
        let planned = (0..).zip(plan.batches.iter().enumerate()).filter_map(|(number, (batch, part))| {
            let (first, last) = (place(part.first)?, place((part.first + part.count).checked_sub(1)?)?);
            let (offset, bytes) = (first.from, last.to - first.from);
            Some(PlannedBatch { number, part: *part, offset, bytes, blanks: plan.blanks(batch) })
        });
        planned.collect()
    }

    /// What the stored query needs so that ElasticBLAST cuts it into these batches: blanks before the line ends of some.
    pub fn blanks(&self, row: &JobRow) -> Vec<Blanks> {
        let planned = self.plan(row).into_iter().filter(|planned| planned.blanks > 0);
        planned.map(|batch| Blanks { at: batch.offset + batch.bytes - 1, count: batch.blanks }).collect()
    }
}

/// Writes the rows of all batches; those that are there already stay as they are.
pub(super) async fn write_rows(deps: &Deps, row: &JobRow, paths: &ElasticPaths) -> EngineResult<u64> {
    let planned = QueryPlaces::read(deps, row).await?.plan(row);
    let there: BTreeSet<u64> =
        deps.chunks().list_light(&row.id).await?.iter().map(|c| c.first_query).collect();
    let now = deps.clock.now();
    let missing = planned.iter().filter(|planned| !there.contains(&planned.part.first));
    let rows: Vec<ChunkRow> = missing
        .map(|planned| {
            let source = paths.batch_result(planned.number);
            let range = (planned.offset, planned.bytes);
            ChunkRow::on_cluster(&row.id, &planned.part, range, planned.number.into(), &source, now)
        })
        .collect();
    for some in rows.chunks(ROWS_A_CALL) {
        let ops: Vec<_> = some.iter().map(|row| BatchOp::Insert(row.to_entity())).collect();
        match deps.tables.batch(Table::JobChunks, row.id.as_str(), &ops).await {
            Ok(()) => {}
            // Another look writes the same rows; one after the other then, each created once.
            Err(error) if error.is_conflict() => {
                for row in some {
                    deps.chunks().insert(row).await?;
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(planned.len() as u64)
}
