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

/// Lengths of all queries, in letters, with the bytes where each begins and ends.
async fn index(deps: &Deps, row: &JobRow) -> EngineResult<Vec<(u64, u64, u64)>> {
    let mut entries = Vec::new();
    while (entries.len() as u64) < row.queries_total {
        let window = QueryIndex::read(deps.blobs.as_ref(), row, entries.len() as u64).await?;
        entries.extend(window.entries().iter().map(|e| (e.letters, e.offset, e.offset + e.bytes)));
    }
    Ok(entries)
}

/// The lengths of all queries, in letters.
pub(super) async fn lengths(deps: &Deps, row: &JobRow) -> EngineResult<Vec<u64>> {
    Ok(index(deps, row).await?.into_iter().map(|(letters, ..)| letters).collect())
}

/// The batches of a query for a batch length in letters.
async fn plan(deps: &Deps, row: &JobRow, batch_letters: u64) -> EngineResult<Vec<PlannedBatch>> {
    let index = index(deps, row).await?;
    let lengths: Vec<u64> = index.iter().map(|(letters, ..)| *letters).collect();
    let place = |ordinal: u64| usize::try_from(ordinal).ok().and_then(|place| index.get(place));
    let plan = BatchPlan::with_batch_len(row.program, &lengths, batch_letters);
    let planned = (0..).zip(plan.batches.iter().enumerate()).filter_map(|(number, (batch, part))| {
        let (first, last) = (place(part.first)?, place((part.first + part.count).checked_sub(1)?)?);
        let (offset, bytes) = (first.1, last.2 - first.1);
        Some(PlannedBatch { number, part: *part, offset, bytes, blanks: plan.blanks(batch) })
    });
    Ok(planned.collect())
}

/// What the stored query needs so that ElasticBLAST cuts it into these batches: blanks before the line ends of some.
pub(super) async fn blanks(deps: &Deps, row: &JobRow) -> EngineResult<Vec<Blanks>> {
    let letters = row.elastic.as_ref().map_or(0, |state| state.batch_letters);
    let planned = plan(deps, row, letters).await?;
    let needed = planned.iter().filter(|planned| planned.blanks > 0);
    Ok(needed.map(|batch| Blanks { at: batch.offset + batch.bytes - 1, count: batch.blanks }).collect())
}

/// Writes the rows of all batches; those that are there already stay as they are.
pub(super) async fn write_rows(deps: &Deps, row: &JobRow, paths: &ElasticPaths) -> EngineResult<u64> {
    let letters = row.elastic.as_ref().map_or(0, |state| state.batch_letters);
    let planned = plan(deps, row, letters).await?;
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
