//! Claims about searches on a cluster.

use super::{Found, Model};
use crate::simulator::search::Yard;
use crate::simulator::world::{Event, Line, Stores, Violation};
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{Message, WatchMessage};
use blastline_jobs::names::{Container, QueueName, Table};
use blastline_jobs::ports::Blobs;
use blastline_jobs::rows::{CURRENT, ChunkRow, ChunkState, JobRow};
use blastline_jobs::state::Phase;
use futures::FutureExt;

pub fn see(model: &mut Model, line: &Line, stores: &Stores, found: &mut Found) {
    match &line.event {
        Event::Row { table: Table::JobState, new: Some(new), .. } if new.rk == CURRENT => {
            if let Ok(row) = JobRow::from_entity(new) {
                owes(model, line, &row);
                ended(model, &row, found);
            }
        }
        Event::Row { table: Table::JobChunks, new: Some(new), .. } => {
            if let Ok(row) = ChunkRow::from_entity(new)
                && row.state == ChunkState::Ready
            {
                given_to_be_read(model, stores, &row, found);
            }
        }
        Event::Called { function: "watch", input } => comes_again(model, line, input),
        Event::Returned { clean, .. } => {
            let owed = model.looks.remove(&line.invocation).unwrap_or_default();
            for (job, look) in owed.into_iter().filter(|_| *clean) {
                next_look(stores, &job, look, found);
            }
        }
        Event::Task { word: "batch-complete", task, detail } => {
            model.complete.insert((task.clone(), detail.parse().unwrap()));
        }
        Event::Task { word: "submission", task, detail } => alone(model, task, detail, found),
        Event::Task { word: "submission-runs", task, detail } => {
            let other = model.submissions.iter().any(|(job, _)| job == task);
            found.claim(!other, "one-submission", || format!("{detail} runs, and so does an earlier one"));
            model.submissions.insert((task.clone(), detail.clone()));
        }
        Event::Task { word: "submission-gone", task, detail } => {
            model.submissions.remove(&(task.clone(), detail.clone()));
        }
        _ => {}
    }
}

/// Who wrote a look last owes the message of the next one.
fn owes(model: &mut Model, line: &Line, row: &JobRow) {
    let job = row.id.to_string();
    for owed in model.looks.values_mut() {
        owed.remove(&job);
    }
    let before = model.jobs.get(&job).and_then(|row| row.elastic.as_ref()).map_or(0, |state| state.look);
    let Some(state) = &row.elastic else { return };
    if line.invocation > 0 && state.look > before && state.next_look_at.is_some() {
        model.looks.entry(line.invocation).or_default().insert(job, state.look);
    }
}

/// A look that was taken, and whose message comes again: its first delivery may have died before it asked for the next.
fn comes_again(model: &mut Model, line: &Line, input: &str) {
    let Some((body, delivery)) = input.split_once(" (delivery ") else { return };
    let Ok(message) = serde_json::from_str::<WatchMessage>(body) else { return };
    let job = message.job_id.to_string();
    let Some(state) = model.jobs.get(&job).and_then(|row| row.elastic.as_ref()) else { return };
    let ended = model.jobs.get(&job).is_none_or(|row| row.status().is_terminal());
    if delivery != "1)" && !ended && state.look == message.look + 1 && state.next_look_at.is_some() {
        let look = state.look;
        model.looks.entry(line.invocation).or_default().insert(job, look);
    }
}

fn next_look(stores: &Stores, job: &str, look: u64, found: &mut Found) {
    let message = Message::Watch(WatchMessage { job_id: job.parse().unwrap(), look }).to_json();
    let lies = |queue| stores.queues.bodies(queue).contains(&message);
    let sent = lies(QueueName::BlastWatch) || lies(QueueName::BlastWatchPoison);
    found.claim(sent, "look-has-message", || format!("{job} waits for look {look}, and no message says so"));
}

fn ended(model: &Model, row: &JobRow, found: &mut Found) {
    let Some(cluster) = model.yard.cluster().filter(|_| row.elastic.is_some()) else { return };
    if row.phase == Phase::Cancelled {
        let left = cluster.left_of(&row.id);
        found.claim(left.is_empty(), "cluster-left", || {
            format!("{} is cancelled, and there is {}", row.id, left.join(", "))
        });
    }
    if row.phase == Phase::Completed {
        let batches = row.elastic.as_ref().map_or(0, |state| state.batches);
        let open: Vec<u64> =
            (0..batches).filter(|number| !model.complete.contains(&(row.id.to_string(), *number))).collect();
        found.claim(open.is_empty() && batches > 0, "batches-proved", || {
            format!("{} is completed, and its batches {open:?} of {batches} never were", row.id)
        });
    }
}

fn given_to_be_read(model: &Model, stores: &Stores, row: &ChunkRow, found: &mut Found) {
    let complete = model.complete.contains(&(row.job.to_string(), row.batch));
    let path = BlobPath::new(Container::Results, row.source.clone()).unwrap();
    let there = stores.blobs.head(&path).now_or_never().unwrap().unwrap().is_some();
    found.claim(complete && there, "batches-proved", || {
        let (job, batch) = (&row.job, row.batch);
        format!(
            "{job} batch {batch}: Job complete: {complete}, result there: {there}, and it is to be read in"
        )
    });
}

/// A submission was created: nothing of an earlier one is there.
fn alone(model: &Model, job: &str, name: &str, found: &mut Found) {
    let (Some(cluster), Ok(id)) = (model.yard.cluster(), job.parse::<JobId>()) else { return };
    let others: Vec<String> = cluster
        .memory
        .peek_jobs(&id)
        .into_iter()
        .filter(|other| {
            other.name != name && !(other.role == blastline_jobs::ports::JobRole::Cli && other.end.is_some())
        })
        .map(|other| other.name)
        .collect();
    found.claim(others.is_empty(), "one-submission", || {
        format!("{name} is created, and there is {}", others.join(", "))
    });
}

/// What keeps a cluster from being left as it should be.
pub fn not_left(yard: &Yard, stores: &Stores, jobs: &[JobRow]) -> Vec<Violation> {
    let mut found = Found::default();
    let Some(cluster) = yard.cluster() else { return Vec::new() };
    let ended = |job: &&JobRow| job.status().is_terminal();
    for job in jobs.iter().filter(|job| job.elastic.is_some()).filter(ended) {
        let left = cluster.left_of(&job.id);
        found.claim(left.is_empty(), "cluster-left", || {
            format!("{} is {}, and there is {}", job.id, job.phase, left.join(", "))
        });
    }
    let line =
        super::rest::rows(stores, Table::Limits, &format!("slots:{}", crate::simulator::cluster::NAME));
    for row in line {
        found.claim(false, "line-left", || format!("{} still stands in line", row.rk));
    }
    // Who was killed with it leaves it to run out.
    if let Some(holder) = cluster.lease_held() {
        found.claim(!holder.starts_with("blastline-"), "line-left", || {
            format!("{holder} still holds the Lease")
        });
    }
    found.0
}
