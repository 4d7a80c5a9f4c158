use crate::api::jobs::{Job, JobParts, JobPayload, PartCell};
use crate::api::preflight::QueryStats;
use crate::http::{ApiResult, OwnedJob};
use crate::routes::shape::{moment, option_values, progress, steps, summary};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_blast::command::command_line;
use blastline_engine::serverless::{Tally, estimate};
use blastline_jobs::rows::{ChunkRow, JobRow};
use std::sync::Arc;

/// Parts that are listed one by one; above that only their counts.
const MAX_CELLS: usize = 400;

/// One job, whole.
#[utoipa::path(get, path = "/api/blast/jobs/{id}", tag = "searches", params(("id" = String, Path, description = "The job")),
    responses((status = 200, body = Job), (status = 404, body = crate::api::problem::Problem)))]
pub async fn show(State(app): State<Arc<World>>, job: OwnedJob) -> ApiResult<Json<Job>> {
    let id = &job.row.id;
    let (state, payload, chunks) = tokio::try_join!(
        async { app.deps.jobs().state(id).await },
        async { app.deps.jobs().payload(id).await },
        async { app.deps.chunks().list_light(id).await }
    )?;
    let row = state.unwrap_or(job.row);
    let query = &payload.query;
    let database = row.databases.first().map(|database| database.name.to_string()).unwrap_or_default();
    let estimate = estimate(&row, &chunks, &app.deps.timing, app.deps.limits);
    Ok(Json(Job {
        summary: summary(&row),
        payload: JobPayload {
            options: option_values(payload.search.values()),
            command_line: command_line(payload.search.program(), &payload.search, &database, "queries.fa"),
            query: QueryStats {
                queries: query.queries,
                letters: query.letters,
                shortest: query.shortest,
                longest: query.longest,
                duplicate_ids: query.duplicate_ids,
                molecule: query.molecule.to_string(),
                gc_fraction: query.gc_fraction,
                first_id: query.first_id.clone(),
            },
        },
        custom_status: progress(&row),
        output: progress(&row),
        steps: steps(row.progress.as_ref()),
        parts: parts(&row, &chunks, estimate.parts),
        blast_version: Some(row.blast_version.clone()).filter(|version| !version.is_empty()),
        warnings: row.warnings.clone(),
        remaining_seconds: estimate.remaining.map(|left| left.as_secs()),
    }))
}

fn parts(row: &JobRow, chunks: &[ChunkRow], estimated_total: u64) -> JobParts {
    let tally = Tally::of(chunks);
    let cells = if chunks.len() > MAX_CELLS { &[] } else { chunks };
    JobParts {
        planned: chunks.len() as u64,
        all_planned: tally.planned_to >= row.queries_total,
        estimated_total,
        done: tally.done,
        running: tally.running,
        failed: chunks.iter().filter(|chunk| chunk.state.as_str() == "failed").count() as u64,
        cells: cells
            .iter()
            .map(|chunk| PartCell {
                first_query: chunk.first_query,
                queries: chunk.queries,
                state: chunk.state.as_str().to_owned(),
                batch: chunk.is_batch().then_some(chunk.batch),
                node: Some(chunk.node.clone()).filter(|node| !node.is_empty()),
                attempts: chunk.attempts,
                started_at: chunk.started_at.map(moment),
                elapsed_ms: Some(chunk.elapsed_ms).filter(|ms| *ms > 0),
            })
            .collect(),
    }
}
