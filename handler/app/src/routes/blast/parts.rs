use crate::api::jobs::{JobParts, PartCell, PartList};
use crate::http::{ApiError, ApiResult, OwnedJob, Params};
use crate::routes::shape::moment;
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_engine::serverless::Tally;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::rows::{ChunkRow, ChunkState, JobRow};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Parts that are listed one by one in a job; above that each is a letter of a map.
const MAX_CELLS: usize = 400;
/// Parts of a page when nothing is said.
const DEFAULT_LIMIT: u64 = 100;
/// Most parts of a page.
const MAX_LIMIT: u64 = 1000;

/// Which parts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PartParams {
    /// Number of the first part, from 0.
    pub from: Option<u64>,
    /// Parts of a page, 1 to 1000; 100 when left out.
    pub limit: Option<u64>,
}

/// The parts of a search in order: state, machine, times, attempts.
#[utoipa::path(get, path = "/api/blast/jobs/{id}/parts", tag = "searches",
    params(("id" = String, Path, description = "The job"), PartParams),
    responses((status = 200, body = PartList), (status = 400, body = crate::api::problem::Problem),
        (status = 404, body = crate::api::problem::Problem)))]
pub async fn parts(
    State(app): State<Arc<World>>,
    job: OwnedJob,
    Params(params): Params<PartParams>,
) -> ApiResult<Json<PartList>> {
    let limit = params.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ApiError::new(ErrorCode::InvalidParameter, "`limit` has to be from 1 to 1000."));
    }
    let from = params.from.unwrap_or(0);
    let rows = app.deps.chunks().list_light(&job.row.id).await?;
    let some = (0_u64..).zip(&rows).filter(|(number, _)| (from..from.saturating_add(limit)).contains(number));
    Ok(Json(PartList { parts: some.map(|(_, row)| cell(row)).collect(), from, total: rows.len() as u64 }))
}

/// The parts as a job tells them: one by one while they are few, as a map above.
pub fn job_parts(row: &JobRow, chunks: &[ChunkRow], estimated_total: u64) -> JobParts {
    let tally = Tally::of(chunks);
    let few = chunks.len() <= MAX_CELLS;
    JobParts {
        planned: chunks.len() as u64,
        all_planned: tally.planned_to >= row.queries_total,
        estimated_total,
        done: tally.done,
        running: tally.running,
        failed: chunks.iter().filter(|chunk| chunk.state == ChunkState::Failed).count() as u64,
        cells: if few { chunks.iter().map(cell).collect() } else { Vec::new() },
        map: if few { String::new() } else { chunks.iter().map(letter).collect() },
    }
}

fn cell(chunk: &ChunkRow) -> PartCell {
    PartCell {
        first_query: chunk.first_query,
        queries: chunk.queries,
        state: chunk.state.as_str().to_owned(),
        batch: chunk.is_batch().then_some(chunk.batch),
        node: Some(chunk.node.clone()).filter(|node| !node.is_empty()),
        attempts: chunk.attempts,
        started_at: chunk.started_at.map(moment),
        ended_at: chunk.ended_at.map(moment),
        elapsed_ms: Some(chunk.elapsed_ms).filter(|ms| *ms > 0),
        error: chunk.fault.as_ref().map(|fault| fault.detail.clone()).filter(|detail| !detail.is_empty()),
    }
}

fn letter(chunk: &ChunkRow) -> char {
    match chunk.state {
        ChunkState::OnCluster => 'c',
        ChunkState::Ready => 'w',
        ChunkState::Done => 'd',
        ChunkState::Failed => 'x',
        ChunkState::Cancelled => 'n',
        ChunkState::Released | ChunkState::Running if chunk.attempts > 1 => 't',
        ChunkState::Running => 'r',
        ChunkState::Released if chunk.is_batch() => 'w',
        ChunkState::Released => '.',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use blastline_blast::plan::Part;
    use blastline_jobs::ids::JobId;
    use time::OffsetDateTime;

    #[test]
    fn each_state_of_a_part_has_its_letter() {
        let part = Part { first: 0, count: 1, letters: 10 };
        let id = JobId::from_random([1; 16]);
        let row = ChunkRow::on_cluster(&id, &part, (0, 10), 0, "b/x", OffsetDateTime::UNIX_EPOCH);
        let letters: String =
            ChunkState::ALL.into_iter().map(|state| letter(&ChunkRow { state, ..row.clone() })).collect();
        assert_eq!(letters, "cwwrdxn");
        let again = ChunkRow { state: ChunkState::Running, attempts: 2, ..row.clone() };
        assert_eq!((letter(&again), cell(&again).batch), ('t', Some(0)));
    }
}
