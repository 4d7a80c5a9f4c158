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
use std::time::Duration;

/// Pods that are counted at most.
const PODS: u32 = 500;

/// Between looks while a search is being cancelled.
const LOOK: Duration = Duration::from_secs(5);

/// Deletes what a search has on its cluster, what creates others first, gives its Lease up, and tells how much is left.
/// Pods are counted before Jobs: while a pod of the CLI is there it may still create Jobs, once there is none nobody can.
pub(crate) async fn clear_cluster(cluster: &dyn Cluster, job: &JobId) -> EngineResult<u64> {
    let forgets = |role: JobRole| role == JobRole::Cli && is_planted(Planted::ForgottenSubmission);
    for role in JobRole::CANCEL_ORDER.into_iter().filter(|role| !forgets(*role)) {
        cluster.delete_jobs(job, role).await?;
    }
    let pods = cluster.pods_of(job, PODS).await?;
    // While a pod of the CLI is in its grace time it may still be at it.
    if !pods.iter().any(|pod| pod.role == JobRole::Cli) {
        lease::give_up(cluster, job).await?;
    }
    let jobs = cluster.jobs_of(job).await?;
    let left = pods.iter().filter(|pod| !forgets(pod.role)).count()
        + jobs.iter().filter(|job| !forgets(job.role)).count();
    Ok(left as u64)
}

/// One look at a search that is being cancelled: it is `cancelled` once nothing of it is left on the cluster and nobody
/// reads its results in. A search that was never configured has nothing there, and its cluster is not asked.
pub(super) async fn look(deps: &Deps, row: &JobRow, name: &str) -> EngineResult<Looked> {
    let submitted = row.elastic.as_ref().is_some_and(|state| state.batches > 0);
    if submitted {
        let left = clear_cluster(deps.clusters.open(name)?.as_ref(), &row.id).await?;
        if left > 0 {
            return Ok(Looked::same().with(Change::Left(left)).after(LOOK));
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

/// Gives up the Lease of a search that took it and was ended before it submitted anything. Best effort, since nothing of it
/// is on the cluster: what fails here runs out by itself.
pub(crate) async fn lease_of_who_was_next(deps: &Deps, row: &JobRow, name: &str) {
    let Ok(cluster) = deps.clusters.open(name) else { return };
    if let Err(error) = lease::give_up(cluster.as_ref(), &row.id).await {
        tracing::warn!(job_id = %row.id, %error, "the Lease of an ended search runs out by itself");
    }
}
