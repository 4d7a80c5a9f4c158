use super::problem::ApiError;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use blastline_jobs::error_code::ErrorCode;

/// What the page may load: itself only. Its component library writes style elements, hence the one exception.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// Headers of every answer.
pub async fn harden(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    if is_api && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Lets only the host invoke functions: what came through its HTTP proxy carries these headers, what the host itself
/// makes does not.
pub async fn only_the_host(request: Request, next: Next) -> Response {
    let headers = request.headers();
    if headers.contains_key("x-forwarded-for") || headers.contains_key("x-ms-invocation-id") {
        let detail = "Functions are started by their triggers, not from outside.";
        return ApiError::new(ErrorCode::Forbidden, detail).into_response();
    }
    next.run(request).await
}
