use super::{FunctionError, Invocation, answer};
use crate::world::World;
use axum::extract::State;
use axum::response::Response;
use blastline_engine::serverless::reconcile;
use std::sync::Arc;

/// Function `timer-reconcile`. It takes no input: it looks at what is.
pub async fn invoke(
    State(app): State<Arc<World>>,
    _invocation: Invocation,
) -> Result<Response, FunctionError> {
    let effects = reconcile(&app.deps).await?;
    if !effects.messages.is_empty() {
        tracing::info!(messages = effects.messages.len(), "reconciler moved tasks on");
    }
    Ok(answer(effects))
}
