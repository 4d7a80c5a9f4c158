//! What the HTTP functions do with storage, in the order in which they do it.

use super::truth::Order;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::query::StagedQuery;
use crate::serverless::{Accepted, Search, accept, finish_cancel, request_cancel};
use crate::simulator::cluster::NAME;
use blastline_blast::options::SearchOptions;
use blastline_blast::program::Program;
use blastline_jobs::database_name::DatabaseRef;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::{JobId, TenantId};
use blastline_jobs::message::{Message, SubmitMessage};
use blastline_jobs::rows::{ElasticState, JobRow};
use blastline_jobs::state::Phase;

/// `POST /api/blast/jobs`: gives the job that was made, or that an earlier request with the key made.
pub async fn submit(deps: Deps, order: Order) -> EngineResult<JobId> {
    let id = order.id_of_key().unwrap_or_else(|| JobId::from_random(deps.random.bytes()));
    if order.key.is_some()
        && let Some(existing) = deps.jobs().summary(&id).await?
    {
        return replay(&deps, &existing).await;
    }
    let search = Search {
        id: id.clone(),
        owner: order.owner,
        owner_name: String::new(),
        tenant: TenantId::development(),
        title: None,
        options: SearchOptions::defaults(Program::Blastn).unwrap(),
        database: DatabaseRef { name: "tiny".parse().unwrap(), generation: "g1".parse().unwrap() },
        database_title: "Tiny".to_owned(),
        elastic: order.on_cluster.then(|| ElasticState::new(NAME, id.as_str(), "")),
        body_hash: order.key.unwrap_or_default(),
    };
    match accept(&deps, search, &StagedQuery::of_lengths(&order.lengths)).await? {
        Accepted::New(row) => Ok(row.id),
        Accepted::Existing(existing) => replay(&deps, &existing).await,
    }
}

async fn replay(deps: &Deps, existing: &JobRow) -> EngineResult<JobId> {
    if existing.phase == Phase::Deleted {
        let detail = "This idempotency key belongs to a search that was deleted.";
        return Err(Fault::new(ErrorCode::IdempotencyConflict, detail).into());
    }
    if existing.phase == Phase::Queued {
        let message = Message::Submit(SubmitMessage { job_id: existing.id.clone() });
        deps.queues.send(message.queue(), &message.to_json(), None).await?;
    }
    Ok(existing.id.clone())
}

/// `POST /api/blast/jobs/{id}/cancel`.
pub async fn cancel(deps: Deps, id: JobId) -> EngineResult<()> {
    if request_cancel(&deps, &id).await?.is_none() {
        return Err(Fault::new(ErrorCode::JobNotFound, "There is no such search.").into());
    }
    if let Ok(effects) = finish_cancel(&deps, &id).await {
        for message in &effects.messages {
            let _ = deps.queues.send(message.queue(), &message.to_json(), None).await;
        }
        for event in &effects.history {
            let _ = deps.history().append(event).await;
        }
    }
    Ok(())
}
