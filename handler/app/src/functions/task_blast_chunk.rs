use super::{FunctionError, Invocation, answer};
use crate::world::World;
use axum::extract::State;
use axum::response::Response;
use blastline_engine::serverless::run_chunk;
use blastline_jobs::message::ChunkMessage;
use std::sync::Arc;

/// Function `task-blast-chunk`.
pub async fn invoke(
    State(app): State<Arc<World>>,
    invocation: Invocation,
) -> Result<Response, FunctionError> {
    let trigger = invocation.queue::<ChunkMessage>()?;
    let (message, delivery) = (&trigger.message, &trigger.delivery);
    tracing::info!(
        job_id = %message.job_id,
        first_query = message.first_query,
        dequeue_count = delivery.dequeue_count,
        "task-blast-chunk"
    );
    Ok(answer(run_chunk(&app.deps, message, delivery).await?))
}
