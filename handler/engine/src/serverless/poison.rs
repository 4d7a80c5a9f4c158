//! What failed five times.

use super::advance::advance;
use super::artifacts::is_joined;
use super::delivery::is_silent;
use super::fail::fail_job;
use super::reconcile::{resent, send_part_again};
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::planted::{Planted, is_planted};
use blastline_jobs::effects::Effects;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{ArtifactsMessage, Message, SubmitMessage};
use blastline_jobs::names::QueueName;
use blastline_jobs::retry::MAX_ATTEMPTS;
use blastline_jobs::rows::{ChunkRow, ChunkState};
use blastline_jobs::state::Phase;
use serde::Deserialize;
use std::time::Duration;

/// Poison messages taken at a time.
const POISON_BATCH: u8 = 32;

/// What every message of ours tells.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnyMessage {
    job_id: JobId,
    first_query: Option<u64>,
    look: Option<u64>,
}

/// Takes what failed five times: the reconciler's rules send it again once its row has been silent, and end it by name
/// when it was tried too often; here a part's failed deliveries are counted on its row, then the message goes. A queue
/// that cannot be read keeps neither the others nor the effects of what was taken.
pub async fn handle_poison(deps: &Deps) -> Effects {
    let mut effects = Effects::none();
    for queue in QueueName::WORK.iter().filter_map(|queue| queue.poison()) {
        if let Err(error) = drain(deps, queue, &mut effects).await {
            tracing::error!(%queue, %error, "the poison queue could not be emptied now");
        }
    }
    effects
}

/// Takes all messages of one poison queue.
async fn drain(deps: &Deps, queue: QueueName, effects: &mut Effects) -> EngineResult<()> {
    loop {
        let hidden = deps.timing.scaled(Duration::from_secs(60));
        let batch = deps.queues.receive(queue, POISON_BATCH, hidden).await?;
        if batch.is_empty() {
            return Ok(());
        }
        for received in batch {
            match serde_json::from_str::<AnyMessage>(&received.body) {
                Ok(message) => match unpoison(deps, queue, message).await {
                    Ok(more) => effects.extend(more),
                    Err(error) => {
                        // It is seen again later; the others must not wait for it.
                        tracing::error!(%queue, %error, "poison message not dealt with");
                        continue;
                    }
                },
                Err(error) => {
                    tracing::error!(%queue, body = received.body, %error, "poison message cannot be read; dropped");
                }
            }
            if !is_planted(Planted::PoisonLeft) {
                deps.queues.delete(queue, &received).await?;
            }
        }
    }
}

/// Whether a job in a phase waits for messages of a queue.
fn waits_for(poison: QueueName, phase: Phase) -> bool {
    match phase {
        Phase::ResultsPending => poison == QueueName::BlastArtifactsPoison,
        Phase::Queued | Phase::Preparing | Phase::Configuring | Phase::StagingDb | Phase::Submitting => {
            poison == QueueName::BlastSubmitPoison
        }
        _ => false,
    }
}

async fn unpoison(deps: &Deps, queue: QueueName, message: AnyMessage) -> EngineResult<Effects> {
    let job = &message.job_id;
    let now = deps.clock.now();
    let Some(row) = deps.jobs().state(job).await? else { return Ok(Effects::none()) };
    if row.status().is_terminal() {
        return Ok(Effects::none());
    }
    tracing::warn!(job_id = %job, %queue, first_query = message.first_query, "message failed again and again");
    if message.look.is_some() {
        // The reconciler asks for the look again once it is overdue; the row's deadline bounds how often.
        return Ok(Effects::none());
    }
    if let Some(first_query) = message.first_query {
        let Some(chunk) = deps.chunks().get(job, first_query).await? else { return Ok(Effects::none()) };
        if !chunk.row.state.is_in_flight() {
            return advance(deps, job).await;
        }
        // One that somebody runs is sent again when that falls silent.
        let is_lost = |row: &ChunkRow| row.state == ChunkState::Released || is_silent(deps, row, now);
        return send_part_again(deps, &chunk.row, now, is_lost).await;
    }
    let (mut waits, mut works) = (false, false);
    let attempts = deps
        .jobs()
        .update(job, |row| {
            waits = waits_for(queue, row.phase);
            works = is_joined(deps, row, now);
            row.attempts += u64::from(waits);
            Ok(waits)
        })
        .await?
        .map_or(0, |row| row.attempts);
    if !waits || works {
        return Ok(Effects::none());
    }
    if attempts >= MAX_ATTEMPTS {
        let fault = Fault::new(
            ErrorCode::WorkerLost,
            format!("The search could not be moved on in {attempts} tries."),
        );
        return fail_job(deps, job, &fault).await;
    }
    let again = if queue == QueueName::BlastArtifactsPoison {
        Message::Artifacts(ArtifactsMessage { job_id: job.clone() })
    } else {
        Message::Submit(SubmitMessage { job_id: job.clone() })
    };
    Ok(Effects { messages: vec![again], history: vec![resent(job, queue.as_str(), now)] })
}
