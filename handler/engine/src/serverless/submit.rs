use super::advance::advance;
use super::cancel::finish_cancel;
use super::chunk::released_again;
use super::delivery::Delivery;
use super::retry_job::{FailedStep, retry_job};
use super::workbench::{Preparation, SearchPlan};
use crate::deps::Deps;
use crate::elastic::{first_look, hand_over};
use crate::error::{EngineError, EngineResult};
use crate::store::VersionedJob;
use blastline_jobs::effects::Effects;
use blastline_jobs::message::{Message, SubmitMessage};
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::{Phase, StepName};

/// Prepares a search: looks whether it can run, then cuts and releases its first parts.
pub async fn prepare(deps: &Deps, message: &SubmitMessage, delivery: &Delivery) -> EngineResult<Effects> {
    let job = &message.job_id;
    let Some((mut known, payload)) = deps.jobs().whole(job).await? else { return Ok(Effects::none()) };
    let Some(row) = begin(deps, &mut known).await? else { return Ok(Effects::none()) };
    if row.is_cancelling() {
        return finish_cancel(deps, job).await;
    }
    if row.status().is_terminal() {
        return Ok(Effects { messages: Vec::new(), history: row.told_events() });
    }
    if row.elastic.is_some() && row.phase != Phase::Preparing {
        return Ok(first_look(&row));
    }
    if row.phase == Phase::Preparing {
        let elsewhere = row.elastic.is_some();
        let checked = match database_of(&row) {
            Ok(database) => {
                deps.workbench.check(&SearchPlan { database, search: payload.search, elsewhere }).await
            }
            Err(error) => Err(error),
        };
        match checked {
            Ok(found) if elsewhere => return hand_over(deps, &mut known, &found.blast_version).await,
            Ok(found) => configure(deps, &mut known, &found).await?,
            Err(error) => {
                let again = Message::Submit(message.clone());
                let step = FailedStep { is_on: |row: &JobRow| row.phase == Phase::Preparing, alone: true };
                return Ok(retry_job(deps, job, again, error, step).await?.unwrap_or_default());
            }
        }
    }
    let mut effects = advance(deps, job).await?;
    effects.extend(released_again(deps, job, delivery).await?);
    if let Some(row) = submitted(deps, &mut known).await? {
        effects.history.extend(row.told_events());
    }
    Ok(effects)
}

fn database_of(row: &JobRow) -> EngineResult<blastline_jobs::database_name::DatabaseRef> {
    let first = row.databases.first().cloned();
    first.ok_or_else(|| EngineError::Internal(format!("{} names no database", row.id)))
}

/// Enters `preparing`, or gives a sign of life where that was done before.
async fn begin(deps: &Deps, known: &mut VersionedJob) -> EngineResult<Option<JobRow>> {
    let now = deps.clock.now();
    deps.jobs()
        .change(known, |row| {
            let sequences = row.queries_total;
            let letters = row.letters_total;
            match row.phase {
                Phase::Queued => {
                    row.enter(Phase::Preparing, now)?;
                    if let Some(progress) = &mut row.progress {
                        let noun = if sequences == 1 { "sequence" } else { "sequences" };
                        progress
                            .describe(StepName::Preparing, &format!("{sequences} {noun}, {letters} letters"));
                    }
                    Ok(true)
                }
                Phase::Preparing => {
                    row.heartbeat_at = now;
                    Ok(true)
                }
                _ => Ok(false),
            }
        })
        .await
}

/// Writes what the checks found and goes on to `submitting`.
async fn configure(deps: &Deps, known: &mut VersionedJob, found: &Preparation) -> EngineResult<()> {
    let now = deps.clock.now();
    deps.jobs()
        .change(known, |row| {
            if row.phase != Phase::Preparing {
                return Ok(false);
            }
            row.enter(Phase::Configuring, now)?;
            row.enter(Phase::StagingDb, now)?;
            row.enter(Phase::Submitting, now)?;
            row.blast_version.clone_from(&found.blast_version);
            let title = row.database_title.clone();
            if let Some(progress) = &mut row.progress {
                progress.skip(
                    StepName::WarmingUp,
                    "Not needed: parts read the database from their own cache.",
                    now,
                );
                progress.describe(StepName::Configuring, &found.options);
                progress.describe(StepName::StagingDb, &format!("{}: {}", title, found.database));
            }
            Ok(true)
        })
        .await?;
    Ok(())
}

/// Goes on to `submitted` unless a part was faster.
async fn submitted(deps: &Deps, known: &mut VersionedJob) -> EngineResult<Option<JobRow>> {
    let now = deps.clock.now();
    deps.jobs()
        .change(known, |row| {
            let next = row.phase == Phase::Submitting;
            if next {
                row.enter(Phase::Submitted, now)?;
            }
            Ok(next)
        })
        .await
}
