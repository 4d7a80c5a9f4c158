use super::advance::advance;
use super::cancel::{finish_cancel, stop_parts};
use super::delivery::{Delivery, is_silent};
use super::fail::{fail_job, last_words};
use super::paths::ResultPaths;
use super::watch::{keep_watch, until_given_up};
use super::workbench::{PartError, PartOutput, PartTask, Stop};
use crate::deps::Deps;
use crate::error::{EngineError, EngineResult};
use crate::planted::{Planted, is_planted};
use crate::store::{VersionedChunk, VersionedJob};
use blastline_jobs::effects::Effects;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{ChunkMessage, Message};
use blastline_jobs::retry;
use blastline_jobs::rows::{ChunkRow, ChunkState, JobRow};
use blastline_jobs::state::{EventName, HistoryEvent, Phase};
use std::time::Duration;
use tokio::sync::watch;

/// Remarks of BLAST+ that a job keeps.
const MAX_WARNINGS: usize = 5;

/// From this delay on a batch that is to be read in again gives its place to others meanwhile, and gets one again when
/// its time has come.
const LONG_DELAY: Duration = Duration::from_secs(60);

/// Searches one part of a job: claims it, runs it, writes what it found under the claim, and moves the job on.
pub async fn run_chunk(deps: &Deps, message: &ChunkMessage, delivery: &Delivery) -> EngineResult<Effects> {
    let job = &message.job_id;
    let (jobs, chunks) = (deps.jobs(), deps.chunks());
    let (known, chunk) = futures::join!(jobs.whole(job), chunks.get(job, message.first_query));
    let Some((known, payload)) = known? else { return Ok(Effects::none()) };
    let row = &known.row;
    // A part that another invocation runs is that one's to stop.
    if row.is_cancelling() {
        return finish_cancel(deps, job).await;
    }
    if row.status().is_terminal() {
        stop_parts(deps, job).await?;
        return Ok(Effects::none());
    }
    let Some(chunk) = chunk? else { return Ok(Effects::none()) };
    match chunk.row.state {
        ChunkState::Done if is_planted(Planted::DoneRunAgain) => {}
        ChunkState::Done | ChunkState::Failed | ChunkState::Cancelled => {
            let mut effects = advance(deps, job).await?;
            effects.extend(released_again(deps, job, delivery).await?);
            return Ok(effects);
        }
        ChunkState::Running if is_held(deps, &chunk.row, delivery) => {
            // Its holder works, or the reconciler sends it again once it has been silent for too long.
            return Ok(Effects::none());
        }
        // Its message is not sent yet.
        ChunkState::OnCluster | ChunkState::Ready => return Ok(Effects::none()),
        ChunkState::Running | ChunkState::Released => {}
    }
    let Some(chunk) = claim(deps, &chunk, delivery).await? else { return Ok(Effects::none()) };
    let Some((row, mut effects)) = enter_running(deps, known, delivery).await? else {
        return give_back(deps, &chunk.row).await;
    };
    let database = row.databases.first().cloned();
    let database = database.ok_or_else(|| EngineError::Internal(format!("{job} names no database")))?;
    let task = PartTask {
        job: job.clone(),
        database,
        search: payload.search,
        query_digest: row.query_digest.clone(),
        first_query: chunk.row.first_query,
        queries: chunk.row.queries,
        offset: chunk.row.offset,
        bytes: chunk.row.bytes,
        folder: ResultPaths::of(job).attempt(chunk.row.first_query, &chunk.row.claim),
        source: chunk.row.source.clone(),
        outfmt: row.outfmt(),
    };
    if until_given_up(deps, &chunk.row).is_zero() {
        // It took so long to get here that others may take the part for lost; it is sent again.
        return Ok(effects);
    }
    let (stop, heard) = watch::channel(Stop::Go);
    let running = deps.workbench.run_part(&task, heard);
    tokio::pin!(running);
    let watching = keep_watch(deps, job, chunk.clone(), &stop);
    tokio::pin!(watching);
    let outcome = tokio::select! {
        biased;
        outcome = &mut running => outcome,
        () = &mut watching => running.await,
    };
    let told_to = *stop.borrow();
    effects.extend(match outcome {
        Ok(output) => finish(deps, &row, &chunk, &task.folder, &output).await?,
        Err(PartError::Stopped) if told_to == Stop::JobEnded => give_back(deps, &chunk.row).await?,
        Err(PartError::Stopped) => Effects::none(),
        Err(PartError::Failed(error)) => failed(deps, &chunk.row, &error).await?,
    });
    Ok(effects)
}

/// Whether another invocation holds a part. The same message delivered again means that its earlier delivery failed or
/// lost its lease, so the holder it started is gone or will lose its compare-and-swap.
fn is_held(deps: &Deps, row: &ChunkRow, delivery: &Delivery) -> bool {
    let same_message = row.claim_message == delivery.message_id && row.claim_dequeue < delivery.dequeue_count;
    !same_message && !is_silent(deps, row, deps.clock.now())
}

async fn claim(
    deps: &Deps,
    chunk: &VersionedChunk,
    delivery: &Delivery,
) -> EngineResult<Option<VersionedChunk>> {
    let now = deps.clock.now();
    let mut after = chunk.row.clone();
    if chunk.row.state == ChunkState::Running && !is_silent(deps, &chunk.row, now) {
        after.ousted_at = Some(now);
    }
    after.state = ChunkState::Running;
    after.attempts += 1;
    after.started_at = Some(now);
    after.heartbeat_at = Some(now);
    after.retry_at = None;
    after.fault = None;
    after.claim = hex::encode(deps.random.bytes());
    after.claim_message.clone_from(&delivery.message_id);
    after.claim_dequeue = delivery.dequeue_count;
    deps.chunks().swap(chunk, after).await
}

/// Moves the job to `running` with its first part; `None` when the job has ended or is to be cancelled. A job that runs
/// already is read again, since it may have been cancelled before this part was claimed.
async fn enter_running(
    deps: &Deps,
    mut known: VersionedJob,
    delivery: &Delivery,
) -> EngineResult<Option<(JobRow, Effects)>> {
    let now = deps.clock.now();
    let mut entered = false;
    let change = |row: &mut JobRow| {
        entered = matches!(row.phase, Phase::Submitting | Phase::Submitted);
        if entered {
            row.enter(Phase::Running, now)?;
        }
        Ok(entered)
    };
    let after = if matches!(known.row.phase, Phase::Submitting | Phase::Submitted) {
        deps.jobs().change(&mut known, change).await?
    } else {
        deps.jobs().state(&known.row.id).await?
    };
    let Some(row) = after.filter(|row| !row.is_cancelling() && !row.status().is_terminal()) else {
        return Ok(None);
    };
    let history = if entered || delivery.is_redelivery() { row.told_events() } else { Vec::new() };
    Ok(Some((row, Effects { messages: Vec::new(), history })))
}

/// Marks a part of ours that was stopped because its job has ended, and ends the job where it was cancelled.
async fn give_back(deps: &Deps, claimed: &ChunkRow) -> EngineResult<Effects> {
    let now = deps.clock.now();
    deps.chunks()
        .update(&claimed.job, claimed.first_query, |row| {
            let ours = row.claim == claimed.claim && row.state == ChunkState::Running;
            if ours {
                row.state = ChunkState::Cancelled;
                row.ended_at = Some(now);
            }
            ours
        })
        .await?;
    finish_cancel(deps, &claimed.job).await
}

/// Writes a part's result, if the part is still ours, and moves the job on.
async fn finish(
    deps: &Deps,
    job: &JobRow,
    claimed: &VersionedChunk,
    folder: &str,
    output: &PartOutput,
) -> EngineResult<Effects> {
    let now = deps.clock.now();
    let mut ours = false;
    let claim = &claimed.row.claim;
    deps.chunks()
        .change(claimed, |row| {
            ours = (row.claim == *claim || is_planted(Planted::UncheckedClaim))
                && row.state == ChunkState::Running;
            if ours {
                row.state = ChunkState::Done;
                row.ended_at = Some(now);
                row.heartbeat_at = Some(now);
                row.elapsed_ms = output.elapsed_ms;
                row.hits = output.hits;
                row.hsps = output.hsps;
                row.without_hits = output.without_hits;
                folder.clone_into(&mut row.output);
                row.warnings.clone_from(&output.warnings);
            }
            ours
        })
        .await?;
    if !ours {
        return Ok(Effects::none());
    }
    if job.blast_version.is_empty() || !output.warnings.is_empty() {
        note_version(deps, &claimed.row, output).await?;
    }
    advance(deps, &claimed.row.job).await
}

/// Keeps BLAST+'s version and its remarks on the job, once.
async fn note_version(deps: &Deps, claimed: &ChunkRow, output: &PartOutput) -> EngineResult<()> {
    deps.jobs()
        .update(&claimed.job, |row| {
            if row.status().is_terminal() {
                return Ok(false);
            }
            let before = (row.blast_version.len(), row.warnings.len());
            if row.blast_version.is_empty() {
                row.blast_version.clone_from(&output.blast_version);
            }
            for warning in &output.warnings {
                if row.warnings.len() < MAX_WARNINGS && !row.warnings.contains(warning) {
                    row.warnings.push(warning.clone());
                }
            }
            Ok(before != (row.blast_version.len(), row.warnings.len()))
        })
        .await?;
    Ok(())
}

/// Decides what becomes of a part that failed: tried again later, or the end of the job.
async fn failed(deps: &Deps, claimed: &ChunkRow, error: &EngineError) -> EngineResult<Effects> {
    let fault = error.fault();
    tracing::warn!(job_id = %claimed.job, first_query = claimed.first_query, %error, "part failed");
    let most = match fault.code {
        ErrorCode::ResultsInvalid if claimed.is_batch() => retry::MAX_READS,
        _ => retry::MAX_ATTEMPTS,
    };
    let delay = retry::delay_within(most, fault.code.retry_class(), error.retry_after(), claimed.attempts);
    let gives_way = claimed.is_batch() && delay.is_some_and(|delay| delay >= LONG_DELAY);
    let now = deps.clock.now();
    let mut ours = false;
    let after = deps
        .chunks()
        .update(&claimed.job, claimed.first_query, |row| {
            ours = row.claim == claimed.claim && row.state == ChunkState::Running;
            if ours {
                row.fault = Some(fault.clone());
                row.released_at = now;
                match delay {
                    Some(delay) => {
                        row.state = if gives_way { ChunkState::Ready } else { ChunkState::Released };
                        row.retry_at = Some(now + deps.timing.scaled(delay));
                    }
                    None => {
                        row.state = ChunkState::Failed;
                        row.ended_at = Some(now);
                    }
                }
            }
            ours
        })
        .await?;
    if !ours {
        return Ok(Effects::none());
    }
    let Some(delay) = delay else {
        let row = after.unwrap_or_else(|| claimed.clone());
        return fail_job(deps, &claimed.job, &last_words(&row)).await;
    };
    let mut effects = Effects::none();
    if gives_way {
        effects.extend(advance(deps, &claimed.job).await?);
    } else if !is_planted(Planted::RetryWithoutMessage) {
        let part = ChunkMessage { job_id: claimed.job.clone(), first_query: claimed.first_query };
        let message = Message::Chunk(part);
        deps.queues.send(message.queue(), &message.to_json(), Some(deps.timing.scaled(delay))).await?;
    }
    let what = format!("{}:{}", claimed.first_query, claimed.attempts);
    let event = HistoryEvent::keyed(&claimed.job, &EventName::RetryScheduled, &what, now)
        .int("retry_after_seconds", delay.as_secs())
        .int("attempt", claimed.attempts)
        .text("error", fault.detail.clone())
        .text("error_code", fault.code.as_str());
    effects.history.push(event);
    Ok(effects)
}

/// The messages of parts that were released and not begun, once more, when this delivery is not the first: the one
/// before it may have died between writing their rows and having them sent. Doubles are harmless.
pub(crate) async fn released_again(deps: &Deps, job: &JobId, delivery: &Delivery) -> EngineResult<Effects> {
    if !delivery.is_redelivery() {
        return Ok(Effects::none());
    }
    let chunks = deps.chunks().list_light(job).await?;
    let waiting =
        chunks.iter().filter(|chunk| chunk.state == ChunkState::Released && chunk.retry_at.is_none());
    let message = |chunk: &ChunkRow| {
        Message::Chunk(ChunkMessage { job_id: job.clone(), first_query: chunk.first_query })
    };
    Ok(Effects { messages: waiting.map(message).collect(), history: Vec::new() })
}
