//! Taking a search in: the five writes after which it is there and on its way.

use crate::deps::Deps;
use crate::error::EngineResult;
use crate::query::StagedQuery;
use crate::serverless::ResultPaths;
use crate::store::Created;
use blastline_blast::options::SearchOptions;
use blastline_jobs::database_name::DatabaseRef;
use blastline_jobs::engine::Engine;
use blastline_jobs::ids::{JobId, OwnerId, TenantId};
use blastline_jobs::message::{Message, SubmitMessage};
use blastline_jobs::rows::{ActiveRow, ElasticState, IndexRow, JobPayload, JobRow, QuerySummary};
use blastline_jobs::state::{Phase, Progress};
use blastline_jobs::timing::TaskType;
use time::OffsetDateTime;

/// Longest title that is made of the first sequence's name, in characters.
const MAX_TITLE_CHARS: usize = 120;

/// Longest description of the sequences, in characters.
const MAX_LABEL_CHARS: usize = 200;

/// A search that was examined: everything that its row says and storage does not know yet.
#[derive(Debug, Clone)]
pub struct Search {
    /// The job's id.
    pub id: JobId,
    /// Who asks.
    pub owner: OwnerId,
    /// Their name.
    pub owner_name: String,
    /// Their directory.
    pub tenant: TenantId,
    /// Title; named after the first sequence where there is none.
    pub title: Option<String>,
    /// Program and options.
    pub options: SearchOptions,
    /// Database and version.
    pub database: DatabaseRef,
    /// Title of the database.
    pub database_title: String,
    /// Where and how it runs on a cluster; `None` for the serverless engine.
    pub elastic: Option<ElasticState>,
    /// Hash of what two requests with one key must have in common; empty without a key.
    pub body_hash: String,
}

/// What became of a search that was taken in.
#[derive(Debug, Clone, PartialEq)]
pub enum Accepted {
    /// It is there now; this is its row.
    New(Box<JobRow>),
    /// A search of this id was there; this is its summary.
    Existing(Box<JobRow>),
}

/// Takes a search in: the worklist entry, then the query, then the row, then listing and message. Five storage calls for
/// a query of one block. From the row on it is accepted: what fails after that is made up for by the reconciler.
///
/// Of two searches with one id the insert of the row decides; the later one leaves nothing behind.
pub async fn accept(deps: &Deps, search: Search, query: &StagedQuery) -> EngineResult<Accepted> {
    let id = search.id.clone();
    let began = deps.clock.now();
    let mut entry = worklist_entry(deps, &id);
    // Before the query, so that nothing is stored that the reconciler does not know of.
    deps.active().insert(&entry).await?;
    query.upload(deps.blobs.as_ref(), &id).await?;
    let now = deps.clock.now();
    if now + deps.timing.blast.quiet / 2 > entry.next_check {
        // Storing the query took so long that the reconciler might look before the row is there, and drop the entry.
        entry = worklist_entry(deps, &id);
        deps.active().insert(&entry).await?;
    }
    let payload = JobPayload { schema_version: 1, search: search.options.clone(), query: summary(query) };
    let row = new_row(deps, search, query, now);
    match deps.jobs().create(&row, &payload).await? {
        Created::Existing(existing) => {
            clear_away(deps, &existing, query, &entry).await;
            Ok(Accepted::Existing(existing))
        }
        Created::New => {
            if deps.clock.now() >= entry.next_check {
                // This process stood still meanwhile: the reconciler may have found no row and dropped the entry.
                deps.active().insert(&worklist_entry(deps, &row.id)).await?;
            }
            if deps.clock.now() - began >= deps.timing.late / 2 {
                // So long that it may have taken what was stored for left over.
                query.upload(deps.blobs.as_ref(), &row.id).await?;
            }
            announce(deps, &row).await;
            Ok(Accepted::New(Box::new(row)))
        }
    }
}

fn worklist_entry(deps: &Deps, id: &JobId) -> ActiveRow {
    let next_check = deps.clock.now() + deps.timing.blast.quiet;
    ActiveRow { task: TaskType::Blast, id: id.clone(), next_check, seen: false, put_off: false }
}

/// Puts the search on its owner's list and sends its first message.
async fn announce(deps: &Deps, row: &JobRow) {
    let message = Message::Submit(SubmitMessage { job_id: row.id.clone() });
    let (index, body, entry) = (deps.index(), message.to_json(), IndexRow::of(row));
    let (listed, sent) = futures::join!(index.put(&entry), deps.queues.send(message.queue(), &body, None));
    if let Err(error) = listed {
        tracing::warn!(job_id = %row.id, %error, "not listed; the reconciler will list it");
    }
    if let Err(error) = sent {
        tracing::warn!(job_id = %row.id, %error, "message not sent; the reconciler will send it");
    }
}

/// Takes away what a search that came second had stored, and lists the first: its request may have been killed before
/// that. Best effort: the reconciler lists as well, and takes away what nobody names.
async fn clear_away(deps: &Deps, existing: &JobRow, query: &StagedQuery, entry: &ActiveRow) {
    let cleared = async {
        if existing.phase != Phase::Deleted {
            deps.index().put(&IndexRow::of(existing)).await?;
        }
        if existing.query_digest != query.digest {
            deps.blobs.delete(&ResultPaths::of(&existing.id).query(&query.digest)?).await?;
        }
        // While the first one goes on the entry stays: both may have come in one millisecond and share it.
        if existing.status().is_terminal() {
            deps.active().remove(entry).await?;
        }
        EngineResult::Ok(())
    };
    if let Err(error) = cleared.await {
        tracing::warn!(job_id = %existing.id, %error, "what a repeated request stored could not be taken away");
    }
}

fn summary(query: &StagedQuery) -> QuerySummary {
    let stats = &query.stats;
    QuerySummary {
        queries: stats.queries,
        letters: stats.letters,
        shortest: stats.shortest,
        longest: stats.longest,
        duplicate_ids: stats.duplicate_ids,
        molecule: stats.molecule,
        gc_fraction: stats.gc_fraction,
        first_id: query.first_id.clone(),
        size_bytes: stats.bytes,
    }
}

fn new_row(deps: &Deps, search: Search, query: &StagedQuery, now: OffsetDateTime) -> JobRow {
    let more = query.stats.queries.saturating_sub(1);
    let label =
        if more == 0 { query.first_id.clone() } else { format!("{} and {more} more", query.first_id) };
    JobRow {
        id: search.id,
        phase: Phase::Queued,
        owner: search.owner,
        owner_name: search.owner_name,
        tenant: search.tenant,
        fault: None,
        created_at: now,
        updated_at: now,
        started_at: None,
        ended_at: None,
        heartbeat_at: now,
        deadline_at: now + deps.timing.blast.deadline,
        title: search.title.unwrap_or_else(|| label.chars().take(MAX_TITLE_CHARS).collect()),
        program: search.options.program(),
        databases: vec![search.database],
        database_title: search.database_title,
        query_label: label.chars().take(MAX_LABEL_CHARS).collect(),
        engine: if search.elastic.is_some() { Engine::Elastic } else { Engine::Serverless },
        elastic: search.elastic,
        queries_total: query.stats.queries,
        queries_done: 0,
        letters_total: query.stats.letters,
        letters_done: 0,
        hits: 0,
        hsps: 0,
        without_hits: 0,
        parts_done: 0,
        attempts: 0,
        blast_version: String::new(),
        body_hash: search.body_hash,
        query_digest: query.digest.clone(),
        query_bytes: query.stats.bytes,
        result: String::new(),
        warnings: Vec::new(),
        progress: Some(Progress::default()),
        payload: None,
    }
}
