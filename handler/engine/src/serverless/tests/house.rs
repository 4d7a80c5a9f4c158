use super::bench::{Bench, lock};
use crate::deps::{Deps, DispatchLimits, Random};
use crate::elastic::{ElasticSettings, watch};
use crate::error::EngineResult;
use crate::query::stage;
use crate::serverless::{
    Accepted, Delivery, Search, accept, delete_job, join_results, prepare, reconcile, run_chunk,
};
use blastline_blast::fasta::{Limits, Want};
use blastline_blast::options::SearchOptions;
use blastline_blast::program::Program;
use blastline_jobs::database_name::DatabaseRef;
use blastline_jobs::effects::Effects;
use blastline_jobs::ids::{JobId, OwnerId, TenantId};
use blastline_jobs::memory::{
    ManualClock, MemoryBlobs, MemoryCluster, MemoryClusters, MemoryQueues, MemoryTables,
};
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::{Clock, NoClusters, PutCondition, Queues, Received};
use blastline_jobs::rows::{ActiveRow, ElasticState, JobRow};
use blastline_jobs::state::Phase;
use blastline_jobs::timing::{TaskType, Timing};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts instead of drawing, so that a test is the same each time.
#[derive(Default)]
struct Counting(AtomicU64);

impl Random for Counting {
    fn bytes(&self) -> [u8; 16] {
        u128::from(self.0.fetch_add(1, Ordering::Relaxed) + 1).to_le_bytes()
    }
}

/// The control plane on one table, with the host's part played by [`House::step`].
pub struct House {
    pub deps: Deps,
    pub clock: ManualClock,
    pub queues: Arc<MemoryQueues>,
    pub tables: MemoryTables,
    pub bench: Arc<Bench>,
    /// The cluster, where there is one.
    pub cluster: Option<Arc<MemoryCluster>>,
    /// Functions that were run.
    pub steps: AtomicU64,
}

/// Lists that a look may ask a cluster for.
const LISTS_A_LOOK: u64 = 3;
/// How long the host hides a message whose function failed.
const VISIBILITY: Duration = Duration::from_secs(5);
/// How long the host hides a message that it delivers.
const LEASE: Duration = Duration::from_secs(600);

impl House {
    pub fn new() -> Self {
        Self::with_limits(DispatchLimits { in_flight: 4, per_owner: 4 })
    }

    pub fn with_limits(limits: DispatchLimits) -> Self {
        let clock = ManualClock::at(time::OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let queues = Arc::new(MemoryQueues::ready(shared.clone()));
        let bench = Arc::new(Bench::default());
        let tables = MemoryTables::ready();
        let deps = Deps {
            tables: Arc::new(tables.clone()),
            queues: queues.clone(),
            blobs: Arc::new(MemoryBlobs::ready(shared.clone())),
            clock: shared,
            random: Arc::new(Counting::default()),
            workbench: bench.clone(),
            timing: Timing::default(),
            limits,
            clusters: Arc::new(NoClusters),
            elastic: Arc::new(ElasticSettings::default()),
        };
        Self { deps, clock, queues, tables, bench, cluster: None, steps: AtomicU64::new(0) }
    }

    /// A house with a cluster of that name.
    pub fn with_cluster(
        name: &str,
        cluster: impl FnOnce(&ManualClock) -> Arc<MemoryCluster>,
    ) -> (Self, Arc<MemoryCluster>) {
        let mut house = Self::new();
        let cluster = cluster(&house.clock);
        house.cluster = Some(cluster.clone());
        house.deps.clusters = Arc::new(MemoryClusters::default().with(name, cluster.clone()));
        house.deps.elastic = Arc::new(ElasticSettings {
            blob_base: "https://tests.blob.core.windows.net".to_owned(),
            storage_account: "tests".to_owned(),
            resource_group: "rg".to_owned(),
            ..ElasticSettings::default()
        });
        (house, cluster)
    }

    /// Submits a search of so many short queries for an owner, as the HTTP function does.
    pub async fn submit(&self, owner: u8, queries: u64) -> JobId {
        self.submit_to(owner, queries, None).await
    }

    /// The same, to a cluster where one is named.
    pub async fn submit_to(&self, owner: u8, queries: u64, cluster: Option<&str>) -> JobId {
        let mut bytes = self.deps.random.bytes();
        // Names on a cluster carry the last digits alone.
        bytes[15] = bytes[0];
        let id = JobId::from_random(bytes);
        let accepted = self.request(&id, owner, queries, cluster).await;
        assert!(matches!(accepted, Accepted::New(_)), "{accepted:?}");
        id
    }

    /// A request for a search of that id, as the HTTP function takes it in. The same key gives the same id.
    pub async fn request(&self, id: &JobId, owner: u8, queries: u64, cluster: Option<&str>) -> Accepted {
        let fasta: String = (0..queries).map(|n| format!(">q{n}\n{}\n", "ACGT".repeat(300))).collect();
        let scratch = tempfile::tempdir().unwrap();
        let staged = stage(fasta.as_bytes(), Want::Any, &Limits::default(), scratch.path()).unwrap();
        let search = Search {
            id: id.clone(),
            owner: format!("00000000-0000-0000-0000-{owner:012}").parse::<OwnerId>().unwrap(),
            owner_name: String::new(),
            tenant: TenantId::development(),
            title: None,
            options: SearchOptions::defaults(Program::Blastn).unwrap(),
            database: DatabaseRef { name: "tiny".parse().unwrap(), generation: "g1".parse().unwrap() },
            database_title: "Tiny".into(),
            elastic: cluster.map(|name| ElasticState::new(name, id.as_str(), "")),
            body_hash: String::new(),
        };
        accept(&self.deps, search, &staged).await.unwrap()
    }

    /// Submits a search whose message is never sent.
    pub async fn submit_row(&self, owner: u8, queries: u64) -> JobId {
        let id = self.submit(owner, queries).await;
        let message = self.take(QueueName::BlastSubmit).await.unwrap();
        self.queues.delete(QueueName::BlastSubmit, &message).await.unwrap();
        id
    }

    /// A request that was killed between its query and its row.
    pub async fn orphan(&self, owner: u8) -> JobId {
        let id = JobId::from_random(self.deps.random.bytes());
        self.reserve(&id).await;
        let path = crate::serverless::ResultPaths::of(&id).query(&format!("{owner:032}")).unwrap();
        let body = bytes::Bytes::from_static(b">a");
        self.deps.blobs.put(&path, body, "x", PutCondition::Overwrite).await.unwrap();
        id
    }

    /// Writes the worklist entry of a request that has just come.
    pub async fn reserve(&self, id: &JobId) {
        let next_check = self.clock.now() + self.deps.timing.blast.quiet;
        let entry =
            ActiveRow { task: TaskType::Blast, id: id.clone(), next_check, seen: false, put_off: false };
        self.deps.active().insert(&entry).await.unwrap();
    }

    /// Deletes a search that has ended, as the HTTP function does.
    pub async fn delete(&self, id: &JobId) {
        delete_job(&self.deps, id).await.unwrap();
    }

    /// Runs a message's function.
    pub async fn run(&self, queue: QueueName, message: &Received) -> EngineResult<Effects> {
        let delivery = Delivery {
            message_id: message.id.clone(),
            dequeue_count: message.dequeue_count,
            invocation_id: format!("{}-{}", message.id, message.dequeue_count),
        };
        match queue {
            QueueName::BlastSubmit => {
                prepare(&self.deps, &serde_json::from_str(&message.body).unwrap(), &delivery).await
            }
            QueueName::BlastChunks => {
                run_chunk(&self.deps, &serde_json::from_str(&message.body).unwrap(), &delivery).await
            }
            QueueName::BlastWatch => {
                let lists = || self.cluster.as_ref().map_or(0, |cluster| cluster.lists());
                let before = lists();
                let looked =
                    watch(&self.deps, &serde_json::from_str(&message.body).unwrap(), &delivery).await;
                let lists = lists() - before;
                assert!(lists <= LISTS_A_LOOK, "a look took {lists} lists: {}", message.body);
                looked
            }
            _ => join_results(&self.deps, &serde_json::from_str(&message.body).unwrap()).await,
        }
    }

    /// Does what a function returned, as the host does: messages, then history rows.
    pub async fn perform(&self, effects: Effects) {
        for message in effects.messages {
            self.deps.queues.send(message.queue(), &message.to_json(), None).await.unwrap();
        }
        for event in effects.history {
            self.deps.history().append(&event).await.unwrap();
        }
    }

    /// Takes one message of a queue.
    pub async fn take(&self, queue: QueueName) -> Option<Received> {
        self.queues.receive(queue, 1, LEASE).await.unwrap().pop()
    }

    /// Takes one message from some queue and runs it; false when none is visible.
    pub async fn step(&self) -> bool {
        for queue in QueueName::WORK {
            let Some(message) = self.take(*queue).await else { continue };
            self.steps.fetch_add(1, Ordering::Relaxed);
            match self.run(*queue, &message).await {
                Ok(effects) => {
                    self.perform(effects).await;
                    self.queues.delete(*queue, &message).await.unwrap();
                }
                Err(_) => self.clock.advance(VISIBILITY),
            }
            return true;
        }
        false
    }

    /// Runs the timer's function once.
    pub async fn tick(&self) {
        let effects = reconcile(&self.deps).await.unwrap();
        self.perform(effects).await;
    }

    /// Lets time pass, with a tick of the timer each minute and everything that becomes visible run, until nothing
    /// happens for so many minutes in a row.
    pub async fn settle(&self) {
        let mut idle = 0;
        for _ in 0..10_000 {
            let mut worked = false;
            while self.step().await {
                worked = true;
            }
            idle = if worked { 0 } else { idle + 1 };
            if idle > 30 {
                return;
            }
            self.clock.advance(Duration::from_secs(60));
            self.tick().await;
        }
        panic!("the house never comes to rest");
    }

    pub async fn job(&self, id: &JobId) -> JobRow {
        self.deps.jobs().state(id).await.unwrap().unwrap()
    }

    /// Names of the events of a job, as a reader sees them.
    pub async fn events(&self, id: &JobId) -> Vec<String> {
        self.deps.history().list(id, 1000).await.unwrap().into_iter().map(|event| event.name).collect()
    }

    /// First queries of the parts that were run.
    pub fn runs(&self) -> Vec<u64> {
        lock(&self.bench.runs).clone()
    }

    /// What every test ends with: the job completed, every query counted once, nothing left in queues or worklists.
    pub async fn assert_completed(&self, id: &JobId, queries: u64) {
        let job = self.job(id).await;
        assert_eq!(job.phase, Phase::Completed, "{:?}", job.fault);
        assert_eq!((job.queries_done, job.hits), (queries, queries));
        assert_eq!(job.fault, None, "a completed job tells no fault");
        assert!(self.deps.dispatch().get(id).await.unwrap().is_none());
    }

    pub async fn assert_at_rest(&self) {
        for queue in QueueName::ALL {
            assert!(self.queues.bodies(*queue).is_empty(), "{queue} still holds messages");
        }
        assert!(self.deps.dispatch().all().await.unwrap().is_empty());
        let far = self.clock.now() + time::Duration::days(3650);
        let task = TaskType::Blast;
        assert!(
            self.deps.active().due(task, far, 100).await.unwrap().is_empty(),
            "the worklist is not empty"
        );
    }
}
