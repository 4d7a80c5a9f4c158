use super::asked::ask_cluster;
use super::cluster_choice::Place;
use super::examined::{Examined, examine};
use super::gates;
use crate::api::submit::{Admission, SubmitAnswer, SubmitRequest};
use crate::http::body::read_submission;
use crate::http::{ApiError, ApiResult, Caller, RequestId};
use crate::routes::shape::{meta, moment};
use crate::world::World;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use blastline_blast::options::SearchOptions;
use blastline_engine::database::Manifest;
use blastline_engine::error::EngineError;
use blastline_engine::query::StagedQuery;
use blastline_engine::serverless::{Accepted, Search, accept};
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::{JobId, MAX_IDEMPOTENCY_KEY_CHARS};
use blastline_jobs::message::{Message, SubmitMessage};
use blastline_jobs::rows::{ElasticState, JobRow};
use blastline_jobs::state::Phase;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Seconds after which a client may ask for the job.
const ASK_AFTER_SECONDS: u64 = 5;

/// Submits a search. With an idempotency key, the same request again gives the same job.
#[utoipa::path(post, path = "/api/blast/jobs", tag = "searches", request_body = SubmitRequest,
    responses((status = 202, body = SubmitAnswer), (status = 404, body = crate::api::problem::Problem),
        (status = 409, body = crate::api::problem::Problem), (status = 422, body = crate::api::problem::Problem),
        (status = 503, body = crate::api::problem::Problem)))]
pub async fn submit(
    State(app): State<Arc<World>>,
    caller: Caller,
    RequestId(request_id): RequestId,
    request: Request,
) -> ApiResult<(StatusCode, HeaderMap, Json<SubmitAnswer>)> {
    let header_key = header_key(request.headers())?;
    let submission = read_submission(request, app.settings.max_body_bytes, &app.settings.scratch_dir).await?;
    let title =
        submission.request.job_title.clone().map(|title| title.trim().to_owned()).filter(|t| !t.is_empty());
    let key = one_key(submission.request.idempotency_key.clone(), header_key)?;
    let id = match &key {
        Some(key) if key.chars().count() > MAX_IDEMPOTENCY_KEY_CHARS => {
            let detail = format!("An idempotency key has at most {MAX_IDEMPOTENCY_KEY_CHARS} characters.");
            return Err(ApiError::new(ErrorCode::ValidationError, detail));
        }
        Some(key) => JobId::from_key(&caller.tenant, &caller.owner, key),
        None => JobId::from_random(app.deps.random.bytes()),
    };
    let examined = examine(&app, submission).await?;
    let (place, cluster) = (examined.choice.place.clone(), examined.choice.cluster.clone());
    let (search, database, query) = accepted(examined)?;
    if let Some(cluster) = cluster
        && !is_there(&app, key.as_deref().map(|_| &id)).await?
    {
        gates::pass(&gates::gates(&app, &cluster, Some(&database)).await?)?;
        ask_cluster(&app, &cluster.name).await?;
    }
    let body_hash = if key.is_some() {
        hash(&search, &database, &query, title.as_deref(), &place)
    } else {
        String::new()
    };
    let elastic = match place {
        Place::Here => None,
        Place::Cluster { name, outfmt } => Some(ElasticState::new(name, id.as_str(), outfmt)),
    };
    let wanted = Search {
        id,
        owner: caller.owner,
        owner_name: caller.name,
        tenant: caller.tenant,
        title,
        options: search,
        database: database.database(),
        database_title: database.title.clone(),
        elastic,
        body_hash: body_hash.clone(),
    };
    match accept(&app.deps, wanted, &query).await? {
        Accepted::New(row) => Ok(answer(&row, "new_job", &request_id)),
        Accepted::Existing(existing) => replay(&app, &existing, &body_hash, &request_id).await,
    }
}

/// Whether the job of a repeated request is there already: it is given again however its cluster stands by now.
async fn is_there(app: &World, id: Option<&JobId>) -> ApiResult<bool> {
    match id {
        Some(id) => Ok(app.deps.jobs().summary(id).await?.is_some()),
        None => Ok(false),
    }
}

/// The key in the request's headers; one that is no text would be taken for none, and a repeated search be doubled.
fn header_key(headers: &HeaderMap) -> ApiResult<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().map_err(|_| {
        let detail = "The header Idempotency-Key may hold letters, digits and signs of ASCII only.";
        ApiError::new(ErrorCode::ValidationError, detail)
    })?;
    Ok(Some(text.to_owned()))
}

/// The key of a request, given in its body, its headers, or alike in both.
fn one_key(body: Option<String>, header: Option<String>) -> ApiResult<Option<String>> {
    let (body, header) = (body.filter(|key| !key.is_empty()), header.filter(|key| !key.is_empty()));
    if let (Some(body), Some(header)) = (&body, &header)
        && body != header
    {
        let detail = "The idempotency keys in the body and in the headers differ.";
        return Err(ApiError::new(ErrorCode::ValidationError, detail));
    }
    Ok(body.or(header))
}

/// Takes what was examined, or tells everything that is wrong with it.
fn accepted(examined: Examined) -> ApiResult<(SearchOptions, Arc<Manifest>, StagedQuery)> {
    let Examined { search, database, query, query_fault, errors, choice, .. } = examined;
    if let Some(fault) = choice.fault {
        return Err(ApiError::fields(fault, errors));
    }
    match (search, database, query) {
        (Some(search), Ok(database), Some(query)) if errors.is_empty() => Ok((search, database, query)),
        (search, database, _) => {
            let only_query = errors.len() == 1 && search.is_some() && database.is_ok();
            let one_fault = match (query_fault, database) {
                (Some(fault), _) if only_query => Some(fault),
                (None, Err(fault)) if errors.len() == 1 => Some(fault),
                _ => None,
            };
            let fault = one_fault.unwrap_or_else(|| {
                let detail = errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" ");
                Fault::new(ErrorCode::ValidationError, detail)
            });
            Err(ApiError::fields(fault, errors))
        }
    }
}

/// What two requests with one key must have in common.
fn hash(
    search: &SearchOptions,
    database: &Manifest,
    query: &StagedQuery,
    title: Option<&str>,
    place: &Place,
) -> String {
    let mut hash = Sha256::new();
    // Nothing is added for the serverless engine, so that keys of earlier searches keep their meaning.
    let elsewhere = match place {
        Place::Here => Vec::new(),
        Place::Cluster { name, outfmt } => vec![name.as_str(), outfmt.as_str()],
    };
    let options = search.canonical();
    let parts = [
        options.as_str(),
        database.name.as_str(),
        database.generation.as_str(),
        &query.digest,
        title.unwrap_or_default(),
    ];
    for part in parts.into_iter().chain(elsewhere) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// The same request again: its job, in the state it has now. Sends the message again where the job has not begun.
async fn replay(
    app: &World,
    existing: &JobRow,
    body_hash: &str,
    request_id: &str,
) -> ApiResult<(StatusCode, HeaderMap, Json<SubmitAnswer>)> {
    if existing.body_hash != body_hash {
        let detail = "This idempotency key was used for a search with other sequences, options or database.";
        return Err(ApiError::new(ErrorCode::IdempotencyConflict, detail));
    }
    if existing.phase == Phase::Deleted {
        let detail = "This idempotency key belongs to a search that was deleted.";
        return Err(ApiError::new(ErrorCode::IdempotencyConflict, detail));
    }
    if existing.phase == Phase::Queued {
        let message = Message::Submit(SubmitMessage { job_id: existing.id.clone() });
        app.deps.queues.send(message.queue(), &message.to_json(), None).await.map_err(EngineError::from)?;
    }
    Ok(answer(existing, "idempotent_replay_returned_existing_job", request_id))
}

fn answer(row: &JobRow, reason: &str, request_id: &str) -> (StatusCode, HeaderMap, Json<SubmitAnswer>) {
    let mut headers = HeaderMap::new();
    if let Ok(location) = HeaderValue::from_str(&format!("/api/blast/jobs/{}", row.id)) {
        headers.insert(header::LOCATION, location);
    }
    headers.insert(header::RETRY_AFTER, HeaderValue::from(ASK_AFTER_SECONDS));
    let (id, status_url) = (row.id.to_string(), format!("/api/tasks/{}", row.id));
    let meta = meta(request_id);
    let body = SubmitAnswer {
        id: id.clone(),
        job_id: id.clone(),
        job_id_kind: "dashboard".to_owned(),
        task_id: id.clone(),
        instance_id: id,
        status_query_get_uri: status_url.clone(),
        operation_status_url: status_url,
        status: row.status().as_str().to_owned(),
        admission: Admission {
            decision: "accepted".to_owned(),
            reason: reason.to_owned(),
            snapshot_at: moment(row.created_at),
        },
        meta,
    };
    (StatusCode::ACCEPTED, headers, Json(body))
}
