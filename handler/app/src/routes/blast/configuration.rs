use crate::api::jobs::JobConfiguration;
use crate::http::{ApiResult, OwnedJob};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_blast::command::command_line;
use blastline_engine::error::{EngineError, EngineResult};
use blastline_engine::serverless::ResultPaths;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Container;
use std::sync::Arc;

/// Longest configuration that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// How a search is configured, as it was rendered: what ElasticBLAST was given, or BLAST+'s own command.
#[utoipa::path(get, path = "/api/blast/jobs/{id}/configuration", tag = "searches",
    params(("id" = String, Path, description = "The job")),
    responses((status = 200, body = JobConfiguration), (status = 404, body = crate::api::problem::Problem)))]
pub async fn configuration(
    State(app): State<Arc<World>>,
    job: OwnedJob,
) -> ApiResult<Json<JobConfiguration>> {
    let id = &job.row.id;
    if job.row.elastic.is_some() {
        let text = stored(&app, id).await?;
        let (kind, file_name) = ("elastic_blast".to_owned(), format!("{id}-elastic-blast.ini"));
        return Ok(Json(JobConfiguration { kind, text, file_name }));
    }
    let payload = app.deps.jobs().payload(id).await?;
    let database = job.row.databases.first().map(|database| database.name.to_string()).unwrap_or_default();
    let text = command_line(payload.search.program(), &payload.search, &database, "queries.fa");
    let (kind, file_name) = ("command_line".to_owned(), format!("{id}.sh"));
    Ok(Json(JobConfiguration { kind, text: Some(text), file_name }))
}

/// The configuration as it was handed over; none before.
async fn stored(app: &World, id: &JobId) -> EngineResult<Option<String>> {
    let name = format!("{}config.ini", ResultPaths::of(id).cluster_prefix());
    let path = BlobPath::new(Container::Results, name)?;
    let bytes = app.deps.blobs.get(&path, MAX_BYTES).await?;
    let text = bytes.map(|bytes| String::from_utf8(bytes.to_vec()));
    text.transpose().map_err(|error| EngineError::Internal(format!("{path} is no text: {error}")))
}
