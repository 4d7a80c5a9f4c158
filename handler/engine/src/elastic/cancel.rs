use super::eyes::Eyes;
use super::lease;
use super::looked::{Change, Looked};
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::planted::{Planted, is_planted};
use crate::serverless::parts_still_run;
use blastline_jobs::ids::JobId;
use blastline_jobs::ports::{Cluster, JobRole};
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::Phase;
use std::sync::Arc;
use std::time::Duration;

/// Pods that are counted at most.
const PODS: u32 = 500;

/// Its Jobs were deleted.
const DELETED: u64 = 1;
/// And no pod of it was left.
const PODS_GONE: u64 = 2;

/// Between looks while a search is being cancelled.
const LOOK: Duration = Duration::from_secs(5);

fn forgets(role: JobRole) -> bool {
    role == JobRole::Cli && is_planted(Planted::ForgottenSubmission)
}

/// Deletes the Jobs of a search, what creates others first.
async fn delete(cluster: &dyn Cluster, job: &JobId) -> EngineResult<()> {
    for role in JobRole::CANCEL_ORDER.into_iter().filter(|role| !forgets(*role)) {
        cluster.delete_jobs(job, role).await?;
    }
    Ok(())
}

/// How many pods of a search are left. While a pod of the CLI is in its grace time it may still be at it; its Lease is given
/// up after that.
async fn pods_left(cluster: &dyn Cluster, job: &JobId) -> EngineResult<u64> {
    let pods = cluster.pods_of(job, PODS).await?;
    if !pods.iter().any(|pod| pod.role == JobRole::Cli) {
        lease::give_up(cluster, job).await?;
    }
    Ok(pods.iter().filter(|pod| !forgets(pod.role)).count() as u64)
}

/// How many Jobs of a search are left.
async fn jobs_left(cluster: &dyn Cluster, job: &JobId) -> EngineResult<u64> {
    Ok(cluster.jobs_of(job).await?.iter().filter(|job| !forgets(job.role)).count() as u64)
}

/// Deletes what a search has on its cluster, gives its Lease up, and tells how much is left. Pods are counted before Jobs:
/// while a pod of the CLI is there it may still create Jobs, once there is none nobody can.
pub(crate) async fn clear_cluster(cluster: &dyn Cluster, job: &JobId) -> EngineResult<u64> {
    delete(cluster, job).await?;
    Ok(pods_left(cluster, job).await? + jobs_left(cluster, job).await?)
}

/// The same, one step a look, so that none takes more than three lists: what is there is seen, its logs are stored and it is
/// deleted; then its pods are gone; then nobody has made a Job meanwhile.
async fn clear(
    row: &JobRow,
    cluster: &Arc<dyn Cluster>,
    step: u64,
    eyes: &mut Eyes<'_>,
) -> EngineResult<(u64, u64)> {
    let job = &row.id;
    match step {
        0 => {
            let seen = eyes.look(row, cluster).await?;
            let left = seen.jobs.len() + seen.pods.len();
            // What is deleted now can be read no more afterwards.
            eyes.listen(row).await;
            delete(cluster.as_ref(), job).await?;
            Ok((left as u64, DELETED))
        }
        DELETED => {
            delete(cluster.as_ref(), job).await?;
            let left = pods_left(cluster.as_ref(), job).await?;
            Ok((left, if left == 0 { PODS_GONE } else { DELETED }))
        }
        _ => {
            let left = jobs_left(cluster.as_ref(), job).await?;
            if left > 0 {
                delete(cluster.as_ref(), job).await?;
            }
            Ok((left, if left == 0 { PODS_GONE } else { DELETED }))
        }
    }
}

/// One look at a search that is being cancelled: it is `cancelled` once nothing of it is left on the cluster and nobody
/// reads its results in. A search that was never configured has nothing there, and its cluster is not asked.
pub(super) async fn look(deps: &Deps, row: &JobRow, name: &str, eyes: &mut Eyes<'_>) -> EngineResult<Looked> {
    let state = row.elastic.as_ref();
    let submitted = state.is_some_and(|state| state.batches > 0);
    if submitted {
        let step = state.map_or(0, |state| state.clearing);
        let (left, next) = clear(row, &deps.clusters.open(name)?, step, eyes).await?;
        if left > 0 || step < PODS_GONE {
            let delay = if left > 0 { LOOK } else { Duration::ZERO };
            let looked = Looked::same().with(Change::Left(left)).with(Change::Clearing(next));
            return Ok(looked.after(delay));
        }
    }
    super::line::leave(deps, row).await?;
    if !submitted {
        lease_of_who_was_next(deps, row, name).await;
    }
    if parts_still_run(deps, row).await? {
        return Ok(Looked::same().with(Change::Left(0)).after(LOOK));
    }
    Ok(Looked { last: true, ..Looked::enter(Phase::Cancelled).with(Change::Left(0)) })
}

/// Gives up the Lease of a search that took it and was ended before it submitted anything; whether that is done. Nothing of
/// it is on the cluster: where the cluster stays silent the Lease runs out by itself.
pub(crate) async fn lease_of_who_was_next(deps: &Deps, row: &JobRow, name: &str) -> bool {
    let Ok(cluster) = deps.clusters.open(name) else { return true };
    let given_up = lease::give_up(cluster.as_ref(), &row.id).await;
    if let Err(error) = &given_up {
        tracing::warn!(job_id = %row.id, %error, "the Lease of an ended search is not given up yet");
    }
    given_up.is_ok()
}
