use super::advance::advance;
use super::cancel::finish_cancel;
use super::delivery::{elapsed, is_silent};
use super::fail::fail_job;
use super::poison::handle_poison;
use super::tidy::{Tidied, tidy_ended, tidy_without_row};
use crate::deps::Deps;
use crate::elastic::refresh_clusters;
use crate::error::EngineResult;
use crate::planted::{Planted, is_planted};
use blastline_jobs::effects::Effects;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{ArtifactsMessage, ChunkMessage, Message, SubmitMessage, WatchMessage};
use blastline_jobs::names::QueueName;
use blastline_jobs::retry::MAX_ATTEMPTS;
use blastline_jobs::rows::{ActiveRow, ChunkRow, ChunkState, ElasticState, IndexRow, JobRow};
use blastline_jobs::state::{EventName, HistoryEvent, Phase, Status};
use blastline_jobs::timing::TaskType;
use time::OffsetDateTime;

/// Entries that one run looks at, the longest due first.
const ENTRIES_A_RUN: u16 = 200;

/// Quiet times after which a released part counts as lost although the queue still holds messages.
const RELEASED_PATIENCE: u32 = 10;

/// Looks at what is due and moves it on: what is silent is sent again, what is poisoned is sent again or failed by
/// name, what finished unseen is finished. Level-triggered: it decides by the rows alone, so a lost run costs a minute.
pub async fn reconcile(deps: &Deps) -> EngineResult<Effects> {
    let now = deps.clock.now();
    let mut due = Vec::new();
    for task in TaskType::ALL {
        due.extend(deps.active().due(*task, now, ENTRIES_A_RUN).await?);
    }
    // From here on nothing fails as a whole: what was decided is written in rows, and its effects must not be lost.
    let mut effects = Effects::none();
    for entry in &due {
        match look(deps, entry, now).await {
            Ok(more) => effects.extend(more),
            // One job's trouble must not keep the others waiting.
            Err(error) => tracing::error!(task_id = %entry.id, %error, "could not be reconciled"),
        }
    }
    effects.extend(handle_poison(deps).await);
    refresh_clusters(deps).await;
    Ok(effects)
}

/// Looks at one task; keeps or drops its entry.
async fn look(deps: &Deps, entry: &ActiveRow, now: OffsetDateTime) -> EngineResult<Effects> {
    let Some(row) = deps.jobs().state(&entry.id).await? else {
        without_row(deps, entry, now).await?;
        return Ok(Effects::none());
    };
    if !entry.seen && row.status() != Status::Deleted {
        deps.index().put(&IndexRow::of(&row)).await?;
    }
    let seen = ActiveRow { seen: true, put_off: false, ..entry.clone() };
    if row.status().is_terminal() {
        let tidied = tidy_ended(deps, &row, now).await?;
        let effects = untold_end(deps, &row).await?;
        let next_check = match tidied {
            Tidied::Whole if effects == Effects::none() => {
                deps.active().remove(entry).await?;
                return Ok(effects);
            }
            Tidied::Whole => now + deps.timing.blast.quiet / 2,
            Tidied::LookAgain(next_check) => next_check,
        };
        look_later(deps, entry, ActiveRow { next_check, ..seen }).await?;
        return Ok(effects);
    }
    let effects = move_on(deps, &row, now).await?;
    look_later(deps, entry, ActiveRow { next_check: now + deps.timing.blast.quiet / 2, ..seen }).await?;
    Ok(effects)
}

/// What the history of a job that has ended does not tell: who moved it on may have been killed before, or while it was
/// told. A deleted job is in nobody's sight.
async fn untold_end(deps: &Deps, row: &JobRow) -> EngineResult<Effects> {
    if row.phase == Phase::Deleted {
        return Ok(Effects::none());
    }
    let told = deps.history().keys(&row.id).await?;
    let untold = row.told_events().into_iter().filter(|event| !told.contains(&event.key));
    Ok(Effects { messages: Vec::new(), history: untold.collect() })
}

/// An entry whose row is missing: its request is given time to write it. One that does not is over, and what it stored
/// goes before the entry does.
async fn without_row(deps: &Deps, entry: &ActiveRow, now: OffsetDateTime) -> EngineResult<()> {
    if !entry.put_off {
        let next = ActiveRow { next_check: now + deps.timing.late, put_off: true, ..entry.clone() };
        return look_later(deps, entry, next).await;
    }
    tidy_without_row(deps, &entry.id).await?;
    deps.active().remove(entry).await
}

/// Writes an entry anew for a later check, then takes the old one away, so that its task is never without one.
async fn look_later(deps: &Deps, entry: &ActiveRow, next: ActiveRow) -> EngineResult<()> {
    if is_planted(Planted::EntryDroppedEarly) {
        deps.active().remove(entry).await?;
    }
    deps.active().insert(&next).await?;
    if next.row_key() == entry.row_key() { Ok(()) } else { deps.active().remove(entry).await }
}

async fn move_on(deps: &Deps, row: &JobRow, now: OffsetDateTime) -> EngineResult<Effects> {
    if row.deadline_at < now {
        let fault =
            Fault::new(ErrorCode::DeadlineExceeded, "The search did not end in the time it is given.");
        return fail_job(deps, &row.id, &fault).await;
    }
    let silent = elapsed(row.heartbeat_at, now) > deps.timing.blast.quiet;
    if let Some(state) = row.elastic.as_ref().filter(|state| is_due(deps, row, state, now)) {
        let look = Message::Watch(WatchMessage { job_id: row.id.clone(), look: state.look });
        let mut effects = resend(deps, row, look, now).await?;
        if row.phase == Phase::Running {
            effects.extend(parts(deps, row, now).await?);
        }
        return Ok(effects);
    }
    match row.phase {
        Phase::Cancelling if row.elastic.is_some() => Ok(Effects::none()),
        Phase::Queued | Phase::Preparing | Phase::Configuring | Phase::StagingDb | Phase::Submitting
            if silent && (row.elastic.is_none() || matches!(row.phase, Phase::Queued | Phase::Preparing)) =>
        {
            resend(deps, row, Message::Submit(SubmitMessage { job_id: row.id.clone() }), now).await
        }
        Phase::ResultsPending if silent => {
            resend(deps, row, Message::Artifacts(ArtifactsMessage { job_id: row.id.clone() }), now).await
        }
        Phase::Submitted | Phase::Running => parts(deps, row, now).await,
        Phase::Cancelling => finish_cancel(deps, &row.id).await,
        _ => Ok(Effects::none()),
    }
}

/// Whether the look at a cluster that a search waits for was lost.
fn is_due(deps: &Deps, row: &JobRow, state: &ElasticState, now: OffsetDateTime) -> bool {
    let looked_at = match row.phase {
        Phase::Queued | Phase::Preparing | Phase::ResultsPending => false,
        _ => !row.status().is_terminal(),
    };
    let due =
        state.next_look_at.is_some_and(|at| elapsed(at.max(row.heartbeat_at), now) > deps.timing.blast.quiet);
    looked_at && due
}

/// Sends a job's message again, after a sign of life on its row, so that the next run does not do so too.
async fn resend(deps: &Deps, row: &JobRow, message: Message, now: OffsetDateTime) -> EngineResult<Effects> {
    let seen = row.heartbeat_at;
    let mut ours = false;
    deps.jobs()
        .update(&row.id, |row| {
            ours = row.heartbeat_at == seen && !row.status().is_terminal();
            if ours {
                row.heartbeat_at = now;
            }
            Ok(ours)
        })
        .await?;
    if !ours {
        return Ok(Effects::none());
    }
    let event = resent(&row.id, row.phase.as_str(), now);
    Ok(Effects { messages: vec![message], history: vec![event] })
}

pub(super) fn resent(job: &JobId, what: &str, now: OffsetDateTime) -> HistoryEvent {
    let key = format!("{what}:{}", now.unix_timestamp_nanos() / 1_000_000);
    HistoryEvent::keyed(job, &EventName::ReconcileResent, &key, now).text("what", what)
}

/// Sends silent parts again and moves the job on where its parts say so.
async fn parts(deps: &Deps, row: &JobRow, now: OffsetDateTime) -> EngineResult<Effects> {
    let chunks = deps.chunks().list_light(&row.id).await?;
    let mut effects = Effects::none();
    let quiet = deps.timing.blast.quiet;
    let mut fewer_messages = None;
    for chunk in chunks.iter().filter(|c| c.state.is_in_flight() && is_silent(deps, c, now)) {
        let lost = match chunk.state {
            ChunkState::Running => true,
            _ if elapsed(chunk.last_seen(), now) > quiet * RELEASED_PATIENCE => true,
            _ => match fewer_messages {
                Some(missing) => missing,
                None => *fewer_messages.insert(messages_are_missing(deps).await?),
            },
        };
        if lost {
            effects.extend(send_part_again(deps, chunk, now, |row| is_silent(deps, row, now)).await?);
        }
    }
    effects.extend(advance(deps, &row.id).await?);
    Ok(effects)
}

/// Whether the queue holds fewer messages, hidden ones included, than parts are in flight: then one of them was lost.
async fn messages_are_missing(deps: &Deps) -> EngineResult<bool> {
    let in_flight: u64 = deps.dispatch().all().await?.iter().map(|row| row.in_flight).sum();
    Ok(deps.queues.approximate_count(QueueName::BlastChunks).await? < in_flight)
}

/// Sends a part in flight again if it is lost, or ends its job where it was tried too often. Whether it is lost is asked
/// of the row as it is when it is written: who gave a sign of life meanwhile keeps it.
pub(super) async fn send_part_again(
    deps: &Deps,
    chunk: &ChunkRow,
    now: OffsetDateTime,
    is_lost: impl Fn(&ChunkRow) -> bool + Send + Sync,
) -> EngineResult<Effects> {
    let (mut lost, mut tried_too_often) = (false, false);
    deps.chunks()
        .update(&chunk.job, chunk.first_query, |row| {
            lost = row.state.is_in_flight() && is_lost(row);
            tried_too_often = lost && row.attempts >= MAX_ATTEMPTS;
            let send = lost && !tried_too_often;
            if send {
                row.state = ChunkState::Released;
                row.released_at = now;
                row.retry_at = None;
                row.claim.clear();
            }
            send
        })
        .await?;
    if tried_too_often {
        let detail = format!("A part of the search was lost {MAX_ATTEMPTS} times.");
        return fail_job(deps, &chunk.job, &Fault::new(ErrorCode::WorkerLost, detail)).await;
    }
    if !lost {
        return Ok(Effects::none());
    }
    let message = Message::Chunk(ChunkMessage { job_id: chunk.job.clone(), first_query: chunk.first_query });
    let what = format!("part-{}", chunk.first_query);
    Ok(Effects { messages: vec![message], history: vec![resent(&chunk.job, &what, now)] })
}
