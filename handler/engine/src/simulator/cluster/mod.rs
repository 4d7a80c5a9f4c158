//! A Kubernetes cluster: objects in memory behind gates, and what its controllers, ElasticBLAST and other installations do
//! there, played.

mod batches;
mod gated;
mod pods;
mod submission;
mod weather;

pub use batches::END;
pub use gated::SimClusters;

use super::world::{Caller, Event, Role, World};
use blastline_jobs::ids::JobId;
use blastline_jobs::memory::MemoryCluster;
use blastline_jobs::ports::{Clock, Cluster, JobEnd, JobRole, JobSeen, NodeSeen, SubmitSpec};
use futures::FutureExt;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// The cluster's name.
pub const NAME: &str = "yard";

/// How long a Job of ElasticBLAST is kept after its end.
const TTL: Duration = Duration::from_secs(1_800);

/// The cluster's clock, which is off by up to five minutes.
struct OwnClock {
    world: Arc<World>,
    off: time::Duration,
}

#[async_trait::async_trait]
impl Clock for OwnClock {
    fn now(&self) -> OffsetDateTime {
        self.world.now() + self.off
    }

    async fn sleep(&self, _: Duration) {}
}

/// The cluster of a run.
pub struct SimCluster {
    /// Its objects.
    pub memory: Arc<MemoryCluster>,
    /// The process of its controllers; never killed.
    me: Caller,
}

impl SimCluster {
    /// A cluster of two machines with nothing on it, in a world.
    pub fn open(world: &Arc<World>) -> Arc<Self> {
        let process = world.add_process("cluster", Role::Client, 2, None);
        world.start_soon(process);
        let off = world.draw(|chance| if chance.ppm(300_000) { chance.between(0, 600_000) } else { 300_000 });
        let clock =
            OwnClock { world: world.clone(), off: time::Duration::milliseconds(off.cast_signed() - 300_000) };
        let node = |number: u8| NodeSeen {
            name: format!("node-{number}"),
            machine_type: "Standard_E16s_v5".to_owned(),
            takes_searches: true,
            ready: true,
            cpu_milli: 16_000,
            memory_bytes: 128 << 30,
        };
        let memory = Arc::new(MemoryCluster::new(Arc::new(clock), vec![node(0), node(1)]));
        // Pods live on for their grace time.
        memory.keep_pods(true);
        let cluster = Arc::new(Self { memory, me: Caller::new(world, process) });
        cluster.spawn(weather::silences(cluster.clone()));
        cluster.spawn(weather::others(cluster.clone()));
        cluster
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.me.world.spawn(self.me.process, Box::pin(future));
    }

    fn tell(&self, word: &'static str, job: &JobId, detail: impl Into<String>) {
        self.me.tell(Event::Task { word, task: job.to_string(), detail: detail.into() });
    }

    /// Says by which code a search may fail of what was just done to it.
    fn harms(&self, job: &JobId, code: blastline_jobs::error_code::ErrorCode) {
        self.tell("cluster-harms", job, code.as_str());
    }

    async fn wait(&self, low_ms: u64, high_ms: u64) {
        let span = self.me.world.draw(|chance| chance.millis(low_ms, high_ms));
        self.me.wait(span).await;
    }

    /// Whether a Job is there, and not another one of its name.
    fn is_there(&self, of: &JobId, job: &JobSeen) -> bool {
        self.memory.peek_jobs(of).iter().any(|seen| seen.uid == job.uid)
    }

    /// What the CLI and controllers do: makes a Job, where none of its name is there.
    fn make(&self, of: &JobId, name: &str, role: JobRole, batch: Option<u32>) -> Option<JobSeen> {
        if self.memory.peek_jobs(of).iter().any(|seen| seen.name == name) {
            return None;
        }
        let job = self.memory.make_job(of, name, role, batch);
        self.tell("job-made", of, name);
        Some(job)
    }

    /// Ends a Job that is there, and has it removed later.
    fn end(self: &Arc<Self>, of: &JobId, job: &JobSeen, end: JobEnd, ttl: Duration) {
        if !self.is_there(of, job) {
            return;
        }
        self.tell("job-ends", of, format!("{} {end:?}", job.name));
        self.memory.end_job(&job.name, end);
        let (cluster, of, job) = (self.clone(), of.clone(), job.clone());
        self.spawn(async move {
            cluster.me.wait(ttl).await;
            if cluster.is_there(&of, &job) {
                cluster.memory.remove_job(&job.name);
                cluster.tell("job-removed", &of, &job.name);
            }
        });
    }

    /// What happens once a Job with `elastic-blast submit` was created.
    fn submitted(self: &Arc<Self>, spec: &SubmitSpec, job: JobSeen) {
        self.tell("submission", &spec.job, &job.name);
        self.spawn(submission::run(self.clone(), spec.clone(), job));
    }

    /// What happens once Jobs of a role were deleted: pods that run go after their grace time, others at once.
    fn deleted(self: &Arc<Self>, of: &JobId, role: JobRole) {
        for pod in self.memory.peek_pods(of).into_iter().filter(|pod| pod.role == role) {
            if matches!(pod.phase.as_str(), "Succeeded" | "Failed") {
                self.memory.remove_pod(&pod.name);
                continue;
            }
            let cluster = self.clone();
            self.spawn(async move {
                cluster.wait(0, 30_000).await;
                cluster.memory.remove_pod(&pod.name);
            });
        }
    }

    /// Who holds the Lease, while it has not run out.
    pub fn lease_held(&self) -> Option<String> {
        let seen = self.memory.submit_lease().now_or_never()?.ok()?;
        let runs_out = seen.renewed_at? + seen.duration + Duration::from_secs(60);
        (runs_out > self.me.world.now()).then_some(seen.holder)
    }

    /// What is left of a search.
    pub fn left_of(&self, job: &JobId) -> Vec<String> {
        let jobs = self.memory.peek_jobs(job).into_iter().map(|job| format!("Job {}", job.name));
        let pods = self.memory.peek_pods(job).into_iter().map(|pod| format!("pod {}", pod.name));
        let secrets = (0..self.memory.secrets_of(job)).map(|_| "a Secret".to_owned());
        jobs.chain(pods).chain(secrets).collect()
    }
}
