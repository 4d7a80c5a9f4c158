//! Looking at the batches of a search on a cluster.

use super::eyes::Eyes;
use super::looked::Looked;
use super::noted::{Noted, note};
use super::results::Results;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::planted::{Planted, is_planted};
use crate::serverless::advance;
use blastline_jobs::elastic::judgement::{BatchSeen, BatchState, Hold, Look, Outlook, Picture, judge};
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ports::{Cluster, JobRole, JobSeen, Sighting};
use blastline_jobs::rows::{ChunkRow, ChunkState, JobRow};
use blastline_jobs::state::{Phase, StepName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// How long Jobs may take to be listed after the submission that made them ended.
const LAG: Duration = Duration::from_secs(120);

/// How long ElasticBLAST's Jobs are kept after their end: `ttlSecondsAfterFinished` of its templates.
pub(super) const KEPT: Duration = Duration::from_secs(1_800);

/// How long the result of a completed batch may take to be seen.
const PATIENCE: Duration = Duration::from_secs(600);

/// One look: completed batches whose results are there are given to be read in; a failed one fails the search. Whatever the
/// number of batches, their rows and results are listed by the page and written by the hundred.
pub(super) async fn look(
    deps: &Deps,
    row: &JobRow,
    cluster: &Arc<dyn Cluster>,
    eyes: &mut Eyes<'_>,
) -> EngineResult<Looked> {
    let sighting = eyes.look(row, cluster).await?;
    let rows = deps.chunks().list_versions(&row.id).await?;
    let submitted = submitted_at(row, &sighting.jobs);
    let mut results = Results::of(deps, row);
    let light = rows.iter().map(|chunk| &chunk.row);
    let picture = picture(deps, row, sighting, light.clone().collect(), submitted, &mut results).await?;
    if let Some(fault) = failure(&picture, row).or_else(|| kept_too_long(deps, &picture, row)) {
        if let Outlook::BatchFailed { batch, .. } = picture.outlook
            && let Some(chunk) = light.clone().find(|row| number(row) == Some(batch))
            && let Some(seen) = picture.batches.iter().find(|seen| seen.batch == batch)
        {
            mark_failed(deps, chunk, seen, &fault).await?;
        }
        return Err(fault.into());
    }
    let seen: BTreeMap<u32, &BatchSeen> = picture.batches.iter().map(|seen| (seen.batch, seen)).collect();
    let of = |chunk: &ChunkRow| number(chunk).and_then(|number| seen.get(&number).copied());
    let mut fresh = BTreeSet::new();
    for chunk in light.filter(|chunk| chunk.state == ChunkState::OnCluster) {
        let Some(batch) = of(chunk).filter(|batch| is_complete(&batch.state)) else { continue };
        let began = batch.started_at.or(batch.created_at).or(chunk.cluster_from).or(submitted);
        if results.is_fresh(chunk, began).await? || is_planted(Planted::UnprovedBatch) {
            fresh.insert(batch.batch);
        }
    }
    let now = deps.clock.now();
    let rows = deps
        .chunks()
        .change_all(rows, |chunk| {
            let Some(batch) = of(chunk) else { return false };
            let state = match is_complete(&batch.state) {
                true => Noted::Complete { fresh: fresh.contains(&batch.batch) },
                false => Noted::Open,
            };
            note(chunk, batch, state, now)
        })
        .await?;
    let left: Vec<_> = rows.iter().filter(|chunk| chunk.state == ChunkState::OnCluster).collect();
    let late = now - deps.timing.scaled(PATIENCE);
    if let Some(chunk) = left.iter().find(|chunk| chunk.cluster_to.is_some_and(|ended| ended < late)) {
        let number = chunk.batch + 1;
        let detail =
            format!("Batch {number} of the search ended on the cluster, but its result is not there.");
        return Err(Fault::new(ErrorCode::ResultsInvalid, detail).into());
    }
    let (left, all) = (left.len() as u64, rows.len() as u64);
    let effects = advance(deps, &row.id).await?;
    Ok(Looked { effects, last: left == 0, ..told(row, &picture, all - left, all) })
}

/// What is to be thought of the batches. Where Jobs may have ended and gone unseen, because nobody could look for longer than
/// they are kept, the results decide of those that are not there any more: a result that is newer than the submission is
/// given to be read in, which proves it; a batch without one is missing.
async fn picture(
    deps: &Deps,
    row: &JobRow,
    Sighting { jobs, pods, .. }: &Sighting,
    rows: Vec<&ChunkRow>,
    submitted: Option<OffsetDateTime>,
    results: &mut Results<'_>,
) -> EngineResult<Picture> {
    let mut remembered: BTreeSet<u32> =
        rows.iter().filter(|row| was_seen(row)).filter_map(|row| number(row)).collect();
    let since = rows.iter().map(|row| row.released_at).min().unwrap_or(row.updated_at);
    let now = deps.clock.now();
    let judged = |remembered: &BTreeSet<u32>| {
        judge(&Look {
            jobs,
            pods,
            batches: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            remembered,
            // The submission has ended, but lists lag behind.
            all_created: now > since + deps.timing.scaled(LAG),
        })
    };
    let picture = judged(&remembered);
    let missed = row.elastic.as_ref().is_some_and(|state| state.has_missed(now, deps.timing.scaled(KEPT)));
    if !matches!(picture.outlook, Outlook::JobsMissing { .. }) || !missed {
        return Ok(picture);
    }
    let missing: BTreeSet<u32> = picture.batches.iter().filter(is_missing).map(|seen| seen.batch).collect();
    for chunk in rows.iter().filter(|row| number(row).is_some_and(|number| missing.contains(&number))) {
        if results.is_fresh(chunk, submitted).await? {
            remembered.extend(number(chunk));
        }
    }
    let found = remembered.intersection(&missing).count();
    tracing::warn!(job_id = %row.id, missing = missing.len(), found, "Jobs may have ended unseen; results decide");
    Ok(judged(&remembered))
}

fn is_missing(seen: &&BatchSeen) -> bool {
    seen.state == BatchState::Missing
}

fn is_complete(state: &BatchState) -> bool {
    let early =
        is_planted(Planted::UnfinishedBatch) && matches!(state, BatchState::Running | BatchState::Waiting(_));
    *state == BatchState::Complete || early
}

/// When the submission began that made the batches, by the cluster's clock where its Job is still there: a result that is
/// older is of something else.
fn submitted_at(row: &JobRow, jobs: &[JobSeen]) -> Option<OffsetDateTime> {
    let cli = jobs.iter().filter(|job| job.role == JobRole::Cli).map(|job| job.created_at).max();
    let step = || row.progress.as_ref()?.steps.get(&StepName::StagingDb)?.started_at;
    cli.or_else(step)
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
            // The cause first: which batch met it tells a researcher the least.
            let stop = if fault.detail.ends_with('.') { "" } else { "." };
            let detail = format!("{}{stop} It was batch {} of the search.", fault.detail, batch + 1);
            Some(Fault { detail, ..fault })
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
async fn mark_failed(deps: &Deps, row: &ChunkRow, seen: &BatchSeen, fault: &Fault) -> EngineResult<()> {
    let now = deps.clock.now();
    deps.chunks()
        .update(&row.job, row.first_query, |chunk| note(chunk, seen, Noted::Failed(fault), now))
        .await?;
    Ok(())
}

/// Where the search is, in words, and the phase that follows.
fn told(row: &JobRow, picture: &Picture, done: u64, all: u64) -> Looked {
    let are = if all == 1 { "batch is" } else { "batches are" };
    let words = format!("{done} of {all} {are} done on the cluster.");
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
