//! The way to a cluster, on which a single call may go wrong.

use async_trait::async_trait;
use blastline_jobs::ids::JobId;
use blastline_jobs::memory::MemoryCluster;
use blastline_jobs::ports::{
    Cluster, ClusterError, ClusterErrorKind, ClusterResult, JobRole, JobSeen, LeaseSeen, LogLine, LogTarget,
    LogWish, LookWish, NodeSeen, PodSeen, Sighting, SubmitSpec,
};
use futures::stream::BoxStream;
use std::sync::{Arc, Mutex};

/// What goes wrong when a submission is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creating {
    /// It goes well.
    Fine,
    /// Whoever creates it is killed between Secret and Job.
    SecretAlone,
    /// A quota of the namespace forbids it.
    Quota,
    /// The cluster will never take it.
    Refused,
}

/// A cluster behind a door.
pub struct Door {
    inner: Arc<MemoryCluster>,
    creating: Mutex<Creating>,
}

impl Door {
    /// Before a cluster; everything goes well.
    pub fn before(inner: Arc<MemoryCluster>) -> Self {
        Self { inner, creating: Mutex::new(Creating::Fine) }
    }

    /// From now on creating a submission goes so.
    pub fn creating(&self, how: Creating) {
        *self.creating.lock().unwrap() = how;
    }
}

fn refused(kind: ClusterErrorKind) -> ClusterError {
    ClusterError::new(kind, "create submit", "by the history")
}

#[async_trait]
impl Cluster for Door {
    async fn create_submit(&self, spec: &SubmitSpec) -> ClusterResult<JobSeen> {
        let how = *self.creating.lock().unwrap();
        match how {
            Creating::Fine => self.inner.create_submit(spec).await,
            Creating::SecretAlone => {
                self.inner.make_secret(&spec.job, spec.attempt);
                Err(refused(ClusterErrorKind::Unavailable))
            }
            Creating::Quota => Err(refused(ClusterErrorKind::Quota)),
            Creating::Refused => Err(refused(ClusterErrorKind::Invalid)),
        }
    }

    async fn jobs_of(&self, job: &JobId) -> ClusterResult<Vec<JobSeen>> {
        self.inner.jobs_of(job).await
    }

    async fn pods_of(&self, job: &JobId, limit: u32) -> ClusterResult<Vec<PodSeen>> {
        self.inner.pods_of(job, limit).await
    }

    async fn all_pods_of(&self, job: &JobId, limit: u32) -> ClusterResult<Vec<PodSeen>> {
        self.inner.all_pods_of(job, limit).await
    }

    async fn look(&self, job: &JobId, wish: &LookWish<'_>) -> ClusterResult<Sighting> {
        self.inner.look(job, wish).await
    }

    async fn restarts(&self, target: &LogTarget) -> ClusterResult<Option<u32>> {
        self.inner.restarts(target).await
    }

    async fn delete_jobs(&self, job: &JobId, role: JobRole) -> ClusterResult<()> {
        self.inner.delete_jobs(job, role).await
    }

    async fn active_searches(&self) -> ClusterResult<Vec<String>> {
        self.inner.active_searches().await
    }

    async fn submit_lease(&self) -> ClusterResult<LeaseSeen> {
        self.inner.submit_lease().await
    }

    async fn write_submit_lease(&self, lease: &LeaseSeen) -> ClusterResult<LeaseSeen> {
        self.inner.write_submit_lease(lease).await
    }

    async fn nodes(&self) -> ClusterResult<Vec<NodeSeen>> {
        self.inner.nodes().await
    }

    async fn log(
        &self,
        target: &LogTarget,
        wish: &LogWish,
    ) -> ClusterResult<BoxStream<'static, ClusterResult<LogLine>>> {
        self.inner.log(target, wish).await
    }
}
