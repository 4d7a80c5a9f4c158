use super::advance::Tally;
use super::cancel::finish_cancel;
use super::delivery::elapsed;
use super::paths::ResultPaths;
use super::retry_job::{FailedStep, retry_job};
use super::tidy::{NamedResults, remove_blobs};
use super::watch::while_joining;
use super::workbench::{JoinPart, JoinTask, Joined};
use crate::deps::Deps;
use crate::error::{EngineError, EngineResult};
use crate::planted::{Planted, is_planted};
use crate::store::VersionedJob;
use blastline_blast::elastic::ElasticOutfmt;
use blastline_blast::plan::covers;
use blastline_jobs::effects::Effects;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{ArtifactsMessage, Message, SubmitMessage};
use blastline_jobs::names::Container;
use blastline_jobs::rows::{ChunkRow, ChunkState, JobRow};
use blastline_jobs::state::{Phase, StepName};
use time::OffsetDateTime;

/// Joins the parts of a search in query order, proves that the whole result is there, and completes the job.
///
/// As with parts, each attempt writes a folder of its own, named in the row before it begins: the latest attempt counts,
/// and what an earlier one still writes touches nothing that was proved.
pub async fn join_results(deps: &Deps, message: &ArtifactsMessage) -> EngineResult<Effects> {
    let job = &message.job_id;
    let (jobs, parts) = (deps.jobs(), deps.chunks());
    let (known, chunks) = futures::join!(jobs.versioned(job), parts.list_whole(job));
    let Some(mut known) = known? else { return Ok(Effects::none()) };
    let folder = ResultPaths::of(job).joined(&hex::encode(deps.random.bytes()));
    let Some((row, alone)) = begin(deps, &mut known, &folder).await? else { return Ok(Effects::none()) };
    if row.is_cancelling() {
        return finish_cancel(deps, job).await;
    }
    if row.phase != Phase::ResultsPending {
        return Ok(Effects { messages: Vec::new(), history: row.told_events() });
    }
    let chunks = chunks?;
    let joined = match plan(&row, &chunks) {
        Ok(task) => match while_joining(deps, &row, deps.workbench.join(&task)).await? {
            Some(joined) => joined.and_then(|joined| prove(&row, &chunks, joined)),
            None => return give_up(deps, &row, alone).await,
        },
        Err(error) => Err(error),
    };
    let joined = match joined {
        Ok(joined) => joined,
        Err(error) => {
            let again = Message::Artifacts(message.clone());
            let step = FailedStep { is_on: |row: &JobRow| is_ours(row, &folder), alone };
            return match retry_job(deps, job, again, error, step).await? {
                Some(effects) => Ok(effects),
                None => give_up(deps, &row, alone).await,
            };
        }
    };
    let row = complete(deps, &mut known, &folder, joined, chunks.len()).await?;
    let Some(row) = row.filter(|row| row.phase == Phase::Completed && row.result == folder) else {
        clear(deps, job, |name| name.starts_with(&folder)).await;
        return Ok(Effects::none());
    };
    let named = NamedResults::of(&row, &chunks);
    clear(deps, job, |name| !named.holds(name)).await;
    if is_planted(Planted::UnboundOutput) {
        let message = Message::Submit(SubmitMessage { job_id: job.clone() });
        return Ok(Effects { messages: vec![message], history: row.told_events() });
    }
    Ok(Effects { messages: Vec::new(), history: row.told_events() })
}

/// Names the folder of this attempt in the row of a job that waits for its results. Gives the row as it is then, and
/// whether nobody else can be joining: an earlier attempt that has not been silent goes on until it notices.
async fn begin(deps: &Deps, known: &mut VersionedJob, folder: &str) -> EngineResult<Option<(JobRow, bool)>> {
    let now = deps.clock.now();
    let mut alone = true;
    let row = deps
        .jobs()
        .change(known, |row| {
            let waits = row.phase == Phase::ResultsPending;
            if waits {
                alone = !is_joined(deps, row, now);
                folder.clone_into(&mut row.result);
                row.heartbeat_at = now;
            }
            Ok(waits)
        })
        .await?;
    Ok(row.map(|row| (row, alone)))
}

/// Whether somebody who gives signs of life joins the results of a job.
pub(super) fn is_joined(deps: &Deps, row: &JobRow, now: OffsetDateTime) -> bool {
    !row.result.is_empty() && elapsed(row.heartbeat_at, now) <= deps.timing.blast.quiet
}

/// Whether a job waits for the attempt that writes this folder.
fn is_ours(row: &JobRow, folder: &str) -> bool {
    row.phase == Phase::ResultsPending && row.result == folder
}

/// Ends an attempt that was told to stop, and the job where it was cancelled. One that was not alone leaves its name in
/// the row: a cancel waits until that is old, and so for the other one too.
async fn give_up(deps: &Deps, begun: &JobRow, alone: bool) -> EngineResult<Effects> {
    clear(deps, &begun.id, |name| name.starts_with(&begun.result)).await;
    let mut ours = false;
    let row = deps
        .jobs()
        .update(&begun.id, |row| {
            ours = row.result == begun.result && row.phase != Phase::Completed;
            if ours && alone {
                row.result.clear();
            }
            Ok(ours && alone)
        })
        .await?;
    match row {
        Some(row) if row.is_cancelling() => finish_cancel(deps, &begun.id).await,
        // It stood still for too long; nobody else joins either.
        Some(row) if row.phase == Phase::ResultsPending && (ours || row.result.is_empty()) => {
            let again = Message::Artifacts(ArtifactsMessage { job_id: begun.id.clone() });
            Ok(Effects { messages: vec![again], history: Vec::new() })
        }
        _ => Ok(Effects::none()),
    }
}

/// Deletes results of a job by name. Best effort: what this leaves, the reconciler takes away.
async fn clear(deps: &Deps, job: &JobId, unwanted: impl Fn(&str) -> bool) {
    let prefix = ResultPaths::of(job).prefix();
    if let Err(error) = remove_blobs(deps, Container::Results, &prefix, unwanted).await {
        tracing::warn!(job_id = %job, %error, "results that nobody names could not be taken away now");
    }
}

/// The parts to join: they have to hold every query once.
fn plan(row: &JobRow, chunks: &[ChunkRow]) -> EngineResult<JoinTask> {
    let done: Vec<&ChunkRow> = chunks.iter().filter(|chunk| chunk.state == ChunkState::Done).collect();
    let ranges: Vec<_> = done.iter().map(|chunk| (chunk.first_query, chunk.queries)).collect();
    covers(row.queries_total, &ranges).map_err(|gap| {
        tracing::error!(job_id = %row.id, ?gap, "parts do not cover the query");
        Fault::new(ErrorCode::ResultsInvalid, "The finished parts do not hold every sequence exactly once.")
    })?;
    let parts = done.iter().map(|chunk| JoinPart {
        folder: chunk.output.clone(),
        first_query: chunk.first_query,
        queries: chunk.queries,
        hits: chunk.hits,
        hsps: chunk.hsps,
        without_hits: chunk.without_hits,
    });
    Ok(JoinTask {
        job: row.id.clone(),
        queries: row.queries_total,
        parts: parts.collect(),
        folder: row.result.clone(),
        engine: row.engine,
        outfmt: row.outfmt(),
    })
}

/// Holds what was read back from storage against what the parts wrote.
fn prove(row: &JobRow, chunks: &[ChunkRow], joined: Joined) -> EngineResult<Joined> {
    let tally = Tally::of(chunks);
    let expected = Joined {
        queries: row.queries_total,
        hits: tally.hits,
        hsps: tally.hsps,
        without_hits: tally.without_hits,
    };
    if joined == expected || is_planted(Planted::UnprovedResult) {
        return Ok(joined);
    }
    tracing::error!(job_id = %row.id, ?joined, ?expected, "joined result differs from its parts");
    let detail = "The joined result does not hold what the parts found.";
    Err(EngineError::Fault(Fault::new(ErrorCode::ResultsInvalid, detail)))
}

async fn complete(
    deps: &Deps,
    known: &mut VersionedJob,
    folder: &str,
    joined: Joined,
    parts: usize,
) -> EngineResult<Option<JobRow>> {
    let now = deps.clock.now();
    deps.jobs()
        .change(known, |row| {
            if !is_ours(row, folder) {
                return Ok(false);
            }
            let outfmt = row.outfmt();
            if let Some(progress) = &mut row.progress {
                let noun = if parts == 1 { "part" } else { "parts" };
                let detail = match outfmt {
                    ElasticOutfmt::Hits => format!("{parts} {noun} joined, {} hits checked", joined.hits),
                    _ => format!("{parts} {noun} joined and read back"),
                };
                progress.describe(StepName::ExportingResults, &detail);
            }
            row.hits = joined.hits;
            row.hsps = joined.hsps;
            row.without_hits = joined.without_hits;
            row.queries_done = joined.queries;
            row.enter(Phase::Completed, now)?;
            Ok(true)
        })
        .await
}
