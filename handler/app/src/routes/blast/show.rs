use super::parts::job_parts;
use crate::api::jobs::{Job, JobElastic, JobPayload, JobQueue};
use crate::api::preflight::QueryStats;
use crate::http::{ApiResult, OwnedJob};
use crate::routes::shape::{moment, option_values, outfmt_choice, output, progress, steps, summary};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_blast::command::{cluster_command_line, command_line};
use blastline_blast::elastic::{ElasticOptions, ElasticOutfmt};
use blastline_blast::options::SearchOptions;
use blastline_engine::error::EngineResult;
use blastline_engine::serverless::estimate;
use blastline_jobs::rows::{ElasticState, JobRow};
use std::sync::Arc;

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
            command_line: match &row.elastic {
                Some(state) => on_cluster(&payload.search, &state.outfmt, &database),
                None => command_line(payload.search.program(), &payload.search, &database, "queries.fa"),
            },
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
        output: output(&row),
        steps: steps(row.progress.as_ref()),
        parts: job_parts(&row, chunks, estimate.parts),
        queue: queue(&app, &row).await?,
        elastic: row.elastic.as_ref().map(elastic),
        blast_version: Some(row.blast_version.clone()).filter(|version| !version.is_empty()),
        warnings: row.warnings.clone(),
        remaining_seconds: estimate.remaining.map(|left| left.as_secs()),
    }))
}

/// The command that each batch of a search is run with on a cluster; empty where it cannot be told.
pub(super) fn on_cluster(search: &SearchOptions, outfmt: &str, database: &str) -> String {
    let options =
        ElasticOutfmt::parse(outfmt).ok().and_then(|outfmt| ElasticOptions::of_search(search, &outfmt).ok());
    let command = |options| cluster_command_line(search.program(), &options, database, "queries.fa");
    options.map(command).unwrap_or_default()
}

/// The line in front of its cluster, while a search stands there.
async fn queue(app: &World, row: &JobRow) -> EngineResult<Option<JobQueue>> {
    let Some(state) = row.elastic.as_ref().filter(|_| row.phase.is_waiting()) else { return Ok(None) };
    let (line, cluster) = tokio::try_join!(async { app.deps.slots().line(&state.cluster).await }, async {
        app.deps.cluster_rows().get(&state.cluster).await
    })?;
    Ok(Some(JobQueue {
        position: (1..).zip(&line).find(|(_, slot)| slot.job == row.id).map(|(place, _)| place),
        running: cluster.map_or(0, |cluster| cluster.running),
        queued: line.len() as u64,
    }))
}

fn elastic(state: &ElasticState) -> JobElastic {
    JobElastic {
        cluster_name: state.cluster.clone(),
        elastic_blast_job_id: state.blast_job_id.clone(),
        batches: state.batches,
        attempt: state.attempt,
        left: state.left,
        waiting_since: state.waiting_since.map(moment),
        next_look_at: state.next_look_at.map(moment),
        seen_at: state.seen_at.map(moment),
        outfmt: ElasticOutfmt::parse(&state.outfmt).ok().as_ref().map(outfmt_choice),
    }
}
