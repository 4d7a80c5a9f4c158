//! The queue and timer functions: one module each, which decodes its trigger, runs the engine and answers with effects.

mod invocation;
mod outputs;
mod task_blast_artifacts;
mod task_blast_chunk;
mod task_blast_submit;
mod task_blast_watch;
mod timer_reconcile;

pub use invocation::Invocation;
pub use outputs::{FunctionError, answer};

use crate::http::security::only_the_host;
use crate::world::World;
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{MethodRouter, post};
use std::sync::Arc;

/// The functions that are no HTTP functions, by the name of their folder in `functions/`, which is the path that the
/// host posts to.
fn table() -> [(&'static str, MethodRouter<Arc<World>>); 5] {
    [
        ("task-blast-submit", post(task_blast_submit::invoke)),
        ("task-blast-chunk", post(task_blast_chunk::invoke)),
        ("task-blast-artifacts", post(task_blast_artifacts::invoke)),
        ("task-blast-watch", post(task_blast_watch::invoke)),
        ("timer-reconcile", post(timer_reconcile::invoke)),
    ]
}

/// Routes of the invocations.
pub fn router() -> Router<Arc<World>> {
    let routes = table()
        .into_iter()
        .fold(Router::new(), |router, (name, invoke)| router.route(&format!("/{name}"), invoke));
    routes.layer(from_fn(only_the_host))
}

#[cfg(test)]
mod tests;
