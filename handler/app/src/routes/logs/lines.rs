use crate::api::logs::{LogLine, LogLines};
use crate::http::{ApiError, ApiResult, OwnedJob, Params};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_engine::logs::{LogPage, MAX_PAGE_LINES, page};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::logs::LogSource;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LineParams {
    /// `<pod>/<container>` or `<pod>/<container>/<attempt>`, as the targets are named.
    pub target: String,
    /// Number of the first line, from 0; 0 when left out.
    pub from: Option<u64>,
    /// 1 to 5,000; 1,000 when left out. A page holds at most four mebibytes, so it may be shorter.
    pub limit: Option<u64>,
}

/// Lines when no number is given.
const USUAL_LINES: u64 = 1_000;

/// Stored lines of one target, by their numbers.
#[utoipa::path(get, operation_id = "log_lines", path = "/api/blast/jobs/{id}/logs", tag = "logs",
    params(("id" = String, Path, description = "The job"), LineParams),
    responses((status = 200, body = LogLines), (status = 400, body = crate::api::problem::Problem),
        (status = 404, body = crate::api::problem::Problem)))]
pub async fn lines(
    State(app): State<Arc<World>>,
    job: OwnedJob,
    Params(params): Params<LineParams>,
) -> ApiResult<Json<LogLines>> {
    let names = LogSource::parse_name(&params.target).map_err(|_| {
        let detail = "`target` has to be <pod>/<container> or <pod>/<container>/<attempt>, in names that Kubernetes takes.";
        ApiError::new(ErrorCode::InvalidParameter, detail)
    })?;
    let limit = params.limit.unwrap_or(USUAL_LINES);
    if !(1..=MAX_PAGE_LINES).contains(&limit) {
        let detail = format!("`limit` has to be from 1 to {MAX_PAGE_LINES}.");
        return Err(ApiError::new(ErrorCode::InvalidParameter, detail));
    }
    let from = params.from.unwrap_or(0);
    let found = page(app.deps.blobs.as_ref(), &job.row.id, names, from, limit).await?;
    let missing =
        || ApiError::new(ErrorCode::NotFound, "No log of that container is stored for this search.");
    let LogPage { events, total, ended } = found.ok_or_else(missing)?;
    let behind = events.last().map_or(from, |event| event.index + 1);
    let lines = events.into_iter().map(|event| LogLine {
        id: event.id,
        index: event.index,
        ts: event.ts,
        stream: event.stream.into_owned(),
        line: event.line,
    });
    Ok(Json(LogLines {
        target: params.target.clone(),
        from,
        lines: lines.collect(),
        next: (behind < total).then_some(behind),
        total,
        ended,
    }))
}
