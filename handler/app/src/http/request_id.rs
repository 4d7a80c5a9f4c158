use super::problem::write_problem;
use axum::extract::{FromRequestParts, Request};
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use std::convert::Infallible;
use std::time::Instant;

/// Number of a request: the host's invocation id where there is one.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Gives a request its number, writes it on the answer and into its problem, and logs the request when it is answered.
pub async fn number_requests(mut request: Request, next: Next) -> Response {
    let given = request.headers().get("x-ms-invocation-id").and_then(|value| value.to_str().ok());
    let fine =
        given.filter(|id| id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    let id = fine.map_or_else(|| hex::encode(rand::random::<[u8; 16]>()), str::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = Instant::now();
    let mut response = write_problem(next.run(request).await, &id);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let elapsed_ms = started.elapsed().as_millis();
    let status = response.status().as_u16();
    if path.starts_with("/api/") {
        tracing::info!(%method, path, status, elapsed_ms, request_id = id, "request");
    }
    response
}

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self(String::new())))
    }
}
