use crate::api::problem::{FieldProblem, Problem};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use blastline_engine::error::EngineError;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ports::StorageError;
use std::time::Duration;

/// A request that ends in a problem.
#[derive(Debug)]
pub struct ApiError {
    fault: Fault,
    errors: Vec<FieldProblem>,
    gates: Vec<String>,
    retry_after: Option<Duration>,
}

/// Result of a request.
pub type ApiResult<T> = Result<T, ApiError>;

/// Seconds that a client waits before it tries again when nothing better is known.
const RETRY_SECONDS: u64 = 5;

impl ApiError {
    /// A problem by code and detail.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Fault::new(code, detail).into()
    }

    /// A fault with what is wrong in each field.
    pub fn fields(fault: Fault, errors: Vec<FieldProblem>) -> Self {
        Self { errors, ..fault.into() }
    }

    /// A fault that checks found, with their ids.
    pub fn gates(fault: Fault, gates: Vec<String>) -> Self {
        Self { gates, ..fault.into() }
    }

    fn problem(&self) -> Problem {
        let code = self.fault.code;
        let wait =
            code.retryable().then(|| self.retry_after.map_or(RETRY_SECONDS, |d| d.as_secs().clamp(1, 300)));
        Problem {
            kind: format!("/api/docs/errors#{code}"),
            title: code.title().to_owned(),
            status: code.http_status(),
            code: code.as_str().to_owned(),
            detail: self.fault.detail.clone(),
            hint: Some(self.fault.hint.clone().unwrap_or_else(|| code.hint().to_owned())),
            retryable: code.retryable(),
            retry_after_seconds: wait,
            request_id: String::new(),
            errors: self.errors.clone(),
            blocking_gates: self.gates.clone(),
        }
    }
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        Self { fault, errors: Vec::new(), gates: Vec::new(), retry_after: None }
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let fault = error.fault();
        if fault.code.http_status() >= 500 {
            tracing::warn!(%error, code = %fault.code, "request failed");
        }
        Self { retry_after: error.retry_after(), ..fault.into() }
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        EngineError::from(error).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(problem);
        response
    }
}

/// Writes an answer's problem, now that the request's number is known. Answers without one pass unchanged.
pub(super) fn write_problem(mut response: Response, request_id: &str) -> Response {
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
    request_id.clone_into(&mut problem.request_id);
    let wait = problem.retry_after_seconds;
    let mut written = (response.status(), Json(problem)).into_response();
    let headers = written.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = wait {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    written
}
