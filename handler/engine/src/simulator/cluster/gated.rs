//! The cluster as functions see it: through gates.

use super::{NAME, SimCluster};
use crate::simulator::world::Caller;
use async_trait::async_trait;
use blastline_jobs::ids::JobId;
use blastline_jobs::ports::{
    Cluster, ClusterError, ClusterErrorKind, ClusterResult, Clusters, JobRole, JobSeen, LeaseSeen, LogLine,
    LogTarget, LogWish, LookWish, NodeSeen, PodSeen, Sighting, SubmitSpec,
};
use futures::FutureExt;
use futures::stream::BoxStream;
use std::sync::Arc;

/// What memory does at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("memory never waits")
}

/// The clusters that a caller knows: the one there is.
pub struct SimClusters {
    pub caller: Caller,
    pub cluster: Arc<SimCluster>,
}

impl Clusters for SimClusters {
    fn names(&self) -> Vec<String> {
        vec![NAME.to_owned()]
    }

    fn open(&self, name: &str) -> ClusterResult<Arc<dyn Cluster>> {
        if name != NAME {
            return Err(ClusterError::new(ClusterErrorKind::Unknown, format!("open {name}"), "not known"));
        }
        Ok(Arc::new(GatedCluster { caller: self.caller.clone(), cluster: self.cluster.clone() }))
    }
}

struct GatedCluster {
    caller: Caller,
    cluster: Arc<SimCluster>,
}

#[async_trait]
impl Cluster for GatedCluster {
    /// Secret and Job are two calls.
    async fn create_submit(&self, spec: &SubmitSpec) -> ClusterResult<JobSeen> {
        let what = || format!("create the Secret of {} {}", spec.job, spec.attempt);
        let secret = |_: &Caller| -> ClusterResult<()> {
            now(self.cluster.memory.submit_lease())?;
            self.cluster.memory.make_secret(&spec.job, spec.attempt);
            Ok(())
        };
        self.caller.call(what, secret).await?;
        let what = || format!("create the Job of {} {}", spec.job, spec.attempt);
        let create = |_: &Caller| {
            let before = self.cluster.memory.peek_jobs(&spec.job);
            let job = now(self.cluster.memory.create_submit(spec))?;
            if !before.iter().any(|seen| seen.uid == job.uid) {
                self.cluster.submitted(spec, job.clone());
            }
            Ok(job)
        };
        self.caller.call(what, create).await
    }

    async fn jobs_of(&self, job: &JobId) -> ClusterResult<Vec<JobSeen>> {
        let what = || format!("list Jobs of {job}");
        self.caller.call(what, |_| now(self.cluster.memory.jobs_of(job))).await
    }

    async fn pods_of(&self, job: &JobId, limit: u32) -> ClusterResult<Vec<PodSeen>> {
        let what = || format!("list pods of {job}");
        self.caller.call(what, |_| now(self.cluster.memory.pods_of(job, limit))).await
    }

    async fn all_pods_of(&self, job: &JobId, limit: u32) -> ClusterResult<Vec<PodSeen>> {
        let what = || format!("list all pods of {job}");
        self.caller.call(what, |_| now(self.cluster.memory.all_pods_of(job, limit))).await
    }

    /// Jobs and pods are two calls; what happens between them is seen by the second alone.
    async fn look(&self, job: &JobId, wish: &LookWish<'_>) -> ClusterResult<Sighting> {
        let jobs = self.jobs_of(job).await?;
        let what = || format!("list pods of Jobs of {job}");
        let seen = self.caller.call(what, |_| now(self.cluster.memory.look(job, wish))).await?;
        Ok(Sighting { jobs, ..seen })
    }

    async fn restarts(&self, target: &LogTarget) -> ClusterResult<Option<u32>> {
        let what = || format!("read pod {}", target.pod);
        self.caller.call(what, |_| now(self.cluster.memory.restarts(target))).await
    }

    async fn delete_jobs(&self, job: &JobId, role: JobRole) -> ClusterResult<()> {
        let what = || format!("delete {} Jobs of {job}", role.app());
        let delete = |_: &Caller| {
            now(self.cluster.memory.delete_jobs(job, role))?;
            self.cluster.deleted(job, role);
            Ok(())
        };
        self.caller.call(what, delete).await
    }

    async fn active_searches(&self) -> ClusterResult<Vec<String>> {
        self.caller.call(|| "list searches".to_owned(), |_| now(self.cluster.memory.active_searches())).await
    }

    async fn submit_lease(&self) -> ClusterResult<LeaseSeen> {
        self.caller.call(|| "read the Lease".to_owned(), |_| now(self.cluster.memory.submit_lease())).await
    }

    async fn write_submit_lease(&self, lease: &LeaseSeen) -> ClusterResult<LeaseSeen> {
        let what = || format!("write the Lease of `{}`", lease.holder);
        self.caller.call(what, |_| now(self.cluster.memory.write_submit_lease(lease))).await
    }

    async fn nodes(&self) -> ClusterResult<Vec<NodeSeen>> {
        self.caller.call(|| "list nodes".to_owned(), |_| now(self.cluster.memory.nodes())).await
    }

    async fn log(
        &self,
        target: &LogTarget,
        wish: &LogWish,
    ) -> ClusterResult<BoxStream<'static, ClusterResult<LogLine>>> {
        self.cluster.memory.log(target, wish).await
    }
}
