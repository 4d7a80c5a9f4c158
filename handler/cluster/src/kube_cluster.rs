use crate::{
    error::corrupt,
    lease::SubmitLease,
    logs,
    names::{CONTROL_LABEL, JOB_NAME_LABEL, SUBMIT_JOB_PREFIX, select_role, select_search},
    searches,
    seen::{JobRead, NodeRead, PodRead, job_seen, node_seen, pod_seen, restarts_of},
    submit::Submission,
    telling::telling,
    wire::{Ask, JSON, Lists, Wire},
};
use async_trait::async_trait;
use blastline_jobs::{
    ids::JobId,
    ports::{
        Cluster, ClusterError, ClusterErrorKind, ClusterResult, JobRole, JobSeen, LeaseSeen, LogLine,
        LogTarget, LogWish, LookWish, NodeSeen, PodSeen, Sighting, SubmitSpec,
    },
};
use futures::stream::BoxStream;
use http::Method;

/// Body of a deletion: pods go with their Job, and nobody waits for them.
const DELETE_BACKGROUND: &str =
    r#"{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Background"}"#;
/// Pods that ended well say nothing that is not known from their Job.
const NOT_SUCCEEDED: &str = "status.phase!=Succeeded";
/// Jobs on a page of a look: as many as a search may well have, so that one call lists them. They are some eight kilobytes
/// each.
const JOBS_A_LOOK: u32 = 5_000;
/// Pods that a look takes, at most: each of its Jobs tries four times.
const MAX_LOOKED_AT: u32 = 480;

/// One cluster over its API server.
pub struct KubeCluster {
    wire: Wire,
    search_namespace: String,
    own_namespace: String,
}

impl KubeCluster {
    pub(crate) fn new(wire: Wire, search_namespace: &str, own_namespace: &str) -> Self {
        Self { wire, search_namespace: search_namespace.to_owned(), own_namespace: own_namespace.to_owned() }
    }

    /// Namespace of the objects of a role.
    fn namespace(&self, role: JobRole) -> &str {
        match role {
            JobRole::Cli => &self.own_namespace,
            JobRole::Finalizer | JobRole::Submit | JobRole::Setup | JobRole::Blast => &self.search_namespace,
        }
    }

    async fn jobs(
        &self,
        job: &JobId,
        namespace: &str,
        labels: &str,
        page: Option<u32>,
    ) -> ClusterResult<Vec<JobSeen>> {
        let path = format!("/apis/batch/v1/namespaces/{namespace}/jobs");
        let lists = Lists { path: &path, kind: "JobList", labels: Some(labels), page, ..Lists::default() };
        let take = |read: JobRead| Ok(job_seen(job, read));
        Ok(self.wire.list(&format!("list jobs of {job}"), &lists, take).await?.items)
    }

    async fn pods(
        &self,
        job: &JobId,
        jobs: &[JobSeen],
        lists: Lists<'_>,
        namespace: &str,
    ) -> ClusterResult<Vec<PodSeen>> {
        let path = format!("/api/v1/namespaces/{namespace}/pods");
        let lists = Lists { path: &path, kind: "PodList", ..lists };
        let take = |read: PodRead| Ok(pod_seen(job, jobs, read));
        Ok(self.wire.list(&format!("list pods of {job}"), &lists, take).await?.items)
    }

    /// Namespace of a pod. It is named after its Job, and our own Jobs alone have names of this form.
    fn namespace_of(&self, target: &LogTarget) -> &str {
        let ours = target.pod.starts_with(SUBMIT_JOB_PREFIX);
        if ours { &self.own_namespace } else { &self.search_namespace }
    }

    /// Every Job of a search. In this order: when the submission is seen to have ended, every Job that it created is in the
    /// second list.
    async fn all_jobs(&self, job: &JobId, page: Option<u32>) -> ClusterResult<Vec<JobSeen>> {
        let mut jobs = self.jobs(job, &self.own_namespace, &select_role(job, JobRole::Cli), page).await?;
        jobs.extend(self.jobs(job, &self.search_namespace, &select_search(job), page).await?);
        Ok(jobs)
    }

    /// Pods of Jobs in a namespace, every role at once, by the label that the cluster puts on the pods of a Job; and whether
    /// that is all of them.
    async fn pods_of_jobs(
        &self,
        job: &JobId,
        jobs: &[JobSeen],
        names: &[&JobSeen],
        namespace: &str,
    ) -> ClusterResult<(Vec<PodSeen>, bool)> {
        if names.is_empty() {
            return Ok((Vec::new(), true));
        }
        let names: Vec<_> = names.iter().map(|seen| seen.name.as_str()).collect();
        let labels = format!("{JOB_NAME_LABEL} in ({})", names.join(","));
        let at_most = Some(MAX_LOOKED_AT);
        let lists = Lists { labels: Some(&labels), at_most, page: at_most, ..Lists::default() };
        let pods = self.pods(job, jobs, lists, namespace).await?;
        let all = u32::try_from(pods.len()).is_ok_and(|listed| listed < MAX_LOOKED_AT);
        Ok((pods, all))
    }

    /// Pods of our submit Jobs, and of ElasticBLAST's Jobs those with these fields.
    async fn both(&self, job: &JobId, limit: u32, fields: Option<&str>) -> ClusterResult<Vec<PodSeen>> {
        // Few, and the first of them tells what became of the submission: so they come first, and the ended ones too.
        let ours = select_role(job, JobRole::Cli);
        let lists = Lists { labels: Some(&ours), at_most: Some(limit), ..Lists::default() };
        let mut pods = self.pods(job, &[], lists, &self.own_namespace).await?;
        let left = limit.saturating_sub(u32::try_from(pods.len()).unwrap_or(u32::MAX));
        if left > 0 {
            let theirs = select_search(job);
            let lists = Lists { labels: Some(&theirs), fields, at_most: Some(left), ..Lists::default() };
            pods.extend(self.pods(job, &[], lists, &self.search_namespace).await?);
        }
        Ok(pods)
    }

    async fn delete(&self, what: &str, path: &str, labels: &str) -> ClusterResult<()> {
        let ask = Ask::new(Method::DELETE, what, path)
            .query("labelSelector", labels)
            .with_body(JSON, DELETE_BACKGROUND)
            .discreet()
            .slow();
        // The answer repeats every object; its head says all there is to know.
        match self.wire.stream(&ask).await {
            Ok(_) => Ok(()),
            Err(error) if error.kind == ClusterErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Cluster for KubeCluster {
    async fn create_submit(&self, spec: &SubmitSpec) -> ClusterResult<JobSeen> {
        if spec.namespace != self.search_namespace {
            let cause =
                format!("Jobs are looked for in {}, not in {}", self.search_namespace, spec.namespace);
            let what = format!("submit {} attempt {}", spec.job, spec.attempt);
            return Err(ClusterError::new(ClusterErrorKind::Invalid, what, cause));
        }
        Submission::new(&self.wire, &self.own_namespace, spec).create().await
    }

    async fn jobs_of(&self, job: &JobId) -> ClusterResult<Vec<JobSeen>> {
        self.all_jobs(job, None).await
    }

    async fn pods_of(&self, job: &JobId, limit: u32) -> ClusterResult<Vec<PodSeen>> {
        self.both(job, limit, Some(NOT_SUCCEEDED)).await
    }

    async fn all_pods_of(&self, job: &JobId, limit: u32) -> ClusterResult<Vec<PodSeen>> {
        self.both(job, limit, None).await
    }

    async fn look(&self, job: &JobId, wish: &LookWish<'_>) -> ClusterResult<Sighting> {
        let jobs = self.all_jobs(job, Some(JOBS_A_LOOK)).await?;
        let telling = telling(&jobs, wish.told);
        let (mut pods, all) = if self.own_namespace == self.search_namespace {
            self.pods_of_jobs(job, &jobs, &telling, &self.search_namespace).await?
        } else {
            // Our own pods lie elsewhere: one list more as long as they have something to tell.
            let (ours, theirs): (Vec<_>, Vec<_>) = telling.iter().partition(|seen| seen.role == JobRole::Cli);
            let (mut pods, all) = self.pods_of_jobs(job, &jobs, &ours, &self.own_namespace).await?;
            let (more, too) = self.pods_of_jobs(job, &jobs, &theirs, &self.search_namespace).await?;
            pods.extend(more);
            (pods, all && too)
        };
        let listed = pods.len();
        // The cluster gives them by name, so ours may come late.
        pods.sort_by_key(|pod| pod.role != JobRole::Cli);
        pods.truncate(usize::try_from(wish.pods).unwrap_or(usize::MAX));
        let whole = all && pods.len() == listed;
        let whole = telling.iter().filter(|_| whole).map(|seen| seen.uid.clone()).collect();
        Ok(Sighting { jobs, pods, whole })
    }

    async fn restarts(&self, target: &LogTarget) -> ClusterResult<Option<u32>> {
        let what = format!("read pod {}", target.pod);
        let path = format!("/api/v1/namespaces/{}/pods/{}", self.namespace_of(target), target.pod);
        match self.wire.object::<PodRead>(&Ask::get(what, path)).await {
            Ok(pod) => Ok(restarts_of(&pod, target)),
            Err(error) if error.kind == ClusterErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn delete_jobs(&self, job: &JobId, role: JobRole) -> ClusterResult<()> {
        let namespace = self.namespace(role);
        let what = format!("delete {} jobs of {job}", role.app());
        self.delete(&what, &format!("/apis/batch/v1/namespaces/{namespace}/jobs"), &select_role(job, role))
            .await?;
        if role == JobRole::Cli {
            let what = format!("delete secrets of {job}");
            let path = format!("/api/v1/namespaces/{namespace}/secrets");
            self.delete(&what, &path, &format!("{CONTROL_LABEL}={job}")).await?;
        }
        Ok(())
    }

    async fn active_searches(&self) -> ClusterResult<Vec<String>> {
        searches::active(&self.wire, &self.search_namespace).await
    }

    async fn submit_lease(&self) -> ClusterResult<LeaseSeen> {
        SubmitLease::new(&self.wire, &self.search_namespace).read().await
    }

    async fn write_submit_lease(&self, lease: &LeaseSeen) -> ClusterResult<LeaseSeen> {
        SubmitLease::new(&self.wire, &self.search_namespace).write(lease).await
    }

    async fn nodes(&self) -> ClusterResult<Vec<NodeSeen>> {
        let what = "list nodes";
        let lists = Lists { path: "/api/v1/nodes", kind: "NodeList", ..Lists::default() };
        let take = |read: NodeRead| node_seen(read).map(Some).map_err(|problem| corrupt(what, problem));
        Ok(self.wire.list(what, &lists, take).await?.items)
    }

    async fn log(
        &self,
        target: &LogTarget,
        wish: &LogWish,
    ) -> ClusterResult<BoxStream<'static, ClusterResult<LogLine>>> {
        logs::open(&self.wire, self.namespace_of(target), target, wish).await
    }
}
