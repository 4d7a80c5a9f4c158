use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{Continuation, Query, RowError, Select, StorageErrorKind};
use blastline_jobs::state::{EventValue, HistoryEvent, Phase};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

/// An event as it was stored.
#[derive(Debug, Clone, PartialEq)]
pub struct PastEvent {
    /// Row key: stable and unique in the job.
    pub id: String,
    /// Name.
    pub name: String,
    /// Phase it led to; empty for none.
    pub phase: String,
    /// Status it led to; empty for none.
    pub status: String,
    /// When it happened.
    pub at: OffsetDateTime,
    /// Details by name.
    pub payload: BTreeMap<String, EventValue>,
}

/// Rows of `jobhistory`.
pub struct HistoryStore<'a> {
    pub(super) deps: &'a Deps,
}

impl HistoryStore<'_> {
    /// Appends an event from where no output binding is at hand.
    pub async fn append(&self, event: &HistoryEvent) -> EngineResult<()> {
        let [a, b, c, d, ..] = self.deps.random.bytes();
        let random = u32::from_be_bytes([a, b, c, d]);
        match self.deps.tables.insert(Table::JobHistory, &event.to_entity(random)).await {
            // The key is random: what is there is this event, written by a call whose answer was lost.
            Err(error) if error.kind != StorageErrorKind::AlreadyExists => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Keys of the events that a job's history holds.
    pub async fn keys(&self, job: &JobId) -> EngineResult<BTreeSet<String>> {
        let select = Select::Only(&["event_key"]);
        let query = Query { select, ..Query::partition(job.as_str()) };
        let rows = self.deps.tables.query_all(Table::JobHistory, &query).await?;
        let keys = rows.iter().map(|stored| Ok(stored.entity.get_text("event_key")?.to_owned()));
        keys.collect()
    }

    /// The first `limit` different events of a job, oldest first. Rows with equal keys are one event.
    pub async fn list(&self, job: &JobId, limit: usize) -> EngineResult<Vec<PastEvent>> {
        let query = Query { select: Select::All, page_size: 500, ..Query::partition(job.as_str()) };
        let mut seen = BTreeSet::new();
        let mut events = Vec::new();
        let mut after: Option<Continuation> = None;
        loop {
            let page = self.deps.tables.query(Table::JobHistory, &query, after.as_ref()).await?;
            for stored in page.rows {
                let entity = stored.entity;
                if !seen.insert(entity.get_text("event_key")?.to_owned()) {
                    continue;
                }
                let payload = entity.opt_text("payload_json")?.unwrap_or_else(|| "{}".to_owned());
                let payload = serde_json::from_str(&payload)
                    .map_err(|e| -> RowError { entity.error("payload_json", e.to_string()) })?;
                events.push(PastEvent {
                    id: entity.rk.clone(),
                    name: entity.get_text("event")?.to_owned(),
                    phase: entity.get_text("phase")?.to_owned(),
                    status: entity.get_text("status")?.to_owned(),
                    at: entity.get_time("ts")?,
                    payload,
                });
                if events.len() >= limit {
                    return Ok(in_order(events));
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(in_order(events)),
            }
        }
    }
}

/// By time, and phases entered at the same moment in the order of the way.
fn in_order(mut events: Vec<PastEvent>) -> Vec<PastEvent> {
    let rank = |name: &str| Phase::ALL.iter().position(|phase| phase.as_str() == name);
    events.sort_by_key(|event| (event.at, rank(&event.name)));
    events
}
