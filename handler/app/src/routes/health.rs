use crate::api::meta::{Component, Health, Readiness};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use blastline_jobs::names::{Container, QueueName, Table};
use blastline_jobs::ports::{Query, StorageError};
use std::sync::Arc;
use std::time::Duration;

/// Version of the program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How long one component may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Seconds to wait before asking again.
const ASK_AGAIN_SECONDS: u64 = 5;

/// The process answers. Looks at nothing else.
#[utoipa::path(get, path = "/api/health", tag = "service", responses((status = 200, body = Health)))]
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok".to_owned(), version: VERSION.to_owned() })
}

/// Whether searches can be taken: storage and BLAST+ answer.
#[utoipa::path(get, path = "/api/health/ready", tag = "service",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
pub async fn ready(State(app): State<Arc<World>>) -> (StatusCode, HeaderMap, Json<Readiness>) {
    let deps = &app.deps;
    let (tables, queues, blobs, version) = tokio::join!(
        looked_at("tables", async {
            let query = Query { page_size: 1, ..Query::partition("health") };
            deps.tables.query(Table::Databases, &query, None).await.map(drop)
        }),
        looked_at("queues", async { deps.queues.approximate_count(QueueName::BlastSubmit).await.map(drop) }),
        looked_at("blobs", async { deps.blobs.list(Container::BlastDb, "health/", None).await.map(drop) }),
        app.tools.version(),
    );
    let blast = match &version {
        Ok(_) => component("blast", None),
        Err(error) => component("blast", Some(error.fault().detail)),
    };
    let components = vec![tables, queues, blobs, blast];
    let fine = components.iter().all(|component| component.status == "ok");
    let mut headers = HeaderMap::new();
    if !fine {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(ASK_AGAIN_SECONDS));
    }
    let status = if fine { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = Readiness {
        status: if fine { "ready" } else { "not_ready" }.to_owned(),
        version: VERSION.to_owned(),
        blast_version: version.ok(),
        components,
        retryable: !fine,
        retry_after_seconds: (!fine).then_some(ASK_AGAIN_SECONDS),
    };
    (status, headers, Json(body))
}

async fn looked_at(name: &str, call: impl Future<Output = Result<(), StorageError>>) -> Component {
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(Ok(())) => component(name, None),
        Ok(Err(error)) => {
            tracing::warn!(name, %error, "not ready");
            component(name, Some("Storage does not answer as it should.".to_owned()))
        }
        Err(_) => component(name, Some("Storage does not answer in time.".to_owned())),
    }
}

fn component(name: &str, problem: Option<String>) -> Component {
    let status = if problem.is_none() { "ok" } else { "failed" };
    Component { name: name.to_owned(), status: status.to_owned(), detail: problem }
}
