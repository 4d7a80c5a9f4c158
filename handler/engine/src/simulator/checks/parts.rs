//! Claims about a part's row, each time it is written.

use super::{Found, Model};
use crate::simulator::search::hits_of;
use crate::simulator::world::{Event, Line};
use blastline_jobs::names::Table;
use blastline_jobs::rows::{ChunkRow, ChunkState};
use blastline_jobs::state::Phase;

pub fn see(model: &Model, line: &Line, found: &mut Found) {
    let Event::Row { table: Table::JobChunks, old, new, .. } = &line.event else { return };
    let Some(new) = new.as_ref().and_then(|new| ChunkRow::from_entity(new).ok()) else {
        let job = old.as_ref().map_or("", |old| old.pk.as_str());
        let deleted = model.jobs.get(job).is_none_or(|row| row.phase == Phase::Deleted);
        return found.claim(deleted, "parts-end-once", || format!("{job}: a part's row was deleted"));
    };
    match old.as_ref().and_then(|old| ChunkRow::from_entity(old).ok()) {
        None => cut(model, &new, found),
        Some(old) => changed(model, line, &old, &new, found),
    }
    if new.state == ChunkState::Done {
        counted(&new, found);
    }
}

fn cut(model: &Model, new: &ChunkRow, found: &mut Found) {
    let before = model.parts.get(new.job.as_str());
    let planned_to = before.into_iter().flatten().map(|(_, part)| part.end()).max().unwrap_or(0);
    found.claim(new.first_query == planned_to && new.queries > 0, "parts-cover-once", || {
        format!("{}: a part begins at {}, parts before it end at {planned_to}", new.job, new.first_query)
    });
    let begins = if new.source.is_empty() { ChunkState::Released } else { ChunkState::OnCluster };
    found.claim(new.state == begins, "parts-end-once", || format!("a part begins {}", new.state));
}

fn changed(model: &Model, line: &Line, old: &ChunkRow, new: &ChunkRow, found: &mut Found) {
    let part = || format!("{} part {}", new.job, new.first_query);
    let same_range = (old.first_query, old.queries, old.letters, old.offset, old.bytes)
        == (new.first_query, new.queries, new.letters, new.offset, new.bytes);
    found.claim(same_range, "parts-cover-once", || format!("{}: its range changed", part()));
    found.claim(new.attempts >= old.attempts, "parts-end-once", || format!("{}: attempts go back", part()));
    let before_release = matches!(old.state, ChunkState::OnCluster | ChunkState::Ready)
        && matches!(
            new.state,
            ChunkState::OnCluster
                | ChunkState::Ready
                | ChunkState::Released
                | ChunkState::Failed
                | ChunkState::Cancelled
        );
    if before_release {
        return;
    }
    if !old.state.is_in_flight() {
        found.claim(old == new, "parts-end-once", || {
            format!("{}: was {}, is changed and {}", part(), old.state, new.state)
        });
        return;
    }
    let begins_without_claim = old.state == ChunkState::Released && new.state == ChunkState::Done;
    found.claim(!begins_without_claim, "hits-once", || format!("{}: done without being begun", part()));
    let holder_is_gone = old.state != ChunkState::Running || new.claim == old.claim || {
        // Clocks differ by up to a second.
        let silent = line.at + time::Duration::milliseconds(1_500) - old.last_seen() >= model.quiet;
        let same_message = new.claim_message == old.claim_message && new.claim_dequeue > old.claim_dequeue;
        let lives = model.running.keys().any(|folder| folder.ends_with(&old.claim));
        silent || same_message || !lives
    };
    found.claim(holder_is_gone, "holders-left-alone", || {
        format!("{}: taken from {} while it gave signs of life", part(), old.claim)
    });
}

fn counted(new: &ChunkRow, found: &mut Found) {
    let part = || format!("{} part {}", new.job, new.first_query);
    found.claim(!new.claim.is_empty() && new.output.ends_with(&new.claim), "hits-once", || {
        format!("{}: held by `{}`, counts {}", part(), new.claim, new.output)
    });
    let hits: u64 = (new.first_query..new.end()).map(|query| hits_of(&new.job, query)).sum();
    found.claim(new.hits == hits, "hits-once", || format!("{}: counts {} of {hits} hits", part(), new.hits));
}
