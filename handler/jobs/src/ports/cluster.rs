//! A Kubernetes cluster as the elastic engine sees it: what a search needs of it, in the engine's own terms.
//!
//! The real part is `blastline-cluster`; the simulator has one in memory. Selection is by the job's id alone: nothing
//! here can touch another search's objects.

use crate::ids::JobId;
use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};
use time::OffsetDateTime;

/// What went wrong at a cluster, in terms that callers decide on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterErrorKind {
    /// No cluster of this name is known here.
    Unknown,
    /// The object is not there (404). Only said by the cluster itself, never concluded from silence.
    NotFound,
    /// An object of this name is there and is not ours, or differs (409).
    AlreadyExists,
    /// Somebody else wrote in between (409 with a resource version).
    LostRace,
    /// The cluster refused the object (400, 422), or a quota forbids it (403 with `exceeded quota`).
    Invalid,
    /// A quota or limit of the namespace forbids it.
    Quota,
    /// The cluster asks to slow down (429).
    Throttled,
    /// The cluster did not answer in time, or answered with a server error.
    Unavailable,
    /// The cluster refused the identity (401, 403).
    Denied,
    /// An answer could not be understood.
    Corrupt,
}

impl ClusterErrorKind {
    /// Whether the same call may succeed later without anything being changed.
    pub fn retryable(self) -> bool {
        match self {
            Self::LostRace | Self::Quota | Self::Throttled | Self::Unavailable | Self::Denied => true,
            Self::Unknown | Self::NotFound | Self::AlreadyExists | Self::Invalid | Self::Corrupt => false,
        }
    }
}

/// A failed call to a cluster. `Display` is for the log: it holds the cluster's words.
#[derive(Debug, Clone)]
pub struct ClusterError {
    /// The class that callers decide on.
    pub kind: ClusterErrorKind,
    /// Operation and object, for example `list jobs of job-…`.
    pub what: String,
    /// The cause in the cluster's or system's words. Never shown to a user.
    pub cause: String,
    /// How long the cluster asked to wait, where it said so.
    pub retry_after: Option<Duration>,
}

/// Result of a call to a cluster.
pub type ClusterResult<T> = Result<T, ClusterError>;

impl ClusterError {
    /// An error of a kind, with the operation and its cause.
    pub fn new(kind: ClusterErrorKind, what: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self { kind, what: what.into(), cause: cause.to_string(), retry_after: None }
    }
}

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}: {}", self.what, self.kind, self.cause)
    }
}

impl std::error::Error for ClusterError {}

/// What a Kubernetes Job of a search is there for, told by its labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobRole {
    /// Ours: runs `elastic-blast submit` (`app=elb-cli-submit`, `elb.control/job=<id>`).
    Cli,
    /// ElasticBLAST's finalizer (`app=finalizer`).
    Finalizer,
    /// ElasticBLAST's creation of Jobs in the cluster (`app=submit`).
    Submit,
    /// Brings the database to a node (`app=setup`).
    Setup,
    /// Searches one batch (`app=blast`).
    Blast,
}

impl JobRole {
    /// Every role, in the order in which cancelling deletes them: what creates others goes first.
    pub const CANCEL_ORDER: [Self; 5] = [Self::Cli, Self::Finalizer, Self::Submit, Self::Setup, Self::Blast];

    /// The value of the label `app`.
    pub fn app(self) -> &'static str {
        match self {
            Self::Cli => "elb-cli-submit",
            Self::Finalizer => "finalizer",
            Self::Submit => "submit",
            Self::Setup => "setup",
            Self::Blast => "blast",
        }
    }
}

/// How a Job ended, read from its conditions by type. `SuccessCriteriaMet` and `FailureTarget` are not ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEnd {
    /// Condition `Complete`.
    Complete,
    /// Condition `Failed`, with its reason (`BackoffLimitExceeded`, `DeadlineExceeded`, …) and message.
    Failed {
        /// The condition's reason.
        reason: String,
        /// The condition's message.
        message: String,
    },
}

/// A Job as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobSeen {
    /// Name.
    pub name: String,
    /// Unique id; another one under the same name is another Job.
    pub uid: String,
    /// What it is there for.
    pub role: JobRole,
    /// Its `JOB_NUM` (`000`, `001`, …) for a batch.
    pub batch: Option<u32>,
    /// When the cluster created it, by the cluster's clock.
    pub created_at: OffsetDateTime,
    /// When its first pod was started.
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// How it ended; `None` while it has not.
    pub end: Option<JobEnd>,
    /// Pods that run or wait. Shown, never decided on.
    pub active: u32,
    /// Pods that failed: attempts, not the Job's failure.
    pub failed_pods: u32,
    /// Whether it is being deleted.
    pub deleting: bool,
}

/// A container's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerEnd {
    /// Exit code.
    pub exit_code: i32,
    /// Kubernetes' word: `Completed`, `Error`, `OOMKilled`, `ContainerCannotRun`, …
    pub reason: String,
    /// What it wrote to its termination log.
    pub message: String,
    /// When.
    pub ended_at: Option<OffsetDateTime>,
}

/// A container of a pod, init containers included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerSeen {
    /// Name.
    pub name: String,
    /// Whether it is an init container.
    pub init: bool,
    /// Why it waits (`ImagePullBackOff`, `CrashLoopBackOff`, …) and the message, where it does.
    pub waiting: Option<(String, String)>,
    /// Whether it runs now.
    pub running: bool,
    /// Its end, where it ended.
    pub end: Option<ContainerEnd>,
    /// The end of its attempt before: a restart hides the first one's `OOMKilled`.
    pub last_end: Option<ContainerEnd>,
    /// How often it was restarted.
    pub restarts: u32,
}

/// A pod as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodSeen {
    /// Name.
    pub name: String,
    /// Unique id.
    pub uid: String,
    /// The Job that owns it.
    pub job: Option<String>,
    /// Role of that Job.
    pub role: JobRole,
    /// Node it runs on.
    pub node: Option<String>,
    /// `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`.
    pub phase: String,
    /// The pod's own reason, for example `Evicted`.
    pub reason: String,
    /// The scheduler's words while it cannot be placed (condition `PodScheduled=False`).
    pub unschedulable: Option<String>,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// Init containers first, then the others.
    pub containers: Vec<ContainerSeen>,
}

/// What a look asks for.
#[derive(Debug, Clone, Copy)]
pub struct LookWish<'a> {
    /// At most so many pods.
    pub pods: u32,
    /// Unique ids of ended Jobs whose pods have nothing more to tell: their logs are stored.
    pub told: &'a BTreeSet<String>,
}

/// What a look at a search shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sighting {
    /// Every Job, of all roles.
    pub jobs: Vec<JobSeen>,
    /// Pods that tell something that their Jobs do not, those of Jobs that have ended well among them as long as their logs
    /// are not stored.
    pub pods: Vec<PodSeen>,
    /// Unique ids of the Jobs whose pods are all among `pods`.
    pub whole: BTreeSet<String>,
}

/// The Job that runs `elastic-blast submit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmitSpec {
    /// The search. It is the idempotency key, the correlation id and every label.
    pub job: JobId,
    /// Which try this is, from 1: part of the Job's name, so that a second try is another Job.
    pub attempt: u32,
    /// The ElasticBLAST configuration, handed over on standard input from a Secret that the Job owns.
    pub config: String,
    /// Image that holds the CLI.
    pub image: String,
    /// Service account it runs as.
    pub service_account: String,
    /// Namespace of what the CLI makes; `default` for ElasticBLAST.
    pub namespace: String,
    /// After so long Kubernetes ends it.
    pub active_deadline: Duration,
    /// So long it is kept after its end.
    pub ttl: Duration,
    /// Further environment. `AZURE_SUBSCRIPTION_ID`, the subscription of the cluster, has to be in it.
    pub env: BTreeMap<String, String>,
}

/// A Lease as it was read, and the version that a write has to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseSeen {
    /// Who holds it; empty for nobody.
    pub holder: String,
    /// When it was renewed last.
    pub renewed_at: Option<OffsetDateTime>,
    /// How long a renewal holds.
    pub duration: Duration,
    /// Version that a write has to show; empty where the Lease does not exist yet.
    pub version: String,
}

/// What a machine of the cluster offers to searches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeSeen {
    /// Name.
    pub name: String,
    /// Machine type (label `node.kubernetes.io/instance-type`).
    pub machine_type: String,
    /// Whether it takes searches (label `workload=blast`).
    pub takes_searches: bool,
    /// Whether it is ready (condition `Ready`).
    pub ready: bool,
    /// Processors that pods may use, in thousandths.
    pub cpu_milli: u64,
    /// Memory of the machine, in bytes.
    pub memory_bytes: u64,
}

/// Where a log is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogTarget {
    /// Pod.
    pub pod: String,
    /// Its unique id, so that lines have names that stay.
    pub pod_uid: String,
    /// Container.
    pub container: String,
}

/// Which part of a log is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogWish {
    /// From this moment on, by the cluster's clock, to the second.
    pub since: Option<OffsetDateTime>,
    /// Goes on while the container runs.
    pub follow: bool,
    /// At most so many bytes.
    pub limit_bytes: Option<u64>,
    /// The log of the container's run before the present one; the cluster keeps that of one.
    pub previous: bool,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The cluster's time stamp as it was written, nanoseconds included; it orders lines and names them.
    pub stamp: String,
    /// The line without time stamp and line end. Bytes that are no UTF-8 are replaced.
    pub text: String,
}

/// One cluster.
///
/// Nothing here concludes from silence: a call that did not reach the cluster is an error, an empty list is the cluster's
/// own answer.
#[async_trait]
pub trait Cluster: Send + Sync {
    /// Creates the Secret and the Job that runs `elastic-blast submit`. Doing it again with the same job and attempt
    /// changes nothing and gives the Job that is there.
    async fn create_submit(&self, spec: &SubmitSpec) -> ClusterResult<JobSeen>;

    /// Every Job of a search, of all roles. Read to the end, whatever the number of pages.
    async fn jobs_of(&self, job: &JobId) -> ClusterResult<Vec<JobSeen>>;

    /// Pods of a search: those of our submit Jobs, which come first and whatever became of them, since they tell how the
    /// submission ended; then those of ElasticBLAST's Jobs that have not succeeded. At most `limit` in all.
    async fn pods_of(&self, job: &JobId, limit: u32) -> ClusterResult<Vec<PodSeen>>;

    /// Every pod of a search whose logs can be read, those that have succeeded among them; those of our submit Jobs first.
    /// At most `limit` in all.
    async fn all_pods_of(&self, job: &JobId, limit: u32) -> ClusterResult<Vec<PodSeen>>;

    /// Jobs and pods of a search in one look, for a watcher that looks often: three lists, whatever the number of pods.
    /// Pods of our submit Jobs come first, then those that tell why their Jobs do not go on, then those whose logs are
    /// wanted; the others are left out.
    async fn look(&self, job: &JobId, wish: &LookWish<'_>) -> ClusterResult<Sighting>;

    /// How often a container was started again; `None` where its pod is gone. For who has read a log and has to know that
    /// it was that of the run that was meant.
    async fn restarts(&self, target: &LogTarget) -> ClusterResult<Option<u32>>;

    /// Deletes the Jobs of one role of a search with their pods (propagation `Background`); with [`JobRole::Cli`] its
    /// Secrets as well. What is not there is no error.
    async fn delete_jobs(&self, job: &JobId, role: JobRole) -> ClusterResult<()>;

    /// Ids (label `elb-job-id`) of searches that count against the limit of the cluster: those of finalizer Jobs that
    /// have not ended, other installations' among them.
    async fn active_searches(&self) -> ClusterResult<Vec<String>>;

    /// Reads the Lease that every submitter to this cluster holds while it submits.
    async fn submit_lease(&self) -> ClusterResult<LeaseSeen>;

    /// Writes the Lease under the version that was read; [`ClusterErrorKind::LostRace`] when somebody else did.
    async fn write_submit_lease(&self, lease: &LeaseSeen) -> ClusterResult<LeaseSeen>;

    /// The machines.
    async fn nodes(&self) -> ClusterResult<Vec<NodeSeen>>;

    /// Lines of a container's log in their order.
    async fn log(
        &self,
        target: &LogTarget,
        wish: &LogWish,
    ) -> ClusterResult<BoxStream<'static, ClusterResult<LogLine>>>;
}

/// The clusters this installation knows.
pub trait Clusters: Send + Sync {
    /// Their names.
    fn names(&self) -> Vec<String>;

    /// One of them; [`ClusterErrorKind::Unknown`] for another name.
    fn open(&self, name: &str) -> ClusterResult<std::sync::Arc<dyn Cluster>>;
}

/// An installation without clusters.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoClusters;

impl Clusters for NoClusters {
    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn open(&self, name: &str) -> ClusterResult<std::sync::Arc<dyn Cluster>> {
        Err(ClusterError::new(ClusterErrorKind::Unknown, format!("open {name}"), "no cluster is known here"))
    }
}
