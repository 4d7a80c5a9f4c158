//! Looking at the batches of a search on a cluster.

use super::eyes::Eyes;
use super::looked::Looked;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::planted::{Planted, is_planted};
use crate::serverless::advance;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::elastic::judgement::{BatchSeen, BatchState, Hold, Look, Outlook, Picture, judge};
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::names::Container;
use blastline_jobs::ports::{BlobInfo, Cluster, Sighting};
use blastline_jobs::rows::{ChunkRow, ChunkState, JobRow};
use blastline_jobs::state::{Phase, StepName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// How long Jobs may take to be listed after the submission that made them ended.
const LAG: Duration = Duration::from_secs(120);

/// How long the result of a completed batch may take to be seen.
const PATIENCE: Duration = Duration::from_secs(600);

/// Batches whose machine is written down in one look; the others' is in the next.
const PLACED_A_LOOK: usize = 50;

/// By how much the clocks of cluster and storage may differ.
const SKEW: Duration = Duration::from_secs(330);

/// One look: completed batches whose results are there are given to be read in; a failed one fails the search.
pub(super) async fn look(
    deps: &Deps,
    row: &JobRow,
    cluster: &Arc<dyn Cluster>,
    eyes: &mut Eyes<'_>,
) -> EngineResult<Looked> {
    let Sighting { jobs, pods, .. } = eyes.look(row, cluster).await?;
    let rows = deps.chunks().list_light(&row.id).await?;
    let remembered: BTreeSet<u32> = rows.iter().filter(|row| was_seen(row)).filter_map(number).collect();
    let since = rows.iter().map(|row| row.released_at).min().unwrap_or(row.updated_at);
    let picture = judge(&Look {
        jobs,
        pods,
        batches: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        remembered: &remembered,
        // The submission has ended, but lists lag behind.
        all_created: deps.clock.now() > since + deps.timing.scaled(LAG),
    });
    if let Some(fault) = failure(&picture, row).or_else(|| kept_too_long(deps, &picture, row)) {
        if let Outlook::BatchFailed { batch, .. } = picture.outlook {
            mark_failed(deps, &rows, batch, &fault).await?;
        }
        return Err(fault.into());
    }
    let seen: BTreeMap<u32, &BatchSeen> = picture.batches.iter().map(|seen| (seen.batch, seen)).collect();
    let (mut left, mut placed) = (0_u64, 0);
    for chunk in rows.iter().filter(|chunk| chunk.state == ChunkState::OnCluster) {
        let batch = number(chunk).and_then(|number| seen.get(&number).copied());
        let early = |state: &BatchState| {
            is_planted(Planted::UnfinishedBatch)
                && matches!(state, BatchState::Running | BatchState::Waiting(_))
        };
        let complete = |batch: &&BatchSeen| batch.state == BatchState::Complete || early(&batch.state);
        let settled = match batch.filter(complete) {
            Some(batch) => settle(deps, row, chunk, batch).await?,
            None => {
                if placed < PLACED_A_LOOK
                    && let Some(batch) = batch
                {
                    placed += usize::from(place(deps, row, chunk, batch).await?);
                }
                false
            }
        };
        left += u64::from(!settled);
    }
    let effects = advance(deps, &row.id).await?;
    let looked = told(row, &picture, rows.len() as u64 - left, rows.len() as u64);
    Ok(Looked { effects, last: left == 0, ..looked })
}

fn number(chunk: &ChunkRow) -> Option<u32> {
    u32::try_from(chunk.batch).ok()
}

/// Whether a batch's Job was seen to complete at an earlier look.
fn was_seen(chunk: &ChunkRow) -> bool {
    chunk.state != ChunkState::OnCluster || !chunk.cluster_job.is_empty()
}

/// What fails the search.
fn failure(picture: &Picture, row: &JobRow) -> Option<Fault> {
    match &picture.outlook {
        Outlook::BatchFailed { batch, cause } => {
            let fault = cause.fault(row.program);
            Some(Fault { detail: format!("Batch {} of the search: {}", batch + 1, fault.detail), ..fault })
        }
        Outlook::SetupFailed(cause) => {
            let fault = cause.fault(row.program);
            let detail = format!("The database did not reach the machines of the cluster. {}", fault.detail);
            Some(Fault::new(ErrorCode::DatabaseStagingFailed, detail))
        }
        Outlook::JobsMissing { first, count } => {
            let detail = format!(
                "{count} of {} batches are not on the cluster any more and were not seen to end, the first of them is \
                 batch {}.",
                picture.batches.len(),
                first + 1
            );
            Some(Fault::new(ErrorCode::ElasticJobsMissing, detail))
        }
        Outlook::Creating(_) | Outlook::Waiting(_) | Outlook::Running | Outlook::AllComplete => None,
    }
}

/// Whether what keeps a pod was believed to pass by itself for long enough.
pub(super) fn is_over(deps: &Deps, hold: &Hold) -> bool {
    let patience = hold.cause.patience().map(|patience| deps.timing.scaled(patience));
    patience.is_some_and(|patience| deps.clock.now() > hold.since + patience)
}

/// What keeps a search and will not pass by itself.
fn kept_too_long(deps: &Deps, picture: &Picture, row: &JobRow) -> Option<Fault> {
    let (Outlook::Creating(hold) | Outlook::Waiting(hold)) = &picture.outlook else { return None };
    hold.as_ref().filter(|hold| is_over(deps, hold)).map(|hold| hold.cause.fault(row.program))
}

/// Writes down which batch failed and why, before the search ends by it.
async fn mark_failed(deps: &Deps, rows: &[ChunkRow], batch: u32, fault: &Fault) -> EngineResult<()> {
    let Some(row) = rows.iter().find(|row| number(row) == Some(batch)) else { return Ok(()) };
    deps.chunks()
        .update(&row.job, row.first_query, |chunk| {
            let ours = chunk.state == ChunkState::OnCluster;
            if ours {
                chunk.state = ChunkState::Failed;
                chunk.fault = Some(fault.clone());
            }
            ours
        })
        .await?;
    Ok(())
}

/// Where the search is, in words, and the phase that follows.
fn told(row: &JobRow, picture: &Picture, done: u64, all: u64) -> Looked {
    let words = format!("{done} of {all} batches are done on the cluster.");
    let held = |hold: &Hold| format!("{words} {}", hold.cause.fault(row.program).detail);
    match &picture.outlook {
        Outlook::Creating(hold) | Outlook::Waiting(hold) if row.phase == Phase::Submitted => {
            let words = hold.as_ref().map_or_else(|| words.clone(), held);
            Looked::same().saying(StepName::Submitting, words)
        }
        _ if row.phase == Phase::Submitted => Looked::enter(Phase::Running).saying(StepName::Running, words),
        Outlook::Waiting(Some(hold)) => Looked::same().saying(StepName::Running, held(hold)),
        _ => Looked::same().saying(StepName::Running, words),
    }
}

/// Writes down where a batch runs, when it began to run elsewhere than before. Whether there was something to write.
async fn place(deps: &Deps, row: &JobRow, chunk: &ChunkRow, seen: &BatchSeen) -> EngineResult<bool> {
    let (BatchState::Running, Some(node)) = (&seen.state, &seen.node) else { return Ok(false) };
    let attempts = u64::from(seen.attempts);
    if chunk.node == *node && chunk.cluster_attempts == attempts {
        return Ok(false);
    }
    let now = deps.clock.now();
    deps.chunks()
        .update(&row.id, chunk.first_query, |chunk| {
            let ours = chunk.state == ChunkState::OnCluster;
            if ours {
                node.clone_into(&mut chunk.node);
                chunk.cluster_from = chunk.cluster_from.or(seen.started_at).or(Some(now));
                chunk.cluster_attempts = attempts;
            }
            ours
        })
        .await?;
    Ok(true)
}

/// Remembers a completed batch, and gives it to be read in once its result is there. Whether it needs no further look.
async fn settle(deps: &Deps, row: &JobRow, chunk: &ChunkRow, seen: &BatchSeen) -> EngineResult<bool> {
    let now = deps.clock.now();
    let began = seen.started_at.or(seen.created_at).or(chunk.cluster_from);
    let fresh = result_of(deps, chunk).await?.is_some_and(|blob| is_fresh(&blob, began))
        || is_planted(Planted::UnprovedBatch);
    deps.chunks()
        .update(&row.id, chunk.first_query, |chunk| {
            let ours = chunk.state == ChunkState::OnCluster;
            if ours {
                remember(chunk, seen, now);
                if fresh {
                    chunk.state = ChunkState::Ready;
                    chunk.released_at = now;
                }
            }
            ours
        })
        .await?;
    let ended = chunk.cluster_to.or(seen.ended_at).unwrap_or(now);
    if !fresh && now > ended + deps.timing.scaled(PATIENCE) {
        let number = chunk.batch + 1;
        let detail =
            format!("Batch {number} of the search ended on the cluster, but its result is not there.");
        return Err(Fault::new(ErrorCode::ResultsInvalid, detail).into());
    }
    Ok(fresh)
}

fn remember(chunk: &mut ChunkRow, seen: &BatchSeen, now: OffsetDateTime) {
    if let Some(uid) = &seen.job_uid {
        uid.clone_into(&mut chunk.cluster_job);
        chunk.cluster_from = seen.started_at.or(seen.created_at);
        chunk.cluster_to = Some(seen.ended_at.unwrap_or(now));
        chunk.cluster_attempts = chunk.cluster_attempts.max(seen.attempts.into());
    }
    if let Some(node) = &seen.node {
        node.clone_into(&mut chunk.node);
    }
}

async fn result_of(deps: &Deps, chunk: &ChunkRow) -> EngineResult<Option<BlobInfo>> {
    Ok(deps.blobs.head(&BlobPath::new(Container::Results, chunk.source.clone())?).await?)
}

/// Whether a result was written after its Job began: a file of an earlier attempt under the same id is none.
fn is_fresh(blob: &BlobInfo, began: Option<OffsetDateTime>) -> bool {
    blob.size_bytes > 0 && began.is_none_or(|began| blob.modified + SKEW >= began)
}
