//! The Lease that whoever submits to a cluster holds meanwhile: ElasticBLAST's objects of two submissions must not be made
//! at one time. Other installations hold the same one.

use blastline_jobs::ids::JobId;
use blastline_jobs::ports::{Cluster, ClusterErrorKind, ClusterResult, LeaseSeen};
use std::time::Duration;
use time::OffsetDateTime;

/// How long a renewal holds.
const DURATION: Duration = Duration::from_secs(900);

/// By how much clocks may differ.
const SKEW: Duration = Duration::from_secs(30);

fn holder(job: &JobId) -> String {
    format!("blastline-{job}")
}

/// Takes or renews the Lease for a search; false while somebody else holds it. A renewal is written once a third of its
/// time is over.
pub(super) async fn hold(cluster: &dyn Cluster, job: &JobId, now: OffsetDateTime) -> ClusterResult<bool> {
    let seen = cluster.submit_lease().await?;
    let ours = seen.holder == holder(job);
    let until = |at: OffsetDateTime| at + seen.duration + SKEW;
    let free = seen.holder.is_empty() || seen.renewed_at.is_none_or(|at| until(at) < now);
    if !ours && !free {
        return Ok(false);
    }
    keep(cluster, job, now, seen).await
}

/// Whether a search holds the Lease, run out or not.
pub(super) async fn is_held_by(cluster: &dyn Cluster, job: &JobId) -> ClusterResult<bool> {
    Ok(cluster.submit_lease().await?.holder == holder(job))
}

/// Takes or renews the Lease as it was seen.
async fn keep(
    cluster: &dyn Cluster,
    job: &JobId,
    now: OffsetDateTime,
    seen: LeaseSeen,
) -> ClusterResult<bool> {
    let ours = seen.holder == holder(job);
    if ours && seen.renewed_at.is_some_and(|at| now < at + DURATION / 3) {
        return Ok(true);
    }
    let next = LeaseSeen { holder: holder(job), renewed_at: Some(now), duration: DURATION, ..seen };
    match cluster.write_submit_lease(&next).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind == ClusterErrorKind::LostRace => Ok(false),
        Err(error) => Err(error),
    }
}

/// Renews the Lease, where the search still holds it. One that was given up or lost is not taken again: nobody would give
/// it up after that.
pub(super) async fn renew(cluster: &dyn Cluster, job: &JobId, now: OffsetDateTime) -> ClusterResult<()> {
    let seen = cluster.submit_lease().await?;
    if seen.holder == holder(job) {
        keep(cluster, job, now, seen).await?;
    }
    Ok(())
}

/// Gives the Lease up, where the search holds it. Who fails here leaves it to run out.
pub(super) async fn give_up(cluster: &dyn Cluster, job: &JobId) -> ClusterResult<()> {
    let seen = cluster.submit_lease().await?;
    if seen.holder != holder(job) {
        return Ok(());
    }
    match cluster.write_submit_lease(&LeaseSeen { holder: String::new(), renewed_at: None, ..seen }).await {
        Err(error) if error.kind != ClusterErrorKind::LostRace => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use blastline_jobs::memory::{ManualClock, MemoryCluster};
    use blastline_jobs::ports::Clock;
    use std::sync::Arc;

    fn job(n: u8) -> JobId {
        JobId::from_random([n; 16])
    }

    #[tokio::test]
    async fn one_search_holds_it_until_it_gives_it_up_or_falls_silent() {
        let clock = Arc::new(ManualClock::default());
        let cluster = MemoryCluster::new(clock.clone(), Vec::new());
        assert!(hold(&cluster, &job(1), clock.now()).await.unwrap());
        assert!(!hold(&cluster, &job(2), clock.now()).await.unwrap());
        give_up(&cluster, &job(2)).await.unwrap();
        assert!(hold(&cluster, &job(1), clock.now()).await.unwrap(), "another cannot give it up");
        let last_moment = clock.now() + DURATION + SKEW;
        assert!(!hold(&cluster, &job(2), last_moment).await.unwrap());
        assert!(hold(&cluster, &job(2), last_moment + Duration::from_secs(1)).await.unwrap());
        give_up(&cluster, &job(2)).await.unwrap();
        assert!(hold(&cluster, &job(1), clock.now()).await.unwrap());
    }

    #[tokio::test]
    async fn a_renewal_is_written_only_once_a_third_of_the_time_is_over() {
        let clock = Arc::new(ManualClock::default());
        let cluster = MemoryCluster::new(clock.clone(), Vec::new());
        let began = clock.now();
        hold(&cluster, &job(1), began).await.unwrap();
        let version = cluster.submit_lease().await.unwrap().version;
        hold(&cluster, &job(1), began + DURATION / 4).await.unwrap();
        assert_eq!(cluster.submit_lease().await.unwrap().version, version);
        hold(&cluster, &job(1), began + DURATION / 2).await.unwrap();
        assert_ne!(cluster.submit_lease().await.unwrap().version, version);
    }
}
