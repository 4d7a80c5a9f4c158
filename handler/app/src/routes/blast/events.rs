use crate::api::jobs::{JobEvent, JobEvents};
use crate::api::options::OptionValue;
use crate::http::{ApiError, ApiResult, OwnedJob, Params};
use crate::routes::shape::moment;
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_engine::store::PastEvent;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::JobId;
use blastline_jobs::state::EventValue;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Most events of an answer.
const MAX_EVENTS: u64 = 1000;

/// How many events to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventParams {
    /// 1 to 1,000; 1,000 when left out.
    pub limit: Option<u64>,
}

/// What happened to a job, oldest first.
#[utoipa::path(get, path = "/api/blast/jobs/{id}/events", tag = "searches",
    params(("id" = String, Path, description = "The job"), EventParams),
    responses((status = 200, body = JobEvents), (status = 404, body = crate::api::problem::Problem)))]
pub async fn events(
    State(app): State<Arc<World>>,
    job: OwnedJob,
    Params(params): Params<EventParams>,
) -> ApiResult<Json<JobEvents>> {
    let limit = params.limit.unwrap_or(MAX_EVENTS);
    if !(1..=MAX_EVENTS).contains(&limit) {
        return Err(ApiError::new(ErrorCode::InvalidParameter, "`limit` has to be from 1 to 1000."));
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let events = app.deps.history().list(&job.row.id, limit).await?;
    Ok(Json(JobEvents { events: events.into_iter().map(|event| shape(&job.row.id, event)).collect() }))
}

fn shape(job: &JobId, event: PastEvent) -> JobEvent {
    let value = |value| match value {
        EventValue::Int(number) => OptionValue::Int(number),
        EventValue::Text(text) => OptionValue::Text(text),
    };
    JobEvent {
        id: event.id,
        job_id: job.to_string(),
        event: event.name,
        phase: Some(event.phase).filter(|phase| !phase.is_empty()),
        status: Some(event.status).filter(|status| !status.is_empty()),
        timestamp: moment(event.at),
        payload: event.payload.into_iter().map(|(name, given)| (name, value(given))).collect(),
    }
}
