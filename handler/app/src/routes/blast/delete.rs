use crate::api::jobs::JobChange;
use crate::http::{ApiResult, OwnedJob};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_engine::serverless::delete_job;
use std::sync::Arc;

/// Takes a search that has ended out of sight.
#[utoipa::path(delete, path = "/api/blast/jobs/{id}", tag = "searches",
    params(("id" = String, Path, description = "The job")),
    responses((status = 200, body = JobChange), (status = 404, body = crate::api::problem::Problem),
        (status = 409, body = crate::api::problem::Problem)))]
pub async fn delete(State(app): State<Arc<World>>, job: OwnedJob) -> ApiResult<Json<JobChange>> {
    let id = &job.row.id;
    delete_job(&app.deps, id).await?;
    Ok(Json(JobChange { job_id: id.to_string(), task_id: id.to_string(), status: "deleted".to_owned() }))
}
