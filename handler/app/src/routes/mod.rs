//! The HTTP functions: one module for each address, the router that joins them, and the API document.

pub mod blast;
pub mod docs;
pub mod health;
pub mod logs;
pub mod me;
pub mod monitor;
pub mod results;
pub mod shape;
pub mod spa;
pub mod tasks;

use crate::http::read_on::read_on;
use crate::http::request_id::number_requests;
use crate::http::security::harden;
use crate::world::World;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the document says of the API as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Blastline",
        description = "Searches with NCBI BLAST+: submit, watch, read. Errors are `application/problem+json`."
    ),
    components(schemas(
        crate::api::problem::Problem,
        crate::api::logs::LogSnapshot,
        crate::api::logs::LogEvent,
        crate::api::logs::LogStatus,
        crate::api::logs::LogCompleted
    )),
    tags(
        (name = "searches", description = "Submitting, watching and ending searches"),
        (name = "results", description = "Reading what a search found"),
        (name = "logs", description = "What a search said, while it runs and afterwards"),
        (name = "catalogue", description = "Databases and options"),
        (name = "service", description = "Tasks, health and identity")
    )
)]
struct Document;

fn api() -> OpenApiRouter<Arc<World>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(blast::submit::submit, blast::list::list))
        .routes(routes!(blast::preflight::preflight))
        .routes(routes!(blast::show::show, blast::delete::delete))
        .routes(routes!(blast::events::events))
        .routes(routes!(blast::query::query))
        .routes(routes!(blast::parts::parts))
        .routes(routes!(blast::configuration::configuration))
        .routes(routes!(blast::cancel::cancel))
        .routes(routes!(blast::databases::databases))
        .routes(routes!(blast::options::options))
        .routes(routes!(results::manifest::manifest))
        .routes(routes!(results::queries::queries))
        .routes(routes!(results::hits::hits))
        .routes(routes!(results::alignments::alignments))
        .routes(routes!(results::overview::overview))
        .routes(routes!(results::export::export))
        .routes(routes!(results::file::file))
        .routes(routes!(logs::targets::targets))
        .routes(routes!(logs::lines::lines))
        .routes(routes!(logs::events::events))
        .routes(routes!(logs::download::download))
        .routes(routes!(tasks::task))
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(me::me))
        .routes(routes!(monitor::aks::clusters))
}

/// The API document, made from the types.
pub fn document() -> utoipa::openapi::OpenApi {
    api().split_for_parts().1
}

/// The router of the HTTP functions.
pub fn router(app: Arc<World>) -> Router {
    let (api, _) = api().split_for_parts();
    let functions = crate::functions::router();
    api.merge(docs::router())
        .merge(functions)
        .fallback(spa::fallback)
        .method_not_allowed_fallback(spa::method_not_allowed)
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::custom(spa::panicked))
        .layer(from_fn(read_on))
        .layer(from_fn(harden))
        .layer(from_fn(number_requests))
        .with_state(app)
}
