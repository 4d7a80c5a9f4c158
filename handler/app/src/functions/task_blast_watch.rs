use super::{FunctionError, Invocation, answer};
use crate::world::World;
use axum::extract::State;
use axum::response::Response;
use blastline_engine::elastic::watch;
use blastline_jobs::message::WatchMessage;
use std::sync::Arc;
use tracing::Instrument;

/// Function `task-blast-watch`.
pub async fn invoke(
    State(app): State<Arc<World>>,
    invocation: Invocation,
) -> Result<Response, FunctionError> {
    let trigger = invocation.queue::<WatchMessage>()?;
    let (message, delivery) = (&trigger.message, &trigger.delivery);
    let span = tracing::info_span!("look", job_id = %message.job_id, look = message.look);
    span.in_scope(|| tracing::info!(dequeue_count = delivery.dequeue_count, "task-blast-watch"));
    Ok(answer(watch(&app.deps, message, delivery).instrument(span).await?))
}
