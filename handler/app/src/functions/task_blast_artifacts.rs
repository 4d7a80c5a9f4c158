use super::{FunctionError, Invocation, answer};
use crate::world::World;
use axum::extract::State;
use axum::response::Response;
use blastline_engine::serverless::join_results;
use blastline_jobs::message::ArtifactsMessage;
use std::sync::Arc;
use tracing::Instrument;

/// Function `task-blast-artifacts`.
pub async fn invoke(
    State(app): State<Arc<World>>,
    invocation: Invocation,
) -> Result<Response, FunctionError> {
    let trigger = invocation.queue::<ArtifactsMessage>()?;
    // Every line of the log on the way names the search.
    let span = tracing::info_span!("artifacts", job_id = %trigger.message.job_id);
    span.in_scope(|| tracing::info!(dequeue_count = trigger.delivery.dequeue_count, "task-blast-artifacts"));
    Ok(answer(join_results(&app.deps, &trigger.message).instrument(span).await?))
}
