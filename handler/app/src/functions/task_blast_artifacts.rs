use super::{FunctionError, Invocation, answer};
use crate::world::World;
use axum::extract::State;
use axum::response::Response;
use blastline_engine::serverless::join_results;
use blastline_jobs::message::ArtifactsMessage;
use std::sync::Arc;

/// Function `task-blast-artifacts`.
pub async fn invoke(
    State(app): State<Arc<World>>,
    invocation: Invocation,
) -> Result<Response, FunctionError> {
    let trigger = invocation.queue::<ArtifactsMessage>()?;
    tracing::info!(job_id = %trigger.message.job_id, dequeue_count = trigger.delivery.dequeue_count, "task-blast-artifacts");
    Ok(answer(join_results(&app.deps, &trigger.message).await?))
}
