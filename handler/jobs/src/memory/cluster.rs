use super::cluster_logs::MemoryLogs;
use super::lock;
use crate::ids::JobId;
use crate::ports::{
    Clock, Cluster, ClusterError, ClusterErrorKind, ClusterResult, Clusters, ContainerEnd, ContainerSeen,
    JobEnd, JobRole, JobSeen, LeaseSeen, LogLine, LogTarget, LogWish, LookWish, NodeSeen, PodSeen, Sighting,
    SubmitSpec,
};
use async_trait::async_trait;
use futures::stream::BoxStream;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A cluster in memory. Objects are created and deleted through the port as on a real one; what its controllers and pods
/// do is done by whoever holds it (a test, the simulator).
pub struct MemoryCluster {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    logs: MemoryLogs,
}

#[derive(Default)]
struct State {
    jobs: BTreeMap<String, Owned<JobSeen>>,
    pods: BTreeMap<String, Owned<PodSeen>>,
    secrets: BTreeMap<String, JobId>,
    foreign: Vec<String>,
    nodes: Vec<NodeSeen>,
    lease: LeaseState,
    outage: Option<ClusterError>,
    keeps_pods: bool,
    loses_answers: bool,
    next_uid: u64,
    calls: u64,
    lists: u64,
}

struct Owned<T> {
    of: JobId,
    object: T,
}

struct LeaseState {
    holder: String,
    renewed_at: Option<time::OffsetDateTime>,
    duration: Duration,
    version: u64,
}

impl Default for LeaseState {
    fn default() -> Self {
        Self { holder: String::new(), renewed_at: None, duration: Duration::from_secs(900), version: 0 }
    }
}

impl MemoryCluster {
    /// A cluster with these machines and nothing on them.
    pub fn new(clock: Arc<dyn Clock>, nodes: Vec<NodeSeen>) -> Self {
        let state = Mutex::new(State { nodes, ..State::default() });
        Self { clock, state, logs: MemoryLogs::default() }
    }

    /// Calls through the port so far.
    pub fn calls(&self) -> u64 {
        lock(&self.state).calls
    }

    /// Lists that a real cluster would have been asked for so far: ours and ElasticBLAST's objects are told apart by labels,
    /// so that most questions are two.
    pub fn lists(&self) -> u64 {
        lock(&self.state).lists
    }

    /// From now on every call fails so; `None` ends that.
    pub fn set_outage(&self, outage: Option<ClusterError>) {
        lock(&self.state).outage = outage;
    }

    /// Whether pods outlive the deletion of their Jobs, as during their grace time.
    pub fn keep_pods(&self, keep: bool) {
        let mut state = lock(&self.state);
        state.keeps_pods = keep;
        if !keep {
            let jobs: std::collections::BTreeSet<String> = state.jobs.keys().cloned().collect();
            state.pods.retain(|_, pod| pod.object.job.as_ref().is_some_and(|job| jobs.contains(job)));
        }
    }

    /// Whether what is created is there, but the answer that says so is lost.
    pub fn fail_after_create(&self, lose: bool) {
        lock(&self.state).loses_answers = lose;
    }

    /// Other installations' searches that run here.
    pub fn set_foreign(&self, ids: Vec<String>) {
        lock(&self.state).foreign = ids;
    }

    /// Every Job of a search, as [`Cluster::jobs_of`] gives them, without a call.
    pub fn peek_jobs(&self, job: &JobId) -> Vec<JobSeen> {
        lock(&self.state).jobs.values().filter(|o| o.of == *job).map(|o| o.object.clone()).collect()
    }

    /// Searches that have Jobs here.
    pub fn owners(&self) -> std::collections::BTreeSet<JobId> {
        lock(&self.state).jobs.values().map(|owned| owned.of.clone()).collect()
    }

    /// Secrets of a search.
    pub fn secrets_of(&self, job: &JobId) -> usize {
        lock(&self.state).secrets.values().filter(|of| *of == job).count()
    }

    /// Pods of a search, those that have succeeded among them.
    pub fn peek_pods(&self, job: &JobId) -> Vec<PodSeen> {
        lock(&self.state).pods.values().filter(|o| o.of == *job).map(|o| o.object.clone()).collect()
    }

    /// What a controller or the CLI does: makes a Job.
    pub fn make_job(&self, of: &JobId, name: &str, role: JobRole, batch: Option<u32>) -> JobSeen {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        state.make(of, name, role, batch, now)
    }

    /// What a Job's controller does: ends it.
    pub fn end_job(&self, name: &str, end: JobEnd) {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        if let Some(owned) = state.jobs.get_mut(name) {
            owned.object.end = Some(end);
            owned.object.ended_at = Some(now);
            owned.object.active = 0;
        }
    }

    /// What a Job's controller does: tells that its first pod was started.
    pub fn start_job(&self, name: &str) {
        let now = self.clock.now();
        if let Some(owned) = lock(&self.state).jobs.get_mut(name) {
            owned.object.started_at.get_or_insert(now);
        }
    }

    /// What the TTL controller does: takes a Job away with its pods, and with the Secret that it owns.
    pub fn remove_job(&self, name: &str) {
        let mut state = lock(&self.state);
        state.jobs.remove(name);
        state.secrets.remove(name);
        state.pods.retain(|_, pod| pod.object.job.as_deref() != Some(name));
    }

    /// Puts a pod there, or another state of it.
    pub fn put_pod(&self, of: &JobId, pod: PodSeen) {
        lock(&self.state).pods.insert(pod.name.clone(), Owned { of: of.clone(), object: pod });
    }

    /// The first half of creating a submission: its Secret, which no Job owns yet.
    pub fn make_secret(&self, of: &JobId, attempt: u32) {
        lock(&self.state).secrets.insert(cli_name(of, attempt), of.clone());
    }

    /// Who holds the Lease, without a call.
    pub fn lease_holder(&self) -> String {
        lock(&self.state).lease.holder.clone()
    }

    /// Ends the Job that runs `elastic-blast submit` with its pod, as the kubelet and the controller tell it.
    pub fn end_cli(&self, of: &JobId, attempt: u32, exit_code: i32, message: &str) {
        let name = cli_name(of, attempt);
        let now = self.clock.now();
        let end = ContainerEnd {
            exit_code,
            reason: if exit_code == 0 { "Completed" } else { "Error" }.to_owned(),
            message: message.to_owned(),
            ended_at: Some(now),
        };
        let container = ContainerSeen {
            name: "submit".to_owned(),
            init: false,
            waiting: None,
            running: false,
            end: Some(end),
            last_end: None,
            restarts: 0,
        };
        self.put_pod(
            of,
            PodSeen {
                name: format!("{name}-pod"),
                uid: format!("{name}-pod-uid"),
                job: Some(name.clone()),
                role: JobRole::Cli,
                node: Some("node-0".to_owned()),
                phase: if exit_code == 0 { "Succeeded" } else { "Failed" }.to_owned(),
                reason: String::new(),
                unschedulable: None,
                created_at: now,
                containers: vec![container],
            },
        );
        let failed = || JobEnd::Failed { reason: "BackoffLimitExceeded".to_owned(), message: String::new() };
        self.end_job(&name, if exit_code == 0 { JobEnd::Complete } else { failed() });
    }

    /// Lines of a container that has ended.
    pub fn put_log(&self, pod: &str, container: &str, lines: Vec<LogLine>) {
        self.logs.write(pod, container, lines);
        self.logs.end(pod, container);
    }

    /// Logs of containers, to be written while they are followed.
    pub fn logs(&self) -> &MemoryLogs {
        &self.logs
    }

    /// What a kubelet does to a pod that is deleted: it goes, and its logs with it.
    pub fn remove_pod(&self, name: &str) {
        lock(&self.state).pods.remove(name);
        self.logs.remove(name);
    }

    fn list(&self, what: &str, lists: u64) -> ClusterResult<std::sync::MutexGuard<'_, State>> {
        lock(&self.state).lists += lists;
        self.call(what)
    }

    fn call(&self, what: &str) -> ClusterResult<std::sync::MutexGuard<'_, State>> {
        let mut state = lock(&self.state);
        state.calls += 1;
        match &state.outage {
            Some(outage) => Err(ClusterError { what: what.to_owned(), ..outage.clone() }),
            None => Ok(state),
        }
    }
}

impl State {
    /// Pods of a search, those of our submit Jobs first.
    fn pods_of(&self, job: &JobId, limit: u32) -> Vec<PodSeen> {
        let of = self.pods.values().filter(|owned| owned.of == *job);
        let mut pods: Vec<_> = of.map(|owned| owned.object.clone()).collect();
        pods.sort_by_key(|pod| pod.role != JobRole::Cli);
        pods.truncate(limit as usize);
        pods
    }

    fn make(
        &mut self,
        of: &JobId,
        name: &str,
        role: JobRole,
        batch: Option<u32>,
        now: time::OffsetDateTime,
    ) -> JobSeen {
        self.next_uid += 1;
        let job = JobSeen {
            name: name.to_owned(),
            uid: format!("uid-{}", self.next_uid),
            role,
            batch,
            created_at: now,
            started_at: None,
            ended_at: None,
            end: None,
            active: 1,
            failed_pods: 0,
            deleting: false,
        };
        self.jobs.insert(name.to_owned(), Owned { of: of.clone(), object: job.clone() });
        job
    }
}

/// Name of the Job that runs `elastic-blast submit`.
fn cli_name(job: &JobId, attempt: u32) -> String {
    let id = job.as_str();
    format!("elb-cli-submit-{}-{attempt}", &id[id.len().saturating_sub(8)..])
}

#[async_trait]
impl Cluster for MemoryCluster {
    async fn create_submit(&self, spec: &SubmitSpec) -> ClusterResult<JobSeen> {
        let now = self.clock.now();
        let mut state = self.call("create submit")?;
        let name = cli_name(&spec.job, spec.attempt);
        state.secrets.insert(name.clone(), spec.job.clone());
        let seen = match state.jobs.get(&name) {
            Some(there) => there.object.clone(),
            None => state.make(&spec.job, &name, JobRole::Cli, None, now),
        };
        if state.loses_answers {
            return Err(ClusterError::new(
                ClusterErrorKind::Unavailable,
                "create submit",
                "the answer was lost",
            ));
        }
        Ok(seen)
    }

    async fn jobs_of(&self, job: &JobId) -> ClusterResult<Vec<JobSeen>> {
        let state = self.list("list jobs", 2)?;
        Ok(state.jobs.values().filter(|o| o.of == *job).map(|o| o.object.clone()).collect())
    }

    async fn pods_of(&self, job: &JobId, limit: u32) -> ClusterResult<Vec<PodSeen>> {
        let state = self.list("list pods", 2)?;
        // A finished pod of the CLI is asked for: its termination message is what it said.
        let wanted = |pod: &PodSeen| pod.phase != "Succeeded" || pod.role == JobRole::Cli;
        let pods = state.pods.values().filter(|o| o.of == *job && wanted(&o.object));
        Ok(pods.take(limit as usize).map(|o| o.object.clone()).collect())
    }

    async fn all_pods_of(&self, job: &JobId, limit: u32) -> ClusterResult<Vec<PodSeen>> {
        Ok(self.list("list all pods", 2)?.pods_of(job, limit))
    }

    async fn look(&self, job: &JobId, wish: &LookWish<'_>) -> ClusterResult<Sighting> {
        let state = self.list("look", 3)?;
        let jobs: Vec<_> = state.jobs.values().filter(|o| o.of == *job).map(|o| o.object.clone()).collect();
        let told = |pod: &PodSeen| {
            let owner = jobs.iter().find(|job| pod.job.as_ref() == Some(&job.name));
            owner.is_some_and(|job| wish.told.contains(&job.uid))
        };
        let mut pods = state.pods_of(job, u32::MAX);
        pods.retain(|pod| !told(pod));
        let listed = pods.len();
        pods.truncate(wish.pods as usize);
        let whole = jobs.iter().filter(|job| pods.len() == listed && !wish.told.contains(&job.uid));
        let whole = whole.map(|job| job.uid.clone()).collect();
        Ok(Sighting { jobs, pods, whole })
    }

    async fn restarts(&self, target: &LogTarget) -> ClusterResult<Option<u32>> {
        let state = self.call("read pod")?;
        let pod = state.pods.get(&target.pod).filter(|owned| owned.object.uid == target.pod_uid);
        let containers = pod.map(|owned| owned.object.containers.iter());
        let found = containers.and_then(|mut all| all.find(|seen| seen.name == target.container));
        Ok(found.map(|container| container.restarts))
    }

    async fn delete_jobs(&self, job: &JobId, role: JobRole) -> ClusterResult<()> {
        let mut state = self.call("delete jobs")?;
        state.jobs.retain(|_, o| o.of != *job || o.object.role != role);
        if !state.keeps_pods {
            state.pods.retain(|_, o| o.of != *job || o.object.role != role);
        }
        if role == JobRole::Cli {
            state.secrets.retain(|_, of| of != job);
        }
        Ok(())
    }

    async fn active_searches(&self) -> ClusterResult<Vec<String>> {
        let state = self.list("list finalizers", 2)?;
        let finalizers =
            state.jobs.values().filter(|o| o.object.role == JobRole::Finalizer && o.object.end.is_none());
        Ok(finalizers.map(|o| o.of.to_string()).chain(state.foreign.iter().cloned()).collect())
    }

    async fn submit_lease(&self) -> ClusterResult<LeaseSeen> {
        let state = self.call("read lease")?;
        let lease = &state.lease;
        Ok(LeaseSeen {
            holder: lease.holder.clone(),
            renewed_at: lease.renewed_at,
            duration: lease.duration,
            version: if lease.version == 0 { String::new() } else { lease.version.to_string() },
        })
    }

    async fn write_submit_lease(&self, lease: &LeaseSeen) -> ClusterResult<LeaseSeen> {
        let mut state = self.call("write lease")?;
        let version = if state.lease.version == 0 { String::new() } else { state.lease.version.to_string() };
        if version != lease.version {
            let kind = ClusterErrorKind::LostRace;
            return Err(ClusterError::new(kind, "write lease", "the object has been modified"));
        }
        let version = state.lease.version + 1;
        state.lease = LeaseState {
            holder: lease.holder.clone(),
            renewed_at: lease.renewed_at,
            duration: lease.duration,
            version,
        };
        Ok(LeaseSeen { version: version.to_string(), ..lease.clone() })
    }

    async fn nodes(&self) -> ClusterResult<Vec<NodeSeen>> {
        Ok(self.list("list nodes", 1)?.nodes.clone())
    }

    async fn log(
        &self,
        target: &LogTarget,
        wish: &LogWish,
    ) -> ClusterResult<BoxStream<'static, ClusterResult<LogLine>>> {
        let waits = self.call("read log")?.pods.contains_key(&target.pod);
        self.logs.read(target, wish, waits)
    }
}

/// Clusters in memory by name.
#[derive(Default, Clone)]
pub struct MemoryClusters {
    by_name: BTreeMap<String, Arc<dyn Cluster>>,
}

impl MemoryClusters {
    /// With one more cluster.
    #[must_use]
    pub fn with(mut self, name: &str, cluster: Arc<dyn Cluster>) -> Self {
        self.by_name.insert(name.to_owned(), cluster);
        self
    }
}

impl Clusters for MemoryClusters {
    fn names(&self) -> Vec<String> {
        self.by_name.keys().cloned().collect()
    }

    fn open(&self, name: &str) -> ClusterResult<Arc<dyn Cluster>> {
        self.by_name.get(name).cloned().ok_or_else(|| {
            ClusterError::new(
                ClusterErrorKind::Unknown,
                format!("open {name}"),
                "no such cluster is known here",
            )
        })
    }
}
