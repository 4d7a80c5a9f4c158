use crate::api::logs::{LogTarget, LogTargets};
use crate::http::{ApiResult, OwnedJob};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_engine::logs::Shelf;
use std::sync::Arc;

/// What of a search has stored logs. No cluster is asked; the stream of events tells of containers that began just now.
#[utoipa::path(get, operation_id = "log_targets", path = "/api/blast/jobs/{id}/logs/targets", tag = "logs",
    params(("id" = String, Path, description = "The job")),
    responses((status = 200, body = LogTargets), (status = 404, body = crate::api::problem::Problem)))]
pub async fn targets(State(app): State<Arc<World>>, job: OwnedJob) -> ApiResult<Json<LogTargets>> {
    let shelf = Shelf::list(app.deps.blobs.as_ref(), &job.row.id).await?;
    let shape =
        |(source, stored): (&blastline_jobs::logs::LogSource, &blastline_engine::logs::Stored)| LogTarget {
            target: source.name(),
            step: source.step.as_str().to_owned(),
            pod: source.pod.clone(),
            container: source.container.clone(),
            attempt: source.attempt,
            lines: stored.lines(),
            ended: stored.ended,
        };
    Ok(Json(LogTargets { targets: shelf.sources.iter().map(shape).collect() }))
}
