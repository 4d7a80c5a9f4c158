//! A search's world on one engine or the other, as the suite sees it.

use crate::elastic::tests::histories::{Stage, Wrote};
use crate::elastic::tests::yard::{ACCEPTED, batch_name};
use crate::serverless::request_cancel;
use crate::serverless::tests::{House, Part, lock};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::{JobEnd, JobRole, Queues};
use blastline_jobs::rows::JobRow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::time::Duration;

/// Queries of a search: enough for several parts on either engine.
pub const QUERIES: u64 = 500;

/// Rounds within which every search has ended: ten seconds each.
const MOST_ROUNDS: usize = 2_000;

/// How long the host hides a message whose function was killed.
const LEASE: Duration = Duration::from_secs(601);

/// Where it runs.
enum On {
    Functions(Box<House>),
    Cluster(Box<Stage>),
}

/// The world.
pub struct World {
    on: On,
    /// The function that is killed when its writes are done, by its number.
    kill_at: Cell<Option<u64>>,
    /// Functions that were run.
    steps: Cell<u64>,
    /// Whether each message comes twice.
    doubles: Cell<bool>,
    doubled: RefCell<BTreeSet<String>>,
    /// Whether a part fails for good.
    breaks: Cell<bool>,
}

impl World {
    fn new(on: On) -> Self {
        Self {
            on,
            kill_at: Cell::new(None),
            steps: Cell::new(0),
            doubles: Cell::new(false),
            doubled: RefCell::default(),
            breaks: Cell::new(false),
        }
    }

    /// The serverless engine.
    pub async fn functions() -> Self {
        Self::new(On::Functions(Box::new(House::new())))
    }

    /// The elastic engine, with a cluster in memory.
    pub async fn cluster() -> Self {
        Self::new(On::Cluster(Box::new(Stage::new().await)))
    }

    pub fn house(&self) -> &House {
        match &self.on {
            On::Functions(house) => house,
            On::Cluster(stage) => &stage.yard.house,
        }
    }

    fn cluster_name(&self) -> Option<&'static str> {
        match self.on {
            On::Functions(_) => None,
            On::Cluster(_) => Some("yard"),
        }
    }

    /// A request for a search of that id.
    pub async fn request(&self, id: &JobId) -> crate::serverless::Accepted {
        self.house().request(id, 1, QUERIES, self.cluster_name()).await
    }

    pub async fn submit(&self) -> JobId {
        self.house().submit_to(1, QUERIES, self.cluster_name()).await
    }

    pub async fn job(&self, job: &JobId) -> JobRow {
        self.house().job(job).await
    }

    /// Has the function of that number be killed when its writes are done and before the host has its outputs.
    pub fn kill_at(&self, step: u64) {
        self.kill_at.set(Some(step));
    }

    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// From now on each message comes twice.
    pub fn double_messages(&self) {
        self.doubles.set(true);
    }

    /// One part fails for good.
    pub fn break_a_part(&self) {
        self.breaks.set(true);
        if let On::Functions(house) = &self.on {
            lock(&house.bench.script).push_back(Part::Fails(ErrorCode::BlastSearchFailed));
        }
    }

    pub async fn cancel(&self, job: &JobId) {
        request_cancel(&self.house().deps, job).await.unwrap();
    }

    /// Runs one function, where a message is there for one.
    pub async fn step(&self) -> bool {
        let house = self.house();
        for queue in QueueName::WORK {
            let Some(message) = house.take(*queue).await else { continue };
            if self.doubles.get() && self.doubled.borrow_mut().insert(message.body.clone()) {
                house.deps.queues.send(*queue, &message.body, None).await.unwrap();
            }
            let number = self.steps.replace(self.steps.get() + 1);
            let outcome = house.run(*queue, &message).await;
            if self.kill_at.get() == Some(number) {
                house.clock.advance(LEASE);
            } else if let Ok(effects) = outcome {
                house.perform(effects).await;
                house.queues.delete(*queue, &message).await.unwrap();
            } else {
                house.clock.advance(Duration::from_secs(5));
            }
            return true;
        }
        false
    }

    /// Ten seconds: all that is due is run, and on a cluster something goes on.
    pub async fn round(&self, number: usize) {
        while self.step().await {}
        if let On::Cluster(stage) = &self.on {
            self.cluster_goes_on(stage).await;
        }
        self.house().clock.advance(Duration::from_secs(10));
        if number.is_multiple_of(6) {
            self.house().tick().await;
        }
    }

    /// Until a search has ended and all is at rest.
    pub async fn to_its_end(&self, job: &JobId) -> JobRow {
        for number in 0..MOST_ROUNDS {
            self.round(number).await;
            if self.job(job).await.status().is_terminal() {
                self.house().settle().await;
                return self.job(job).await;
            }
        }
        panic!("it never ends: {:?}", self.job(job).await);
    }

    /// What controllers, CLI and batches do next: one thing.
    async fn cluster_goes_on(&self, stage: &Stage) {
        let cluster = &stage.yard.cluster;
        for (job, seen) in stage.searches() {
            let is = |role: JobRole| seen.iter().filter(move |seen| seen.role == role && seen.end.is_none());
            if let Some(cli) = is(JobRole::Cli).next() {
                let attempt = cli.name.rsplit('-').next().unwrap().parse().unwrap();
                stage.yard.make_batches(&job, 0..stage.batches(&job).await);
                cluster.make_job(&job, &format!("finalizer-{job}"), JobRole::Finalizer, None);
                cluster.end_cli(&job, attempt, 0, ACCEPTED);
            } else if let Some(batch) = is(JobRole::Blast).find_map(|seen| seen.batch) {
                if self.breaks.replace(false) {
                    stage.attempt_fails(
                        &job,
                        batch,
                        1,
                        (3, "Error", "BLAST engine error: out of everything"),
                    );
                    stage.job_fails(&job, batch);
                } else {
                    stage.write(&job, batch, Wrote::Hits).await;
                    stage.completes(&job, batch);
                }
            } else if is(JobRole::Finalizer).next().is_some() {
                cluster.end_job(&format!("finalizer-{job}"), JobEnd::Complete);
            }
        }
    }

    /// What every test ends with: nothing of the search runs, and nothing that somebody would have to do is left.
    pub async fn assert_nothing_runs(&self, job: &JobId) {
        self.house().assert_at_rest().await;
        let chunks = self.house().deps.chunks().list_light(job).await.unwrap();
        assert!(chunks.iter().all(|chunk| !chunk.state.is_in_flight()), "{chunks:?}");
        let On::Cluster(stage) = &self.on else { return };
        let running: Vec<_> =
            stage.yard.cluster.peek_jobs(job).into_iter().filter(|seen| seen.end.is_none()).collect();
        assert!(running.is_empty(), "{running:?}");
        assert_eq!(stage.yard.cluster.lease_holder(), "");
        assert!(stage.yard.house.deps.slots().line("yard").await.unwrap().is_empty());
    }

    /// What the cluster has of a search that did not complete.
    pub fn left_on_cluster(&self, job: &JobId) -> usize {
        match &self.on {
            On::Functions(_) => 0,
            On::Cluster(stage) => {
                stage.yard.cluster.peek_jobs(job).len() + stage.yard.cluster.peek_pods(job).len()
            }
        }
    }

    /// Batches or parts that were searched more than once.
    pub fn searched_twice(&self, job: &JobId) -> bool {
        match &self.on {
            On::Functions(house) => {
                let runs = house.runs();
                runs.iter().collect::<BTreeSet<_>>().len() != runs.len()
            }
            // A batch is one Job, whose name is its number; a second submission would be a second Job of the CLI.
            On::Cluster(stage) => {
                let cli = |seen: &blastline_jobs::ports::JobSeen| seen.role == JobRole::Cli;
                let jobs = stage.yard.cluster.peek_jobs(job);
                jobs.iter().filter(|seen| cli(seen)).count() > 1
                    || jobs.iter().filter(|seen| seen.name == batch_name(job, 0)).count() > 1
            }
        }
    }
}
