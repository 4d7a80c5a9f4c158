use super::{FunctionError, Invocation, answer};
use crate::world::World;
use axum::extract::State;
use axum::response::Response;
use blastline_engine::serverless::prepare;
use blastline_jobs::message::SubmitMessage;
use std::sync::Arc;
use tracing::Instrument;

/// Function `task-blast-submit`.
pub async fn invoke(
    State(app): State<Arc<World>>,
    invocation: Invocation,
) -> Result<Response, FunctionError> {
    let trigger = invocation.queue::<SubmitMessage>()?;
    // Every line of the log on the way names the search.
    let span = tracing::info_span!("submit", job_id = %trigger.message.job_id);
    span.in_scope(|| tracing::info!(dequeue_count = trigger.delivery.dequeue_count, "task-blast-submit"));
    Ok(answer(prepare(&app.deps, &trigger.message, &trigger.delivery).instrument(span).await?))
}
