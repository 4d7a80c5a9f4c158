//! Claims about storage at rest.

use super::cluster::not_left;
use super::jobs::listing;
use super::{Found, INVARIANTS};
use crate::simulator::search::{Yard, hits_of};
use crate::simulator::world::{Stores, Violation};
use blastline_jobs::names::{QueueName, Table};
use blastline_jobs::ports::{Blobs, Entity, Query, Tables};
use blastline_jobs::rows::{CURRENT, ChunkRow, DISPATCH_PARTITION, JobRow};
use blastline_jobs::state::{Phase, Status, StepStatus};
use blastline_jobs::timing::TaskType;
use futures::FutureExt;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn rows(stores: &Stores, table: Table, pk: &str) -> Vec<Entity> {
    let rows = stores.tables.query_all(table, &Query::partition(pk)).now_or_never().unwrap().unwrap();
    rows.into_iter().map(|stored| stored.entity).collect()
}

fn jobs<'a>(stores: &'a Stores, ids: impl Iterator<Item = &'a String>) -> Vec<JobRow> {
    ids.flat_map(|id| rows(stores, Table::JobState, id))
        .filter(|row| row.rk == CURRENT)
        .filter_map(|row| JobRow::from_entity(&row).ok())
        .collect()
}

fn parts(stores: &Stores, job: &JobRow) -> Vec<ChunkRow> {
    let rows = rows(stores, Table::JobChunks, job.id.as_str());
    rows.iter().filter_map(|row| ChunkRow::from_entity(row).ok()).collect()
}

/// What still keeps the control plane from being at rest; empty when it is.
pub fn not_at_rest(stores: &Stores, yard: &Yard, ids: &BTreeSet<String>) -> Vec<Violation> {
    let mut found = Found::default();
    for job in jobs(stores, ids.iter()) {
        found.claim(job.status().is_terminal(), "ends-in-time", || {
            format!("{} is still {}", job.id, job.phase)
        });
        for part in parts(stores, &job).iter().filter(|part| !part.state.is_over()) {
            found.claim(false, "at-rest", || {
                format!("{} is {}, and its part {} is {}", job.id, job.phase, part.first_query, part.state)
            });
        }
    }
    for queue in QueueName::ALL {
        for body in stores.queues.bodies(*queue) {
            found.claim(false, "at-rest", || format!("{queue} still holds {body}"));
        }
    }
    for row in rows(stores, Table::Active, TaskType::Blast.as_str()) {
        found.claim(false, "at-rest", || format!("the worklist still holds {}", row.rk));
    }
    for row in rows(stores, Table::Limits, DISPATCH_PARTITION) {
        found.claim(false, "at-rest", || format!("the dispatcher still counts {}", row.rk));
    }
    let all = jobs(stores, ids.iter());
    found.0.extend(not_left(yard, stores, &all));
    // Of what is wrong, the cause comes first.
    found.0.sort_by_key(|violation| INVARIANTS.iter().position(|(name, _)| *name == violation.invariant));
    found.0
}

/// What must hold once everything is at rest.
pub fn at_rest(stores: &Stores, ids: &BTreeSet<String>, accepted: &BTreeSet<String>) -> Vec<Violation> {
    let mut found = Found::default();
    for id in accepted {
        found.claim(ids.contains(id), "kept", || format!("{id} was accepted and has no row"));
    }
    let in_sight = |job: &JobRow| job.status() != Status::Deleted;
    for job in jobs(stores, ids.iter()).into_iter().filter(in_sight) {
        let index = crate::serverless::ResultPaths::of(&job.id).query(&job.query_digest).unwrap();
        let there = stores.blobs.head(&index).now_or_never().unwrap().unwrap().is_some();
        found.claim(there, "kept", || format!("{}: its sequences are gone", job.id));
        let listed = rows(stores, Table::JobIndex, job.owner.as_str());
        let times = listed.iter().filter(|row| row.get_text("job_id") == Ok(job.id.as_str())).count();
        found.claim(times == 1, "listed", || format!("{} is listed {times} times", job.id));
        if job.phase == Phase::Completed {
            let expected: Vec<_> =
                (0..job.queries_total).map(|query| (query, hits_of(&job.id, query))).collect();
            let said = listing(&job, stores);
            found.claim(said == Some(expected), "completed-proved", || {
                format!("{}: its result changed", job.id)
            });
        }
        history(stores, &job, &mut found);
    }
    found.0
}

fn history(stores: &Stores, job: &JobRow, found: &mut Found) {
    let mut told: BTreeMap<String, (String, String)> = BTreeMap::new();
    for row in rows(stores, Table::JobHistory, job.id.as_str()) {
        let text = |name: &str| row.get_text(name).unwrap_or_default().to_owned();
        let event = (text("event"), text("payload_json"));
        if let Some(other) = told.get(&text("event_key")) {
            found.claim(*other == event, "history-tells", || {
                format!("{}: `{}` is told as {other:?} and as {event:?}", job.id, text("event_key"))
            });
        }
        told.insert(text("event_key"), event);
    }
    let mut expected = Vec::new();
    // What is deleted is in nobody's sight.
    if job.status() != Status::Deleted {
        expected.push("created".to_owned());
        expected.push(job.phase.to_string());
        let steps = job.progress.iter().flat_map(|progress| &progress.steps);
        for (step, _) in steps.filter(|(_, step)| step.status != StepStatus::Skipped) {
            let phase = Phase::ALL.into_iter().find(|p| p.step() == Some(*step) && *p != Phase::Submitted);
            expected.extend(phase.map(|phase| phase.to_string()));
        }
    }
    for event in expected {
        found.claim(told.contains_key(&event), "history-tells", || {
            format!("{} is {}, and `{event}` is not told", job.id, job.phase)
        });
    }
}
