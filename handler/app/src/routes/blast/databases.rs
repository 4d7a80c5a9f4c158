use crate::api::databases::{Database, DatabaseList, Example};
use crate::http::{ApiResult, Caller, RequestId};
use crate::routes::shape::{meta, moment};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_engine::database::{DatabaseEntry, DatabaseState};
use blastline_engine::error::EngineError;
use std::sync::Arc;

/// The databases that a search can be made against.
#[utoipa::path(get, path = "/api/blast/databases", tag = "catalogue", responses((status = 200, body = DatabaseList)))]
pub async fn databases(
    State(app): State<Arc<World>>,
    _caller: Caller,
    RequestId(request_id): RequestId,
) -> ApiResult<Json<DatabaseList>> {
    let entries = app.catalogue.list().await.map_err(EngineError::from)?;
    let databases = entries.into_iter().map(|entry| shape(&app, entry)).collect();
    Ok(Json(DatabaseList { databases, meta: meta(&request_id) }))
}

fn shape(app: &World, entry: DatabaseEntry) -> Database {
    let ready = entry.state == DatabaseState::Ready;
    Database {
        name: entry.name.to_string(),
        molecule: entry.molecule.map(|molecule| molecule.to_string()).unwrap_or_default(),
        state: entry.state.as_str().to_owned(),
        not_ready_reason: Some(entry.state_detail).filter(|detail| !ready && !detail.is_empty()),
        generation: entry.generation.map(|generation| generation.to_string()).unwrap_or_default(),
        fits_cache: app.cache.fits(entry.size_bytes).is_ok(),
        created_at: entry.created_at.map(moment).unwrap_or_default(),
        examples: entry
            .examples
            .into_iter()
            .map(|example| Example {
                id: example.id,
                title: example.title,
                description: example.description,
                program: example.program.to_string(),
                query: example.query,
                answer: example.answer,
            })
            .collect(),
        title: entry.title,
        description: entry.description,
        sequences: entry.sequences,
        letters: entry.letters,
        size_bytes: entry.size_bytes,
        source: entry.source,
        source_date: entry.source_date,
        licence: entry.licence,
        has_organisms: entry.has_organisms,
    }
}
