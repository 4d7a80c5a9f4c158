use crate::elastic::paths::ElasticPaths;
use crate::serverless::tests::House;
use async_trait::async_trait;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::ids::JobId;
use blastline_jobs::memory::{ManualClock, MemoryCluster};
use blastline_jobs::names::{Container, QueueName};
use blastline_jobs::ports::{Clock, JobEnd, JobRole, JobSeen, NodeSeen, PutCondition};
use blastline_jobs::rows::{ChunkRow, ElasticState, JobRow};
use blastline_jobs::state::Phase;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// What the CLI says when it took a search.
pub const ACCEPTED: &str = r#"{"cluster_name":"yard","correlation_id":"x","decision":"accepted","details":{},"kind":"submit_result","message":"submission accepted","queue_position":null,"retry_after_seconds":null}"#;

/// Functions that may be run at a time.
const MOST_STEPS: usize = 10_000;

/// A cluster's clock, which may be off.
struct OffClock {
    clock: ManualClock,
    off: time::Duration,
}

#[async_trait]
impl Clock for OffClock {
    fn now(&self) -> OffsetDateTime {
        self.clock.now() + self.off
    }

    async fn sleep(&self, span: Duration) {
        self.clock.sleep(span).await;
    }
}

/// A house with a cluster.
pub struct Yard {
    pub house: House,
    pub cluster: Arc<MemoryCluster>,
}

impl Yard {
    pub fn new() -> Self {
        Self::of(2, time::Duration::ZERO)
    }

    /// With so many machines, and a cluster whose clock is off by so much.
    pub fn of(nodes: u8, off: time::Duration) -> Self {
        let node = |number: u8| NodeSeen {
            name: format!("aks-blastpool-{number}"),
            machine_type: "Standard_E16s_v5".to_owned(),
            takes_searches: true,
            ready: true,
            cpu_milli: 16_000,
            memory_bytes: 128 << 30,
        };
        let make = |clock: &blastline_jobs::memory::ManualClock| {
            let clock = OffClock { clock: clock.clone(), off };
            Arc::new(MemoryCluster::new(Arc::new(clock), (0..nodes).map(node).collect()))
        };
        let (house, cluster) = House::with_cluster("yard", make);
        Self { house, cluster }
    }

    pub async fn submit(&self, queries: u64) -> JobId {
        self.house.submit_to(1, queries, Some("yard")).await
    }

    /// Runs everything that is visible.
    pub async fn run(&self) {
        for _ in 0..MOST_STEPS {
            if !self.house.step().await {
                return;
            }
        }
        panic!("the same messages come again and again");
    }

    /// Lets so much time pass in steps of five seconds, with everything that becomes visible run.
    pub async fn pass(&self, span: Duration) {
        let mut left = span;
        while !left.is_zero() {
            let step = left.min(Duration::from_secs(5));
            self.house.clock.advance(step);
            self.run().await;
            left -= step;
        }
    }

    pub async fn job(&self, job: &JobId) -> JobRow {
        self.house.job(job).await
    }

    pub async fn state(&self, job: &JobId) -> ElasticState {
        self.job(job).await.elastic.unwrap()
    }

    pub async fn chunks(&self, job: &JobId) -> Vec<ChunkRow> {
        self.house.deps.chunks().list_whole(job).await.unwrap()
    }

    /// The Job that runs the CLI.
    pub fn cli(&self, job: &JobId) -> Vec<JobSeen> {
        let jobs = self.cluster.peek_jobs(job).into_iter();
        jobs.filter(|seen| seen.role == JobRole::Cli && seen.end.is_none()).collect()
    }

    /// What the CLI does: makes the Jobs of so many batches, the finalizer, and says that it took the search.
    pub async fn take(&self, job: &JobId, batches: u32) {
        self.make_batches(job, 0..batches);
        self.cluster.make_job(job, &format!("finalizer-{job}"), JobRole::Finalizer, None);
        let attempt = u32::try_from(self.state(job).await.attempt).unwrap();
        self.cluster.end_cli(job, attempt, 0, ACCEPTED);
    }

    pub fn make_batches(&self, job: &JobId, batches: std::ops::Range<u32>) {
        for batch in batches {
            self.cluster.make_job(job, &batch_name(job, batch), JobRole::Blast, Some(batch));
        }
    }

    /// What a batch does: writes its result, and ends.
    pub async fn finish(&self, job: &JobId, batch: u32) {
        self.write_result(job, batch).await;
        self.cluster.end_job(&batch_name(job, batch), JobEnd::Complete);
    }

    pub async fn write_result(&self, job: &JobId, batch: u32) {
        let paths = ElasticPaths::of(&self.job(job).await).unwrap();
        let path = BlobPath::new(Container::Results, paths.batch_result(batch)).unwrap();
        let body = bytes::Bytes::from_static(b"result");
        self.house.deps.blobs.put(&path, body, "x", PutCondition::Overwrite).await.unwrap();
    }

    /// Submits and has the cluster take the search; gives its batches.
    pub async fn taken(&self, queries: u64) -> (JobId, u32) {
        let job = self.submit(queries).await;
        self.run().await;
        let batches = u32::try_from(self.state(&job).await.batches).unwrap();
        self.take(&job, batches).await;
        self.pass(Duration::from_secs(10)).await;
        assert_eq!(self.job(&job).await.phase, Phase::Submitted);
        (job, batches)
    }

    /// What every test ends with: nothing of the search is left anywhere.
    pub async fn assert_nothing_left(&self, job: &JobId) {
        self.house.settle().await;
        assert!(self.cluster.peek_jobs(job).is_empty(), "{:?}", self.cluster.peek_jobs(job));
        assert!(self.cluster.peek_pods(job).is_empty());
        assert_eq!(self.cluster.secrets_of(job), 0);
        self.assert_at_rest().await;
    }

    pub async fn assert_at_rest(&self) {
        self.house.settle().await;
        self.house.assert_at_rest().await;
        let line = self.house.deps.slots().line("yard").await.unwrap();
        assert!(line.is_empty(), "somebody still stands in line");
        assert!(self.house.queues.bodies(QueueName::BlastWatch).is_empty());
    }
}

pub fn batch_name(job: &JobId, batch: u32) -> String {
    format!("blastn-batch-tiny-job-{batch:03}-{job}")
}
