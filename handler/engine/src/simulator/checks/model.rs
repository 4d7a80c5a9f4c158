use crate::simulator::search::{Scenario, Yard};
use crate::simulator::world::{Event, Line};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::names::{QueueName, Table};
use blastline_jobs::rows::{ActiveRow, CURRENT, ChunkRow, JobRow};
use blastline_jobs::timing::TaskType;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// A child that runs a part.
#[derive(Debug, Clone)]
pub struct Running {
    pub job: String,
    pub who: Arc<str>,
    pub since: OffsetDateTime,
    /// By when it has to be gone, because its job is cancelled.
    pub gone_by: Option<OffsetDateTime>,
}

/// What the checks remember of the events so far.
pub struct Model {
    pub quiet: Duration,
    pub heartbeat: Duration,
    pub cancel_poll: Duration,
    pub in_flight: u64,
    pub jobs: BTreeMap<String, JobRow>,
    pub parts: BTreeMap<String, BTreeMap<u64, ChunkRow>>,
    /// Entries of the worklist by row key.
    pub watched: BTreeMap<String, String>,
    pub accepted: BTreeSet<String>,
    /// Running children by folder.
    pub running: BTreeMap<String, Running>,
    /// Until when each process stands still or stood still.
    pub frozen: BTreeMap<Arc<str>, OffsetDateTime>,
    /// Kinds of failures that were made, by job.
    pub made: BTreeSet<(String, String)>,
    /// Parts that an invocation released.
    pub released: BTreeMap<u64, BTreeSet<(String, u64)>>,
    /// Jobs whose message an invocation owes.
    pub owed: BTreeMap<u64, BTreeSet<String>>,
    /// Poison messages that an invocation took away.
    pub unpoisoned: BTreeMap<u64, Vec<(QueueName, String)>>,
    pub calm_since: Option<OffsetDateTime>,
    /// The cluster, where there is one.
    pub yard: Yard,
    /// Batches whose Job was complete, by search.
    pub complete: BTreeSet<(String, u64)>,
    /// Jobs with `elastic-blast submit` that run, by search.
    pub submissions: BTreeSet<(String, String)>,
    /// Looks that an invocation owes a message of.
    pub looks: BTreeMap<u64, BTreeMap<String, u64>>,
}

impl Model {
    pub fn new(scenario: &Scenario) -> Self {
        let timing = scenario.functions.timing;
        Self {
            quiet: timing.blast.quiet,
            heartbeat: timing.blast.heartbeat,
            cancel_poll: timing.cancel_poll,
            in_flight: scenario.functions.limits.in_flight,
            jobs: BTreeMap::new(),
            parts: BTreeMap::new(),
            watched: BTreeMap::new(),
            accepted: BTreeSet::new(),
            running: BTreeMap::new(),
            frozen: BTreeMap::new(),
            made: BTreeSet::new(),
            released: BTreeMap::new(),
            owed: BTreeMap::new(),
            unpoisoned: BTreeMap::new(),
            calm_since: None,
            yard: scenario.functions.yard.clone(),
            complete: BTreeSet::new(),
            submissions: BTreeSet::new(),
            looks: BTreeMap::new(),
        }
    }

    pub fn take_in(&mut self, line: &Line) {
        match &line.event {
            Event::Row { table: Table::JobState, new: Some(new), .. } if new.rk == CURRENT => {
                if let Ok(row) = JobRow::from_entity(new) {
                    self.jobs.insert(new.pk.clone(), row);
                }
            }
            Event::Row { table: Table::JobChunks, new: Some(new), .. } => {
                if let Ok(row) = ChunkRow::from_entity(new) {
                    self.parts.entry(new.pk.clone()).or_default().insert(row.first_query, row);
                }
            }
            Event::Row { table: Table::JobChunks, old: Some(old), new: None, .. } => {
                if let (Ok(row), Some(parts)) = (ChunkRow::from_entity(old), self.parts.get_mut(&old.pk)) {
                    parts.remove(&row.first_query);
                }
            }
            Event::Row { table: Table::Active, old, new, .. } => {
                if let Some(old) = old {
                    self.watched.remove(&old.rk);
                }
                if let Some(new) = new
                    && let Ok(row) = ActiveRow::from_entity(TaskType::Blast, new)
                {
                    self.watched.insert(new.rk.clone(), row.id.to_string());
                }
            }
            Event::Task { word: "accepted", task, .. } => {
                self.accepted.insert(task.clone());
            }
            Event::Task { word: word @ ("part-damaged" | "join-short"), task, .. } => {
                self.made.insert((task.clone(), (*word).to_owned()));
            }
            Event::Fault { what } if what.starts_with("the cluster is silent") => {
                self.made.insert((String::new(), ErrorCode::ClusterNotReady.to_string()));
            }
            Event::Task { word: "part-fails" | "cluster-harms", task, detail } => {
                self.made.insert((task.clone(), detail.clone()));
            }
            Event::Task { word: "calm", .. } => self.calm_since = Some(line.at),
            Event::Frozen { until } => {
                self.frozen.insert(line.who.clone(), *until);
            }
            _ => {}
        }
    }
}
