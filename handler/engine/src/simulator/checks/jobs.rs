//! Claims about a job's row, each time it is written.

use super::{Found, Model};
use crate::simulator::search::{hits_of, read_listing};
use crate::simulator::world::{Event, Line, Stores};
use blastline_blast::plan::covers;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::names::Table;
use blastline_jobs::ports::Blobs;
use blastline_jobs::retry::MAX_ATTEMPTS;
use blastline_jobs::rows::{CURRENT, ChunkState, JobRow};
use blastline_jobs::state::{Phase, Status};
use futures::FutureExt;

pub fn see(model: &Model, line: &Line, stores: &Stores, found: &mut Found) {
    let Event::Row { table: Table::JobState, old, new, .. } = &line.event else { return };
    let Some(new) = new else {
        found.claim(false, "phases-follow", || "a job's row was deleted".to_owned());
        return;
    };
    if new.rk != CURRENT {
        return;
    }
    let new = match JobRow::from_entity(new) {
        Ok(row) => row,
        Err(error) => return found.claim(false, "phases-follow", || error.to_string()),
    };
    let Some(old) = old.as_ref().and_then(|old| JobRow::from_entity(old).ok()) else {
        found.claim(new.phase == Phase::Queued, "phases-follow", || {
            format!("{} begins as {}", new.id, new.phase)
        });
        return;
    };
    phases(&old, &new, found);
    if new.phase != old.phase {
        if new.status() == Status::Failed {
            failure(model, line, &new, found);
        }
        if matches!(new.phase, Phase::ResultsPending | Phase::Completed) {
            covered(model, &new, found);
        }
        if new.phase == Phase::Completed {
            proved(&new, stores, found);
        }
    }
    forward(&old, &new, found);
}

fn phases(old: &JobRow, new: &JobRow, found: &mut Found) {
    // One write may pass through several phases.
    let follows = old.phase == new.phase
        || old.phase.may_become(new.phase)
        || (old.phase == Phase::Preparing && new.phase == Phase::Submitting);
    found.claim(follows, "phases-follow", || format!("{} goes from {} to {}", new.id, old.phase, new.phase));
    let entered = old.phase != new.phase;
    let fault = new.fault.is_some();
    let fine = match new.status() {
        Status::Failed => fault,
        Status::Completed | Status::Cancelled => !fault,
        Status::Queued | Status::Running => !(entered && fault),
        Status::Deleted => true,
    };
    found.claim(fine, "fault-cleared", || {
        format!("{} is {} with the fault {:?}", new.id, new.phase, new.fault)
    });
}

fn forward(old: &JobRow, new: &JobRow, found: &mut Found) {
    let grows = new.queries_done >= old.queries_done
        && new.letters_done >= old.letters_done
        && new.parts_done >= old.parts_done
        && new.attempts >= old.attempts
        && new.queries_done <= new.queries_total
        && new.letters_done <= new.letters_total;
    found.claim(grows, "progress-forward", || {
        format!("{} goes from {} to {} queries done", new.id, old.queries_done, new.queries_done)
    });
    let same = old.owner == new.owner
        && old.created_at == new.created_at
        && old.deadline_at == new.deadline_at
        && old.query_digest == new.query_digest
        && old.databases == new.databases
        && old.payload == new.payload
        && (old.started_at.is_none() || old.started_at == new.started_at)
        && (old.ended_at.is_none() || old.ended_at == new.ended_at);
    found.claim(same, "progress-forward", || format!("{}: something that was settled has changed", new.id));
    let ended = new.ended_at.is_some() == new.status().is_terminal();
    found.claim(ended, "progress-forward", || format!("{}: its end and its phase disagree", new.id));
}

/// What a job says it failed of has to have happened.
fn failure(model: &Model, line: &Line, row: &JobRow, found: &mut Found) {
    let Some(fault) = &row.fault else { return };
    let job = row.id.to_string();
    let tried = model.parts.get(&job).into_iter().flatten().map(|(_, part)| part.attempts).max().unwrap_or(0);
    let given_up = tried >= MAX_ATTEMPTS || row.attempts >= MAX_ATTEMPTS;
    let on_cluster = row.elastic.is_some() && {
        let code = fault.code.to_string();
        model.made.contains(&(job.clone(), code.clone())) || model.made.contains(&(String::new(), code))
    };
    let happened = on_cluster
        || match fault.code {
            ErrorCode::DeadlineExceeded => row.deadline_at <= line.at + time::Duration::seconds(1),
            ErrorCode::BlastSearchFailed => model.made.contains(&(job, fault.code.to_string())) || given_up,
            ErrorCode::ResultsInvalid => {
                let damaged = |word: &str| model.made.contains(&(job.clone(), word.to_owned()));
                (damaged("part-damaged") || damaged("join-short")) && given_up
            }
            code => (code.retryable() || code == ErrorCode::WorkerLost) && given_up,
        };
    found.claim(happened, "failure-true", || {
        format!("{} says it failed of {fault}, after {tried} tries", row.id)
    });
}

fn covered(model: &Model, row: &JobRow, found: &mut Found) {
    let parts = model.parts.get(row.id.as_str());
    let done = parts.into_iter().flatten().filter(|(_, part)| part.state == ChunkState::Done);
    let ranges: Vec<_> = done.map(|(_, part)| (part.first_query, part.queries)).collect();
    let whole = covers(row.queries_total, &ranges);
    found.claim(whole.is_ok(), "parts-cover-once", || format!("{} is {}: {whole:?}", row.id, row.phase));
}

fn proved(row: &JobRow, stores: &Stores, found: &mut Found) {
    let said = listing(row, stores);
    let expected: Vec<_> = (0..row.queries_total).map(|query| (query, hits_of(&row.id, query))).collect();
    found.claim(said.as_ref() == Some(&expected), "completed-proved", || match said {
        None => format!("{} is completed without a result", row.id),
        Some(said) => format!("{}: its result holds {} of {} queries", row.id, said.len(), expected.len()),
    });
    let hits: u64 = expected.iter().map(|(_, hits)| hits).sum();
    found.claim(row.hits == hits && row.queries_done == row.queries_total, "completed-proved", || {
        format!("{} tells {} of {hits} hits", row.id, row.hits)
    });
}

/// What a job's joined result lists, where it is there and can be read.
pub fn listing(row: &JobRow, stores: &Stores) -> Option<Vec<(u64, u64)>> {
    let path = crate::serverless::joined_files(row).ok()?.hits;
    let text = stores.blobs.get(&path, 1 << 20).now_or_never()?.ok()??;
    read_listing(&text)
}
