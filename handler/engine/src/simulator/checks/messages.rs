//! Claims about messages and what waits for them.

use super::{Found, Model};
use crate::simulator::world::{Event, Line, Stores};
use blastline_jobs::message::{ArtifactsMessage, ChunkMessage, Message};
use blastline_jobs::names::{QueueName, Table};
use blastline_jobs::ports::Entity;
use blastline_jobs::rows::{CURRENT, ChunkRow, ChunkState, JobRow};
use blastline_jobs::state::Phase;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    job_id: String,
    first_query: Option<u64>,
}

pub fn see(model: &mut Model, line: &Line, stores: &Stores, found: &mut Found) {
    match &line.event {
        Event::Sent { queue, body } if queue.poison().is_some() => sent(model, *queue, body, found),
        Event::Row { table: Table::JobChunks, new: Some(new), .. } if line.invocation > 0 => {
            if let Ok(row) = ChunkRow::from_entity(new) {
                // Whoever wrote it last owes its message.
                let part = (row.job.to_string(), row.first_query);
                for released in model.released.values_mut() {
                    released.remove(&part);
                }
                if row.state == ChunkState::Released {
                    model.released.entry(line.invocation).or_default().insert(part);
                }
            }
        }
        Event::Row { table: Table::JobState, old: Some(old), new: Some(new), .. }
            if line.invocation > 0 && new.rk == CURRENT =>
        {
            for owed in model.owed.values_mut() {
                owed.remove(&new.pk);
            }
            if let Ok(row) = JobRow::from_entity(new)
                && row.phase == Phase::ResultsPending
                && !joined_by_another(old, &row)
            {
                model.owed.entry(line.invocation).or_default().insert(new.pk.clone());
            }
        }
        Event::Deleted { queue, body } if queue.poison().is_none() && line.invocation > 0 => {
            model.unpoisoned.entry(line.invocation).or_default().push((*queue, body.clone()));
        }
        Event::Row { table: Table::Active, old: Some(old), new: None, .. } => {
            let job = old.get_text("task_id").unwrap_or_default();
            let others = model.watched.iter().any(|(key, id)| *key != old.rk && id == job);
            let ended = model.jobs.get(job).is_none_or(|row| row.status().is_terminal());
            found.claim(others || ended, "watched", || format!("{job} left the worklist and has not ended"));
        }
        Event::Row { table: Table::JobState, old: None, new: Some(new), .. } => {
            let watched = model.watched.values().any(|id| *id == new.pk);
            found.claim(watched, "watched", || format!("{} is made without being in the worklist", new.pk));
        }
        Event::Task { word: "unbound", detail, .. } => {
            found.claim(false, "bound-outputs", || format!("{} has no binding for {detail}", line.who));
        }
        Event::Returned { clean, .. } => {
            let released = model.released.remove(&line.invocation).unwrap_or_default();
            let owed = model.owed.remove(&line.invocation).unwrap_or_default();
            let unpoisoned = model.unpoisoned.remove(&line.invocation).unwrap_or_default();
            if *clean {
                waits(model, stores, released, owed, found);
                for (queue, body) in unpoisoned {
                    heard(model, stores, queue, &body, found);
                }
            }
        }
        _ => {}
    }
}

/// Whether a row that was written names a folder of results that it named before: somebody else joins them, and the row is
/// sent again once that one has been silent.
fn joined_by_another(old: &Entity, new: &JobRow) -> bool {
    !new.result.is_empty() && old.opt_text("result").is_ok_and(|before| before.as_ref() == Some(&new.result))
}

fn sent(model: &Model, queue: QueueName, body: &str, found: &mut Found) {
    let Ok(named) = serde_json::from_str::<Named>(body) else {
        return found.claim(false, "message-after-row", || format!("{queue} got {body}"));
    };
    let there = match named.first_query {
        Some(first) => model.parts.get(&named.job_id).is_some_and(|parts| parts.contains_key(&first)),
        None => model.jobs.contains_key(&named.job_id),
    };
    found.claim(there, "message-after-row", || format!("{queue} got {body}, of which there is no row"));
}

/// Whether a message lies in a queue or among its poison.
fn lies(stores: &Stores, queue: QueueName, body: &str) -> bool {
    let poison = queue.poison().map(|poison| stores.queues.bodies(poison)).unwrap_or_default();
    stores.queues.bodies(queue).iter().chain(&poison).any(|other| other == body)
}

/// A poison message was taken away: what it was about goes on all the same.
fn heard(model: &Model, stores: &Stores, poison: QueueName, body: &str, found: &mut Found) {
    let Ok(named) = serde_json::from_str::<Named>(body) else { return };
    let Some(job) = model.jobs.get(&named.job_id) else { return };
    let Some(queue) = QueueName::WORK.iter().find(|queue| queue.poison() == Some(poison)) else { return };
    let part = named.first_query.and_then(|first| model.parts.get(&named.job_id)?.get(&first));
    let waits = match part {
        _ if job.status().is_terminal() || job.is_cancelling() => false,
        // One that runs is sent again once its holder has been silent.
        Some(part) => part.state == ChunkState::Released,
        None => match job.phase {
            Phase::Queued | Phase::Preparing => *queue == QueueName::BlastSubmit,
            Phase::ResultsPending => *queue == QueueName::BlastArtifacts && job.result.is_empty(),
            _ => false,
        },
    };
    found.claim(!waits || lies(stores, *queue, body), "row-has-message", || {
        format!("{body} was poison and is gone, and what it names waits")
    });
}

/// What an invocation that went well left waiting has to have a message.
fn waits(
    model: &Model,
    stores: &Stores,
    released: impl IntoIterator<Item = (String, u64)>,
    owed: impl IntoIterator<Item = String>,
    found: &mut Found,
) {
    for (job, first) in released {
        let ended = model.jobs.get(&job).is_none_or(|row| row.status().is_terminal() || row.is_cancelling());
        let part = model.parts.get(&job).and_then(|parts| parts.get(&first));
        if ended || part.is_none_or(|part| part.state != ChunkState::Released) {
            continue;
        }
        let message = Message::Chunk(ChunkMessage { job_id: job.parse().unwrap(), first_query: first });
        found.claim(lies(stores, QueueName::BlastChunks, &message.to_json()), "row-has-message", || {
            format!("{job} part {first} is released, and no message names it")
        });
    }
    for job in owed {
        if model.jobs.get(&job).is_none_or(|row| row.phase != Phase::ResultsPending) {
            continue;
        }
        let message = Message::Artifacts(ArtifactsMessage { job_id: job.parse().unwrap() });
        found.claim(lies(stores, QueueName::BlastArtifacts, &message.to_json()), "row-has-message", || {
            format!("{job} waits for its results to be joined, and no message says so")
        });
    }
}
