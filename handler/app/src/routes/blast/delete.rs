use crate::api::jobs::JobChange;
use crate::http::{ApiResult, OwnedJob};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::state::{EventName, HistoryEvent, Phase};
use std::sync::Arc;

/// Takes a search that has ended out of sight.
#[utoipa::path(delete, path = "/api/blast/jobs/{id}", tag = "searches",
    params(("id" = String, Path, description = "The job")),
    responses((status = 200, body = JobChange), (status = 404, body = crate::api::problem::Problem),
        (status = 409, body = crate::api::problem::Problem)))]
pub async fn delete(State(app): State<Arc<World>>, job: OwnedJob) -> ApiResult<Json<JobChange>> {
    let id = &job.row.id;
    let now = app.deps.clock.now();
    app.deps
        .jobs()
        .update(id, |row| {
            if !row.status().is_terminal() {
                let detail = "A search that still runs cannot be deleted.";
                return Err(Fault::new(ErrorCode::JobStillActive, detail).into());
            }
            let first = row.phase != Phase::Deleted;
            if first {
                row.enter(Phase::Deleted, now)?;
            }
            Ok(first)
        })
        .await?;
    app.deps.history().append(&HistoryEvent::once(id, &EventName::Phase(Phase::Deleted), now)).await?;
    Ok(Json(JobChange { job_id: id.to_string(), task_id: id.to_string(), status: "deleted".to_owned() }))
}
