//! Submitting a search to a cluster, and what became of it.

use super::batches::{self, QueryPlaces};
use super::config::{Ingredients, machines};
use super::eyes::Eyes;
use super::lease;
use super::line;
use super::looked::{Change, Looked};
use super::observe;
use super::paths::ElasticPaths;
use super::verdict::{self, Verdict};
use crate::deps::Deps;
use crate::error::{EngineError, EngineResult};
use crate::planted::{Planted, is_planted};
use crate::serverless::ResultPaths;
use crate::store::VersionedJob;
use blastline_blast::elastic::{CliExit, CliSaid};
use blastline_jobs::elastic::cli::{CliState, cli_state};
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::JobId;
use blastline_jobs::ports::{
    Cluster, ClusterError, ClusterErrorKind, JobEnd, JobRole, JobSeen, PutCondition, Sighting, SubmitSpec,
};
use blastline_jobs::rows::{ElasticState, JobRow};
use blastline_jobs::state::{EventName, HistoryEvent, Phase, StepName};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Between looks at what a submission left.
pub(super) const LOOK: Duration = Duration::from_secs(5);

/// Between looks at a cluster whose quota leaves no room.
const QUOTA_LOOK: Duration = Duration::from_secs(60);

/// What is there of a search that was submitted by a look that could not say so any more: a submission that its row does
/// not know, or batches. `None` where nothing is.
pub(super) fn adopt(row: &JobRow, jobs: &[JobSeen]) -> Option<Looked> {
    let known = row.elastic.as_ref().map_or(0, |state| state.attempt);
    let attempts = jobs.iter().filter(|job| job.role == JobRole::Cli).filter_map(attempt_of);
    let attempt = attempts.max().unwrap_or(0).max(known);
    let batches = jobs.iter().any(|job| job.role == JobRole::Blast) && !is_planted(Planted::RetryBesideJobs);
    if attempt == known && !batches {
        return None;
    }
    let phases = match row.phase {
        Phase::Configuring => vec![Phase::StagingDb],
        _ => vec![Phase::Configuring, Phase::StagingDb],
    };
    Some(Looked { phases, ..Looked::same() }.with(Change::Attempt(attempt)).after(Duration::ZERO))
}

/// The number of a submission, by the name of its Job.
fn attempt_of(job: &JobSeen) -> Option<u64> {
    job.name.rsplit('-').next()?.parse().ok()
}

fn state_of(row: &JobRow) -> EngineResult<ElasticState> {
    row.elastic.clone().ok_or_else(|| EngineError::Internal(format!("{} runs on no cluster", row.id)))
}

/// Decides how the query is cut, writes that down, and submits.
pub(super) async fn begin(
    deps: &Deps,
    known: &mut VersionedJob,
    name: &str,
    cluster: &dyn Cluster,
) -> EngineResult<Looked> {
    let nodes = cluster.nodes().await?;
    let row = known.row.clone();
    if let Err(EngineError::Fault(fault)) = machines(name, &nodes)
        && fault.code == ErrorCode::ClusterNotReady
    {
        lease::give_up(cluster, &row.id).await?;
        return Ok(line::wait(&row, Phase::WaitingForCapacity, fault.detail));
    }
    let payload = deps.jobs().payload(&row.id).await?;
    let database = row.databases.first().cloned();
    let database = database.ok_or_else(|| EngineError::Internal(format!("{} names no database", row.id)))?;
    let manifest = deps.workbench.manifest(&database).await?;
    let ingredients = Ingredients {
        settings: deps.elastic.as_ref(),
        search: &payload.search,
        manifest: &manifest,
        nodes: &nodes,
    };
    let index = QueryPlaces::read(deps, &row).await?;
    let row = if row.phase == Phase::Configuring {
        row
    } else {
        let (letters, count) = ingredients.batches(&row, &state_of(&row)?, &index.lengths())?;
        match configure(deps, known, letters, count).await? {
            Some(row) => row,
            None => {
                give_up_if_over(deps, &row.id, cluster).await?;
                return Ok(Looked::same().after(Duration::ZERO));
            }
        }
    };
    let state = state_of(&row)?;
    let config = ingredients.render(&row, &state)?;
    store_inputs(deps, &row, &index, &config).await?;
    let attempt = state.attempt + 1;
    if let Err(error) = cluster.create_submit(&spec(deps, &row.id, attempt, config)).await {
        return not_created(&row, cluster, error).await;
    }
    if is_over(deps, &row.id).await? {
        // Cancelled meanwhile, perhaps by a look that found nothing to delete yet.
        cluster.delete_jobs(&row.id, JobRole::Cli).await?;
        return Ok(Looked::same());
    }
    let words = match state.batches {
        1 => format!("One batch with all {} letters", row.letters_total),
        batches => {
            format!("{batches} batches of about {} letters", row.letters_total.div_ceil(batches.max(1)))
        }
    };
    Ok(Looked::enter(Phase::StagingDb)
        .with(Change::Attempt(attempt))
        .saying(StepName::Configuring, words)
        .saying(StepName::StagingDb, format!("{name} brings the database to its machines.")))
}

/// What follows where the cluster did not take the Job that submits: no room is waited for, what it will never take is the
/// end.
async fn not_created(row: &JobRow, cluster: &dyn Cluster, error: ClusterError) -> EngineResult<Looked> {
    match error.kind {
        ClusterErrorKind::Quota => {
            lease::give_up(cluster, &row.id).await?;
            let words = "A quota of the cluster leaves no room for the search at the moment.";
            // It was configured in between, so the usual times would begin anew with each look.
            Ok(line::wait(row, Phase::WaitingForCapacity, words).after(QUOTA_LOOK))
        }
        ClusterErrorKind::Invalid | ClusterErrorKind::AlreadyExists | ClusterErrorKind::Corrupt => {
            tracing::error!(job_id = %row.id, %error, "the cluster does not take the submission");
            lease::give_up(cluster, &row.id).await?;
            let detail = "The cluster does not take the Job that submits the search.";
            Err(Fault::new(ErrorCode::ElasticSubmitFailed, detail).into())
        }
        ClusterErrorKind::Unknown
        | ClusterErrorKind::NotFound
        | ClusterErrorKind::LostRace
        | ClusterErrorKind::Throttled
        | ClusterErrorKind::Unavailable
        | ClusterErrorKind::Denied => Err(error.into()),
    }
}

/// Gives the Lease up that was taken for a search which ended meanwhile, before it had anything on the cluster.
async fn give_up_if_over(deps: &Deps, job: &JobId, cluster: &dyn Cluster) -> EngineResult<()> {
    let row = deps.jobs().state(job).await?;
    let over = |row: &JobRow| row.status().is_terminal() || row.is_cancelling();
    let configured = |row: &JobRow| row.elastic.as_ref().is_some_and(|state| state.batches > 0);
    if row.is_none_or(|row| over(&row) && !configured(&row)) {
        lease::give_up(cluster, job).await?;
    }
    Ok(())
}

/// Whether a search has ended or is being cancelled.
async fn is_over(deps: &Deps, job: &JobId) -> EngineResult<bool> {
    let row = deps.jobs().summary(job).await?;
    Ok(row.is_none_or(|row| row.status().is_terminal() || row.is_cancelling()))
}

/// Enters `configuring` with what was decided. `None` where the job went on without this look.
async fn configure(
    deps: &Deps,
    known: &mut VersionedJob,
    letters: u64,
    count: u64,
) -> EngineResult<Option<JobRow>> {
    let (now, look) = (deps.clock.now(), known.row.elastic.as_ref().map(|state| state.look));
    let mut ours = false;
    let row = deps
        .jobs()
        .change(known, |row| {
            ours = row.phase.is_waiting() && row.elastic.as_ref().map(|state| state.look) == look;
            if ours {
                row.enter(Phase::Configuring, now)?;
                if let Some(state) = &mut row.elastic {
                    state.batch_letters = letters;
                    state.batches = count;
                }
            }
            Ok(ours)
        })
        .await?;
    Ok(row.filter(|_| ours))
}

/// The sequences as ElasticBLAST reads them, and the configuration, which the page shows later.
async fn store_inputs(deps: &Deps, row: &JobRow, index: &QueryPlaces, config: &str) -> EngineResult<()> {
    let paths = ElasticPaths::of(row)?;
    let query = ResultPaths::of(&row.id).query(&row.query_digest)?;
    let blanks = index.blanks(row);
    deps.workbench.copy_query(&query, row.query_bytes, &blanks, &paths.query()?).await?;
    let body = config.to_owned().into();
    deps.blobs.put(&paths.config()?, body, "text/plain; charset=utf-8", PutCondition::Overwrite).await?;
    Ok(())
}

fn spec(deps: &Deps, job: &JobId, attempt: u64, config: String) -> SubmitSpec {
    let settings = deps.elastic.as_ref();
    let env = BTreeMap::from([("AZURE_SUBSCRIPTION_ID".to_owned(), settings.subscription.clone())]);
    SubmitSpec {
        job: job.clone(),
        attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
        config,
        image: settings.image.clone(),
        service_account: settings.service_account.clone(),
        namespace: settings.namespace.clone(),
        active_deadline: settings.init_timeout + settings.submit_margin,
        ttl: settings.submit_ttl,
        env,
    }
}

/// A look while `elastic-blast submit` runs.
pub(super) async fn look(
    deps: &Deps,
    row: &JobRow,
    name: &str,
    cluster: &Arc<dyn Cluster>,
    eyes: &mut Eyes<'_>,
) -> EngineResult<Looked> {
    let state = state_of(row)?;
    let Sighting { jobs, pods, .. } = eyes.look(row, cluster).await?;
    let cluster = cluster.as_ref();
    let batches = jobs.iter().filter(|job| job.role == JobRole::Blast).count() as u64;
    match cli_state(jobs, pods) {
        CliState::Ended { exit, said } => judge(deps, row, cluster, exit, said.as_ref(), jobs).await,
        // Gone without having been seen to end: what it made decides.
        CliState::NotThere => judge(deps, row, cluster, None, None, jobs).await,
        CliState::Running | CliState::Waiting(None) => {
            // Losing the Lease midway cannot be mended here; Jobs of ours that are made twice are the same ones.
            lease::renew(cluster, &row.id, deps.clock.now()).await?;
            Ok(progress(row, name, jobs, batches, state.batches))
        }
        CliState::Waiting(Some(hold)) => {
            if observe::is_over(deps, &hold) {
                return Err(hold.cause.fault(row.program).into());
            }
            lease::renew(cluster, &row.id, deps.clock.now()).await?;
            Ok(Looked::same().saying(StepName::StagingDb, hold.cause.fault(row.program).detail))
        }
    }
}

/// Where the submission is: the database on its way first, then Jobs being made.
fn progress(row: &JobRow, name: &str, jobs: &[JobSeen], batches: u64, expected: u64) -> Looked {
    let setup: Vec<_> = jobs.iter().filter(|job| job.role == JobRole::Setup).collect();
    let ready = setup.iter().filter(|job| job.end == Some(JobEnd::Complete)).count();
    if batches == 0 {
        let words = match setup.len() {
            0 => format!("{name} prepares the submission."),
            all => format!("The database is on {ready} of {all} machines."),
        };
        return Looked::same().saying(StepName::StagingDb, words);
    }
    let looked =
        if row.phase == Phase::StagingDb { Looked::enter(Phase::Submitting) } else { Looked::same() };
    let are = if expected == 1 { "batch was" } else { "batches were" };
    looked.saying(StepName::Submitting, format!("{batches} of {expected} {are} handed over."))
}

/// Takes away what a submission left that broke off before it made a batch: it is made again only once nothing of it is
/// there. Whether something was.
pub(super) async fn clear_leftovers(
    cluster: &dyn Cluster,
    job: &JobId,
    jobs: &[JobSeen],
) -> EngineResult<bool> {
    let is = |role: JobRole| jobs.iter().any(|job| job.role == role);
    let left = [JobRole::Finalizer, JobRole::Submit, JobRole::Setup].into_iter().filter(|role| is(*role));
    let left: Vec<_> = left.collect();
    if is(JobRole::Blast) || left.is_empty() || is_planted(Planted::RetryBesideJobs) {
        return Ok(false);
    }
    for role in left {
        cluster.delete_jobs(job, role).await?;
    }
    Ok(true)
}

/// What becomes of a submission that ended.
async fn judge(
    deps: &Deps,
    row: &JobRow,
    cluster: &dyn Cluster,
    exit: Option<CliExit>,
    said: Option<&CliSaid>,
    jobs: &[JobSeen],
) -> EngineResult<Looked> {
    let state = state_of(row)?;
    if exit != Some(CliExit::Success) && clear_leftovers(cluster, &row.id, jobs).await? {
        return Ok(Looked::same().after(LOOK));
    }
    match verdict::of(exit, said, jobs, &state) {
        Verdict::Taken => accepted(deps, row, cluster).await,
        Verdict::Again { delay, counts, words } => {
            lease::give_up(cluster, &row.id).await?;
            let looked = line::wait(row, Phase::WaitingForCapacity, words).after(delay);
            Ok(if counts { tried_again(deps, row, looked, delay, words) } else { looked })
        }
        Verdict::Failed(fault) => Err(fault.into()),
    }
}

/// A submission that failed and is made again: that is counted, and history tells it. Waiting is neither.
fn tried_again(deps: &Deps, row: &JobRow, mut looked: Looked, delay: Duration, words: &str) -> Looked {
    let attempt = row.elastic.as_ref().map_or(0, |state| state.attempt);
    let what = format!("submission:{attempt}");
    let event = HistoryEvent::keyed(&row.id, &EventName::RetryScheduled, &what, deps.clock.now())
        .int("retry_after_seconds", delay.as_secs())
        .int("attempt", attempt)
        .text("error", words)
        .text("error_code", ErrorCode::ElasticSubmitFailed.as_str());
    looked.effects.history.push(event);
    looked.with(Change::Tried)
}

/// The cluster has the search: its batches become rows, and the next search may be submitted.
async fn accepted(deps: &Deps, row: &JobRow, cluster: &dyn Cluster) -> EngineResult<Looked> {
    let count = batches::write_rows(deps, row, &ElasticPaths::of(row)?).await?;
    if count == 0 {
        return Err(
            Fault::new(ErrorCode::QueryMissing, "The stored sequences of this search are gone.").into()
        );
    }
    lease::give_up(cluster, &row.id).await?;
    line::leave(deps, row).await?;
    let words = match count {
        1 => "The cluster has the batch.".to_owned(),
        count => format!("The cluster has all {count} batches."),
    };
    let phases = match row.phase {
        Phase::StagingDb => vec![Phase::Submitting, Phase::Submitted],
        _ => vec![Phase::Submitted],
    };
    Ok(Looked { phases, ..Looked::same() }.saying(StepName::Submitting, words).after(Duration::ZERO))
}
