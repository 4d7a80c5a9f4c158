use super::cancel::finish_cancel;
use super::fail::{end_job, fail_job, last_words};
use super::fair::shares;
use super::release::release;
use crate::deps::Deps;
use crate::error::{EngineError, EngineResult};
use crate::planted::{Planted, is_planted};
use crate::store::VersionedJob;
use blastline_blast::plan::covers;
use blastline_jobs::effects::Effects;
use blastline_jobs::engine::Engine;
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{ArtifactsMessage, Message};
use blastline_jobs::rows::{ChunkRow, ChunkState, DispatchRow, JobRow};
use blastline_jobs::state::Phase;
use time::OffsetDateTime;

/// What the parts of a job say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// First query that no part holds.
    pub planned_to: u64,
    /// Parts that are released or running.
    pub in_flight: u64,
    /// Parts that are running.
    pub running: u64,
    /// Parts that are done.
    pub done: u64,
    /// Queries in parts that are done.
    pub queries_done: u64,
    /// Letters in parts that are done.
    pub letters_done: u64,
    /// Query-subject pairs found.
    pub hits: u64,
    /// Alignments found.
    pub hsps: u64,
    /// Queries in parts that are done that hit nothing.
    pub without_hits: u64,
}

impl Tally {
    /// Counts parts.
    pub fn of(chunks: &[ChunkRow]) -> Self {
        let mut tally = Self::default();
        for chunk in chunks {
            tally.planned_to = tally.planned_to.max(chunk.end());
            tally.in_flight += u64::from(chunk.state.is_in_flight());
            tally.running += u64::from(chunk.state == ChunkState::Running);
            if chunk.state == ChunkState::Done {
                tally.done += 1;
                tally.queries_done += chunk.queries;
                tally.letters_done += chunk.letters;
                tally.hits += chunk.hits;
                tally.hsps += chunk.hsps;
                tally.without_hits += chunk.without_hits;
            }
        }
        tally
    }
}

/// Whether the parts that are done hold every query of a job exactly once.
fn is_covered(job: &JobRow, chunks: &[ChunkRow]) -> bool {
    let done = chunks.iter().filter(|chunk| chunk.state == ChunkState::Done);
    let ranges: Vec<_> = done.map(|chunk| (chunk.first_query, chunk.queries)).collect();
    covers(job.queries_total, &ranges).is_ok()
}

/// Moves a job on from what its parts say: writes its progress, hands it over when every query is done, and otherwise
/// gives out places that became free, to this job or another. Safe to run at any time, by anybody.
pub async fn advance(deps: &Deps, job: &JobId) -> EngineResult<Effects> {
    for _ in 0..RECOUNTS {
        let entry = deps.dispatch().get(job).await?;
        let (jobs, parts) = (deps.jobs(), deps.chunks());
        let (known, chunks) = futures::join!(jobs.versioned(job), parts.list_light(job));
        let Some(mut known) = known? else { return Ok(Effects::none()) };
        let row = &known.row;
        if row.is_cancelling() {
            return finish_cancel(deps, job).await;
        }
        if !matches!(row.phase, Phase::Submitting | Phase::Submitted | Phase::Running) {
            if row.status().is_terminal() {
                deps.dispatch().remove(job).await?;
            }
            return Ok(handed_over(row));
        }
        let chunks = chunks?;
        let tally = Tally::of(&chunks);
        if let Some(failed) = chunks.iter().find(|chunk| chunk.state == ChunkState::Failed) {
            // Whoever wrote that was killed before it could fail the job.
            return fail_job(deps, job, &last_words(failed)).await;
        }
        let planned = is_planted(Planted::UncoveredCompletion) && tally.planned_to >= row.queries_total;
        let covered = planned || is_covered(row, &chunks);
        let row = write_progress(deps, &mut known, tally, covered).await?;
        if covered {
            deps.dispatch().remove(job).await?;
            let mut effects = row.as_ref().map(handed_over).unwrap_or_default();
            effects.extend(release_fairly(deps).await?);
            return Ok(effects);
        }
        let Some(row) = row else { return Ok(Effects::none()) };
        let fresh = DispatchRow {
            job: job.clone(),
            owner: row.owner.clone(),
            created_at: row.created_at,
            in_flight: tally.in_flight,
            more: has_more(&row, &chunks, tally, deps.clock.now()),
        };
        let leaks = is_planted(Planted::LeakedPlaces) && entry.is_some();
        if leaks || deps.dispatch().put(entry.as_ref(), &fresh).await? {
            if entry.is_none() {
                remove_if_ended(deps, job).await?;
            }
            break;
        }
    }
    release_fairly(deps).await
}

/// Whether a job has parts to release: queries that no part holds, or batches whose result is there.
fn has_more(job: &JobRow, chunks: &[ChunkRow], tally: Tally, now: OffsetDateTime) -> bool {
    match job.engine {
        Engine::Serverless => tally.planned_to < job.queries_total,
        Engine::Elastic => chunks.iter().any(|chunk| chunk.is_ready(now)),
    }
}

/// A dispatch row that was made may come after its job's end, which found none to take away.
async fn remove_if_ended(deps: &Deps, job: &JobId) -> EngineResult<()> {
    let row = deps.jobs().summary(job).await?;
    if row.is_none_or(|row| row.status().is_terminal() || row.is_cancelling()) {
        deps.dispatch().remove(job).await?;
    }
    Ok(())
}

/// How often the parts are counted anew because the job's dispatch row changed meanwhile. The reconciler corrects what
/// is still behind after that.
const RECOUNTS: usize = 8;

/// The message that asks for the results to be joined, from a row that waits for it.
fn handed_over(row: &JobRow) -> Effects {
    if row.phase != Phase::ResultsPending {
        return Effects::none();
    }
    let message = Message::Artifacts(ArtifactsMessage { job_id: row.id.clone() });
    Effects { messages: vec![message], history: row.told_events() }
}

async fn write_progress(
    deps: &Deps,
    known: &mut VersionedJob,
    tally: Tally,
    covered: bool,
) -> EngineResult<Option<JobRow>> {
    let now = deps.clock.now();
    deps.jobs()
        .change(known, |row| {
            if !matches!(row.phase, Phase::Submitting | Phase::Submitted | Phase::Running) {
                return Ok(false);
            }
            let further = tally.queries_done > row.queries_done;
            if further {
                row.parts_done = tally.done;
                row.queries_done = tally.queries_done;
                row.letters_done = tally.letters_done;
                row.hits = tally.hits;
                row.hsps = tally.hsps;
                row.without_hits = tally.without_hits;
                row.heartbeat_at = now;
            }
            if covered {
                row.enter(Phase::ResultsPending, now)?;
            }
            Ok(further || covered)
        })
        .await
}

/// Gives out the places that are free.
pub(super) async fn release_fairly(deps: &Deps) -> EngineResult<Effects> {
    let rows = deps.dispatch().all().await?;
    let mut effects = Effects::none();
    for (job, count) in shares(&rows, deps.limits) {
        match release(deps, &job, count).await {
            Ok(messages) => effects.messages.extend(messages.into_iter().map(Message::Chunk)),
            Err(EngineError::Fault(fault)) if !fault.code.retryable() => {
                effects.extend(end_job(deps, &job, &fault).await?);
            }
            // Another job's trouble must not fail this one's function; the reconciler comes back to it.
            Err(error) => tracing::warn!(job_id = %job, %error, "parts could not be released now"),
        }
    }
    Ok(effects)
}
