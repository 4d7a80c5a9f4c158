use super::{FunctionError, Invocation, answer};
use crate::world::World;
use axum::extract::State;
use axum::response::Response;
use blastline_engine::serverless::run_chunk;
use blastline_jobs::message::ChunkMessage;
use std::sync::Arc;
use tracing::Instrument;

/// Function `task-blast-chunk`.
pub async fn invoke(
    State(app): State<Arc<World>>,
    invocation: Invocation,
) -> Result<Response, FunctionError> {
    let trigger = invocation.queue::<ChunkMessage>()?;
    let (message, delivery) = (&trigger.message, &trigger.delivery);
    // Every line of the log on the way names the search.
    let span = tracing::info_span!("part", job_id = %message.job_id, first_query = message.first_query);
    span.in_scope(|| tracing::info!(dequeue_count = delivery.dequeue_count, "task-blast-chunk"));
    Ok(answer(run_chunk(&app.deps, message, delivery).instrument(span).await?))
}
