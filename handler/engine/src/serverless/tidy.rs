//! What ended searches, and requests that never became a search, leave behind, and how it goes.
//!
//! The worklist owns it: an ended search stays on it until nothing is left that no row names, a deleted one until all
//! its blobs are gone. So the cost is that of searches that ended lately, not of all that ever did.

use super::cancel::stop_parts;
use super::paths::ResultPaths;
use crate::deps::Deps;
use crate::elastic::{clear_cluster, last_words, lease_of_who_was_next, leave_line};
use crate::error::{EngineError, EngineResult};
use crate::planted::{Planted, is_planted};
use blastline_jobs::ids::JobId;
use blastline_jobs::names::{Container, Table};
use blastline_jobs::ports::{BlobInfo, Select};
use blastline_jobs::rows::{CURRENT, ChunkRow, ChunkState, IndexRow, JobRow};
use blastline_jobs::state::Status;
use blastline_jobs::timing::TaskType;
use std::collections::BTreeSet;
use std::time::Duration;
use time::OffsetDateTime;

/// Containers in which a search has blobs, each under its id.
pub const OWNED: [Container; 4] =
    [Container::Queries, Container::Results, Container::JobPayloads, Container::JobArtifacts];

/// What is left to do for an ended search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tidied {
    /// Nothing: nobody writes for it any more, and nothing is there that no row names.
    Whole,
    /// Something may still be written for it; it is looked at again then.
    LookAgain(OffsetDateTime),
}

/// Takes away what nobody names of a search that has ended. Safe to run at any time, by anybody.
pub(super) async fn tidy_ended(deps: &Deps, row: &JobRow, now: OffsetDateTime) -> EngineResult<Tidied> {
    deps.dispatch().remove(&row.id).await?;
    let chunks = stop_parts(deps, &row.id).await?;
    let in_flight = chunks.iter().any(|chunk| chunk.state.is_in_flight());
    let late = row.ended_at.unwrap_or(row.updated_at) + deps.timing.late;
    let over = now >= late && !in_flight;
    let prefix = ResultPaths::of(&row.id).prefix();
    if row.status() == Status::Deleted {
        for container in OWNED {
            remove_blobs(deps, container, &prefix, |_| true).await?;
        }
        if !in_flight {
            deps.chunks().remove_all(&row.id).await?;
        }
        deps.index().remove(&IndexRow::of(row)).await?;
    } else {
        let named = NamedResults::of(row, &chunks);
        if !is_planted(Planted::AttemptsLeft) {
            remove_blobs(deps, Container::Results, &prefix, |name| !named.holds(name)).await?;
        }
        if over {
            // Of two requests with one key the later one stored its own sequences beside the first one's.
            let query = format!("{prefix}{}.", row.query_digest);
            remove_blobs(deps, Container::Queries, &prefix, |name| !name.starts_with(&query)).await?;
            let payload = payload_of(deps, &row.id).await?;
            remove_blobs(deps, Container::JobPayloads, &prefix, |name| !payload.ends_with(name)).await?;
        }
    }
    if let Some(next) = clear_cluster_of(deps, row, now).await? {
        return Ok(Tidied::LookAgain(next));
    }
    if over {
        return Ok(Tidied::Whole);
    }
    Ok(Tidied::LookAgain(if in_flight { now + deps.timing.blast.quiet / 2 } else { late }))
}

async fn leave(deps: &Deps, row: &JobRow) -> EngineResult<()> {
    if is_planted(Planted::PlaceKept) {
        return Ok(());
    }
    leave_line(deps, row).await
}

/// After so long a cluster is let go of on which an ended search still has objects: they have ended by themselves then.
const LET_GO: Duration = Duration::from_secs(7 * 24 * 3600);

/// After so long a Lease that nobody renews has run out.
const LEASE_RUNS_OUT: Duration = Duration::from_secs(1_000);

/// Clears the cluster of a search that has ended; gives when to look again while something is left there. One that completed
/// is left alone until nobody writes for it any more: its finalizer may still be at it, and what that says is stored before
/// it goes. A cluster that stays silent is let go of after a week: its Jobs have ended by themselves then.
async fn clear_cluster_of(
    deps: &Deps,
    row: &JobRow,
    now: OffsetDateTime,
) -> EngineResult<Option<OffsetDateTime>> {
    let Some(state) = &row.elastic else { return Ok(None) };
    let ended = row.ended_at.unwrap_or(row.updated_at);
    let completed = row.status() == Status::Completed;
    // Before its query was cut nothing of it was submitted. Its row may not know of a submission that was on its way when
    // it ended; such a one is found by the last look, long after.
    if state.batches == 0 {
        leave(deps, row).await?;
        let held = !completed
            && !lease_of_who_was_next(deps, row, &state.cluster).await
            && now < ended + LEASE_RUNS_OUT;
        return Ok(held.then(|| now + deps.timing.blast.quiet / 2));
    }
    if completed && now < ended + deps.timing.late {
        leave(deps, row).await?;
        return Ok(None);
    }
    let Ok(cluster) = deps.clusters.open(&state.cluster) else {
        leave(deps, row).await?;
        return Ok(None);
    };
    let let_go = now > ended + deps.timing.scaled(LET_GO);
    let cleared = async {
        if completed {
            last_words(deps, row, &cluster).await?;
        }
        clear_cluster(cluster.as_ref(), &row.id).await
    };
    match cleared.await {
        Ok(0) => {
            leave(deps, row).await?;
            Ok(None)
        }
        Ok(left) => {
            tracing::info!(job_id = %row.id, left, "an ended search still has objects on its cluster");
            Ok((!let_go).then(|| now + deps.timing.blast.quiet / 2))
        }
        Err(EngineError::Cluster(error)) => {
            tracing::warn!(job_id = %row.id, %error, "the cluster of an ended search gave no answer");
            Ok((!let_go).then(|| now + deps.timing.late))
        }
        Err(error) => Err(error),
    }
}

/// The results of an ended search that a row names.
#[derive(Debug)]
pub struct NamedResults {
    folders: BTreeSet<String>,
    /// Prefix of what a cluster wrote, and whether that was read in and joined.
    cluster: Option<(String, bool)>,
}

impl NamedResults {
    /// Of a search with these parts: the joined files of one that is completed, else what its finished parts found,
    /// which can still be read.
    pub fn of(row: &JobRow, chunks: &[ChunkRow]) -> Self {
        let completed = row.status() == Status::Completed;
        let prefix = || (ResultPaths::of(&row.id).cluster_prefix(), completed);
        let cluster = row.elastic.is_some().then(prefix);
        if completed {
            return Self { folders: BTreeSet::from([row.result_folder().to_owned()]), cluster };
        }
        let done = chunks.iter().filter(|chunk| chunk.state == ChunkState::Done);
        Self { folders: done.map(|chunk| chunk.output.clone()).collect(), cluster }
    }

    /// Whether a blob of `results` is one of them.
    pub fn holds(&self, name: &str) -> bool {
        name.rsplit_once('/').is_some_and(|(folder, _)| self.folders.contains(folder)) || self.is_kept(name)
    }

    /// Whether a blob tells how a search ran on its cluster. Sequences of batches are there twice; results of batches are
    /// too, once they were joined.
    fn is_kept(&self, name: &str) -> bool {
        let Some((prefix, joined)) = &self.cluster else { return false };
        name.strip_prefix(prefix.as_str()).is_some_and(|file| {
            let twice = file.starts_with("query_batches/") || (*joined && file.ends_with(".out.gz"));
            !twice
        })
    }
}

async fn payload_of(deps: &Deps, id: &JobId) -> EngineResult<String> {
    let select = Select::Only(&["payload_json"]);
    let stored = deps.tables.get(Table::JobState, id.as_str(), CURRENT, select).await?;
    Ok(match stored {
        Some(stored) => stored.entity.get_text("payload_json")?.to_owned(),
        None => String::new(),
    })
}

/// Takes away what a request stored that never wrote its row. Another request with the same id may be under way: it
/// wrote its own worklist entry before anything else, so whoever lists first and looks for that entry then sees it, and
/// what it writes after the listing has another version than what was listed.
pub(super) async fn tidy_without_row(deps: &Deps, id: &JobId) -> EngineResult<()> {
    let prefix = ResultPaths::of(id).prefix();
    let mut listed: Vec<BlobInfo> = Vec::new();
    for container in OWNED {
        let mut after: Option<String> = None;
        loop {
            let page = deps.blobs.list(container, &prefix, after.as_deref()).await?;
            listed.extend(page.blobs);
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
    }
    if deps.active().has_other(TaskType::Blast, id).await? || deps.jobs().state(id).await?.is_some() {
        return Ok(());
    }
    for blob in &listed {
        deps.blobs.delete_version(blob).await?;
    }
    deps.chunks().remove_all(id).await?;
    deps.dispatch().remove(id).await
}

/// Deletes the blobs under a prefix whose names are unwanted.
pub(super) async fn remove_blobs(
    deps: &Deps,
    container: Container,
    prefix: &str,
    unwanted: impl Fn(&str) -> bool,
) -> EngineResult<()> {
    let mut after: Option<String> = None;
    loop {
        let page = deps.blobs.list(container, prefix, after.as_deref()).await?;
        for blob in page.blobs.iter().filter(|blob| unwanted(blob.path.name())) {
            deps.blobs.delete(&blob.path).await?;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}
