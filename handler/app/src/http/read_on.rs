use axum::Error;
use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures::{Stream, StreamExt};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout;

/// How long the rest of a body is read after its answer. The host sends at most 100 MiB, from the same machine.
const LONGEST: Duration = Duration::from_secs(10);

/// Reads the rest of a body whose request was answered before its end, for example because it is too large. A connection
/// that is closed while the host still sends is a broken one to it, and the client would see that in place of the answer.
pub async fn read_on(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = Shared(Arc::new(Mutex::new(body.into_data_stream())));
    let mut rest = body.clone();
    let response = next.run(Request::from_parts(parts, Body::from_stream(body))).await;
    tokio::spawn(timeout(LONGEST, async move { while let Some(Ok(_)) = rest.next().await {} }));
    response
}

/// One body for whoever reads it next.
#[derive(Clone)]
struct Shared(Arc<Mutex<BodyDataStream>>);

impl Stream for Shared {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(context)
    }
}
