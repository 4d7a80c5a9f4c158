//! What no other route takes: the page, and a JSON 404 below `/api/`.

use crate::http::ApiError;
use crate::world::World;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use blastline_jobs::error_code::ErrorCode;
use std::any::Any;
use std::sync::Arc;

/// Serves the page to GET and HEAD; everything else is a problem.
pub async fn fallback(State(app): State<Arc<World>>, request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return ApiError::new(ErrorCode::NotFound, "There is nothing at this address of the API.")
            .into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::new(ErrorCode::MethodNotAllowed, "The page is only read.").into_response();
    }
    app.page.answer(request.method(), path.trim_start_matches('/'), request.headers())
}

/// A known address with another method.
pub async fn method_not_allowed() -> Response {
    ApiError::new(ErrorCode::MethodNotAllowed, "This address does not take that method.").into_response()
}

/// A fault of the program: the request fails, the process lives.
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    tracing::error!(cause = text, "a request panicked");
    ApiError::new(ErrorCode::InternalError, "Something went wrong inside the program.").into_response()
}
