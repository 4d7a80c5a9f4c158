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
    let mut rows = app.deps.chunks().list_light(&job.row.id).await?;
    stop_with(&job.row, &mut rows);
    let some = (0_u64..).zip(&rows).filter(|(number, _)| (from..from.saturating_add(limit)).contains(number));
    Ok(Json(PartList { parts: some.map(|(_, row)| cell(row)).collect(), from, total: rows.len() as u64 }))
}

/// What had not ended when its search did is not searched any more, whatever was seen of it last.
fn stop_with(job: &JobRow, chunks: &mut [ChunkRow]) {
    if job.status().is_terminal() {
        for chunk in chunks.iter_mut().filter(|chunk| !chunk.state.is_over()) {
            chunk.state = ChunkState::Cancelled;
        }
    }
}

/// The parts as a job tells them: one by one while they are few, as a map above.
pub fn job_parts(row: &JobRow, mut chunks: Vec<ChunkRow>, estimated_total: u64) -> JobParts {
    stop_with(row, &mut chunks);
    let tally = Tally::of(&chunks);
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
    let batch = chunk.is_batch();
    let (from, to) =
        if batch { (chunk.cluster_from, chunk.cluster_to) } else { (chunk.started_at, chunk.ended_at) };
    let there = from.zip(to).map(|(from, to)| u64::try_from((to - from).whole_milliseconds()).unwrap_or(0));
    PartCell {
        first_query: chunk.first_query,
        queries: chunk.queries,
        state: chunk.state.as_str().to_owned(),
        batch: batch.then_some(chunk.batch),
        node: Some(chunk.node.clone()).filter(|node| !node.is_empty()),
        attempts: if batch { chunk.cluster_attempts } else { chunk.attempts },
        started_at: from.map(moment),
        ended_at: to.map(moment),
        elapsed_ms: if batch { there } else { Some(chunk.elapsed_ms).filter(|ms| *ms > 0) },
        exit_code: chunk.cluster_exit.filter(|_| batch),
        error: chunk.fault.as_ref().map(|fault| fault.detail.clone()).filter(|detail| !detail.is_empty()),
    }
}

fn letter(chunk: &ChunkRow) -> char {
    let batch = chunk.is_batch();
    match chunk.state {
        ChunkState::OnCluster if !chunk.cluster_job.is_empty() => 'w',
        ChunkState::OnCluster if chunk.cluster_attempts > 1 => 't',
        ChunkState::OnCluster if chunk.cluster_from.is_some() => 'r',
        ChunkState::OnCluster => 'c',
        ChunkState::Ready => 'w',
        ChunkState::Done => 'd',
        ChunkState::Failed => 'x',
        ChunkState::Cancelled => 'n',
        ChunkState::Released | ChunkState::Running if batch => 'w',
        ChunkState::Released | ChunkState::Running if chunk.attempts > 1 => 't',
        ChunkState::Running => 'r',
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
        assert_eq!(letters, "cwwwdxn");
        let from = Some(OffsetDateTime::UNIX_EPOCH);
        let runs = ChunkRow { cluster_from: from, cluster_attempts: 1, ..row.clone() };
        let again = ChunkRow { cluster_attempts: 2, ..runs.clone() };
        let ended = ChunkRow { cluster_job: "uid".to_owned(), cluster_to: from, ..again.clone() };
        assert_eq!([&runs, &again, &ended].map(letter), ['r', 't', 'w']);
        assert_eq!(
            (cell(&ended).batch, cell(&ended).attempts, cell(&ended).elapsed_ms),
            (Some(0), 2, Some(0))
        );
        let failed = ChunkRow { state: ChunkState::Failed, cluster_exit: Some(137), ..ended };
        assert_eq!((cell(&failed).exit_code, cell(&row).exit_code), (Some(137), None));
        let here = ChunkRow { source: String::new(), ..row };
        let states = [ChunkState::Released, ChunkState::Running];
        assert_eq!(states.map(|state| letter(&ChunkRow { state, ..here.clone() })), ['.', 'r']);
    }
}
