//! The queue and timer functions: one module each, which decodes its trigger, runs the engine and answers with effects.

mod invocation;
mod outputs;
mod task_blast_artifacts;
mod task_blast_chunk;
mod task_blast_submit;
mod timer_reconcile;

pub use invocation::Invocation;
pub use outputs::{FunctionError, answer};

use crate::http::security::only_the_host;
use crate::world::World;
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::post;
use std::sync::Arc;

/// Names of the functions that are no HTTP functions: the folders in `functions/`, and the paths that the host posts to.
pub const NAMES: &[&str] =
    &["task-blast-submit", "task-blast-chunk", "task-blast-artifacts", "timer-reconcile"];

/// Routes of the invocations.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/task-blast-submit", post(task_blast_submit::invoke))
        .route("/task-blast-chunk", post(task_blast_chunk::invoke))
        .route("/task-blast-artifacts", post(task_blast_artifacts::invoke))
        .route("/timer-reconcile", post(timer_reconcile::invoke))
        .layer(from_fn(only_the_host))
}
