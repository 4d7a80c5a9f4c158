use super::advance::Tally;
use super::cancel::finish_cancel;
use super::paths::ResultPaths;
use super::retry_job::retry_job;
use super::tidy::remove_blobs;
use super::watch::with_signs_of_life;
use super::workbench::{JoinPart, JoinTask, Joined};
use crate::deps::Deps;
use crate::error::{EngineError, EngineResult};
use crate::store::VersionedJob;
use blastline_blast::plan::covers;
use blastline_jobs::effects::Effects;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::message::{ArtifactsMessage, Message};
use blastline_jobs::names::Container;
use blastline_jobs::rows::{ChunkRow, ChunkState, JobRow};
use blastline_jobs::state::{Phase, StepName};

/// Joins the parts of a search in query order, proves that the whole result is there, and completes the job.
pub async fn join_results(deps: &Deps, message: &ArtifactsMessage) -> EngineResult<Effects> {
    let job = &message.job_id;
    let (jobs, parts) = (deps.jobs(), deps.chunks());
    let (known, chunks) = futures::join!(jobs.versioned(job), parts.list_whole(job));
    let Some(mut known) = known? else { return Ok(Effects::none()) };
    let row = known.row.clone();
    if row.is_cancelling() {
        return finish_cancel(deps, job).await;
    }
    if row.phase != Phase::ResultsPending {
        return Ok(Effects { messages: Vec::new(), history: row.told_events() });
    }
    let chunks = chunks?;
    let joined = match plan(&row, &chunks) {
        Ok(task) => {
            let joined = with_signs_of_life(deps, job, deps.workbench.join(&task)).await;
            joined.and_then(|joined| prove(&row, &chunks, joined))
        }
        Err(error) => Err(error),
    };
    let joined = match joined {
        Ok(joined) => joined,
        Err(error) => return retry_job(deps, job, Message::Artifacts(message.clone()), error).await,
    };
    let row = complete(deps, &mut known, joined, chunks.len()).await?;
    if row.as_ref().is_some_and(|row| row.phase == Phase::Completed) {
        // What this leaves, when it is cut short, the reconciler takes away.
        if let Err(error) =
            remove_blobs(deps, Container::Results, &ResultPaths::of(job).parts_prefix(), |_| true).await
        {
            tracing::warn!(job_id = %job, %error, "parts could not be taken away now");
        }
    }
    Ok(Effects { messages: Vec::new(), history: row.map(|row| row.told_events()).unwrap_or_default() })
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
    Ok(JoinTask { job: row.id.clone(), queries: row.queries_total, parts: parts.collect() })
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
    if joined == expected {
        return Ok(joined);
    }
    tracing::error!(job_id = %row.id, ?joined, ?expected, "joined result differs from its parts");
    let detail = "The joined result does not hold what the parts found.";
    Err(EngineError::Fault(Fault::new(ErrorCode::ResultsInvalid, detail)))
}

async fn complete(
    deps: &Deps,
    known: &mut VersionedJob,
    joined: Joined,
    parts: usize,
) -> EngineResult<Option<JobRow>> {
    let now = deps.clock.now();
    deps.jobs()
        .change(known, |row| {
            if row.phase != Phase::ResultsPending {
                return Ok(false);
            }
            if let Some(progress) = &mut row.progress {
                let noun = if parts == 1 { "part" } else { "parts" };
                let detail = format!("{parts} {noun} joined, {} hits checked", joined.hits);
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
