use super::{FunctionError, Invocation, answer};
use crate::world::World;
use axum::extract::State;
use axum::response::Response;
use blastline_engine::serverless::prepare;
use blastline_jobs::message::SubmitMessage;
use std::sync::Arc;

/// Function `task-blast-submit`.
pub async fn invoke(
    State(app): State<Arc<World>>,
    invocation: Invocation,
) -> Result<Response, FunctionError> {
    let trigger = invocation.queue::<SubmitMessage>()?;
    tracing::info!(job_id = %trigger.message.job_id, dequeue_count = trigger.delivery.dequeue_count, "task-blast-submit");
    Ok(answer(prepare(&app.deps, &trigger.message, &trigger.delivery).await?))
}
