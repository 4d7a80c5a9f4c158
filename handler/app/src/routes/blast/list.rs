use super::cursor::read_cursor;
use crate::api::jobs::JobList;
use crate::http::{ApiError, ApiResult, Caller, Params, RequestId};
use crate::routes::shape::{meta, summary};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::state::Status;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Jobs of a page when nothing is said.
const DEFAULT_LIMIT: u64 = 50;
/// Most jobs of a page.
const MAX_LIMIT: u64 = 200;

/// Which jobs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Jobs of a page, 1 to 200; 50 when left out.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only jobs of this status.
    pub status: Option<String>,
}

/// Lists the caller's jobs, newest first.
#[utoipa::path(get, path = "/api/blast/jobs", tag = "searches", params(ListParams),
    responses((status = 200, body = JobList), (status = 400, body = crate::api::problem::Problem)))]
pub async fn list(
    State(app): State<Arc<World>>,
    caller: Caller,
    RequestId(request_id): RequestId,
    Params(params): Params<ListParams>,
) -> ApiResult<Json<JobList>> {
    let limit = params.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ApiError::new(ErrorCode::InvalidParameter, "`limit` has to be from 1 to 200."));
    }
    let from = params.cursor.as_deref().map(read_cursor).transpose()?;
    if let Some(cursor) = &from
        && !app.deps.index().has(&caller.owner, cursor).await?
    {
        return Err(ApiError::new(ErrorCode::InvalidCursor, "This cursor was not given out here."));
    }
    let status = params.status.as_deref().filter(|text| !text.is_empty()).map(|text| {
        let known = text.parse::<Status>().ok().filter(|status| *status != Status::Deleted);
        known.ok_or_else(|| {
            let detail = "`status` has to be queued, running, completed, failed or cancelled.";
            ApiError::new(ErrorCode::InvalidParameter, detail)
        })
    });
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let page = app.deps.index().page(&caller.owner, from, limit, status.transpose()?).await?;
    Ok(Json(JobList {
        jobs: page.jobs.iter().map(summary).collect(),
        has_more: page.next.is_some(),
        next_cursor: page.next,
        meta: meta(&request_id),
    }))
}
