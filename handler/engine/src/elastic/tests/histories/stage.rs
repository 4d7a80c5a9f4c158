//! The stage of a history: a search on a cluster in memory, whose results are really read in.

use super::door::Door;
use super::reads::Reads;
use super::table::{Wrote, packed};
use super::{Played, Search};
use crate::elastic::paths::ElasticPaths;
use crate::elastic::tests::Yard;
use crate::elastic::tests::yard::batch_name;
use blastline_blast::elastic::split::split;
use blastline_blast::plan::Part;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::ids::JobId;
use blastline_jobs::memory::MemoryClusters;
use blastline_jobs::names::Container;
use blastline_jobs::ports::{
    ClusterError, ClusterErrorKind, ContainerEnd, ContainerSeen, JobEnd, JobRole, JobSeen, PodSeen,
    PutCondition,
};
use blastline_jobs::state::Phase;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// Letters of a query in these searches.
const LETTERS: u64 = 1_200;

/// Spans of ten seconds within which a look is taken.
const SEEN_AFTER: u32 = 12;

/// Queries of a usual search.
pub const QUERIES: u64 = 40;

/// A search's world.
pub struct Stage {
    pub yard: Yard,
    pub door: Arc<Door>,
    /// Hits that batches wrote last.
    pub wrote: Mutex<BTreeMap<(JobId, u32), u64>>,
    _folder: TempDir,
}

impl Stage {
    pub async fn new() -> Self {
        Self::of(2, time::Duration::ZERO).await
    }

    /// With so many machines, and a cluster whose clock is off by so much.
    pub async fn of(nodes: u8, off: time::Duration) -> Self {
        let mut yard = Yard::of(nodes, off);
        let door = Arc::new(Door::before(yard.cluster.clone()));
        yard.house.deps.clusters = Arc::new(MemoryClusters::default().with("yard", door.clone()));
        let folder = tempfile::tempdir().unwrap();
        yard.house.deps.workbench = Arc::new(Reads::of(&yard.house, folder.path()).await);
        Self { yard, door, wrote: Mutex::default(), _folder: folder }
    }

    /// Submits a search and runs what is due.
    pub async fn submit(&self) -> JobId {
        let job = self.yard.submit(QUERIES).await;
        self.yard.run().await;
        job
    }

    /// A search whose submission runs on the cluster.
    pub async fn staging(&self) -> JobId {
        let job = self.submit().await;
        self.is(&job, Phase::StagingDb).await;
        job
    }

    /// A search that the cluster has taken, and its batches.
    pub async fn taken(&self) -> (JobId, u32) {
        let job = self.staging().await;
        let batches = self.take(&job).await;
        (job, batches)
    }

    /// The CLI makes all Jobs and says that it took the search; it is seen.
    pub async fn take(&self, job: &JobId) -> u32 {
        let batches = self.batches(job).await;
        self.yard.take(job, batches).await;
        // Looks become rare after a while.
        for _ in 0..SEEN_AFTER {
            self.seconds(10).await;
            if self.yard.job(job).await.phase == Phase::Submitted {
                return batches;
            }
        }
        panic!("nobody saw that the cluster took it: {:?}", self.yard.job(job).await.fault)
    }

    pub async fn batches(&self, job: &JobId) -> u32 {
        u32::try_from(self.yard.state(job).await.batches).unwrap()
    }

    pub async fn seconds(&self, seconds: u64) {
        self.yard.pass(Duration::from_secs(seconds)).await;
    }

    pub async fn minutes(&self, minutes: u64) {
        self.seconds(minutes * 60).await;
    }

    /// Lets a minute pass, so many times, with the timer's function.
    pub async fn ticks(&self, minutes: u64) {
        for _ in 0..minutes {
            self.minutes(1).await;
            self.yard.house.tick().await;
            self.yard.run().await;
        }
    }

    pub async fn is(&self, job: &JobId, phase: Phase) {
        let row = self.yard.job(job).await;
        assert_eq!(row.phase, phase, "{:?}", row.fault);
    }

    /// Calls to the cluster fail so from now on.
    pub fn outage(&self, kind: ClusterErrorKind) {
        self.yard.cluster.set_outage(Some(ClusterError::new(kind, "any call", "by the history")));
    }

    pub fn back(&self) {
        self.yard.cluster.set_outage(None);
    }

    /// Queries of a batch.
    async fn part(&self, job: &JobId, batch: u32) -> Part {
        let (row, letters) = (self.yard.job(job).await, self.yard.state(job).await.batch_letters);
        let lengths = vec![LETTERS; usize::try_from(row.queries_total).unwrap()];
        split(&lengths, letters)[batch as usize]
    }

    /// Where the result of a batch is.
    pub async fn path(&self, job: &JobId, batch: u32) -> BlobPath {
        let paths = ElasticPaths::of(&self.yard.job(job).await).unwrap();
        BlobPath::new(Container::Results, paths.batch_result(batch)).unwrap()
    }

    /// A batch writes its result.
    pub async fn write(&self, job: &JobId, batch: u32, wrote: Wrote) {
        let part = self.part(job, batch).await;
        let body = packed(part.first..part.first + part.count, wrote);
        let path = self.path(job, batch).await;
        self.yard.house.deps.blobs.put(&path, body.into(), "x", PutCondition::Overwrite).await.unwrap();
        self.wrote.lock().unwrap().insert((job.clone(), batch), wrote.hits(part.count));
    }

    /// Something that is not ours writes a marker below a search's results.
    pub async fn marker(&self, job: &JobId, name: &str) {
        let path = BlobPath::new(Container::Results, format!("{job}/{job}/metadata/{name}")).unwrap();
        let body = bytes::Bytes::from_static(b"x");
        self.yard.house.deps.blobs.put(&path, body, "x", PutCondition::Overwrite).await.unwrap();
    }

    /// A pod of a batch as it is at the beginning of an attempt.
    pub fn pod(&self, job: &JobId, batch: u32, attempt: u32) -> PodSeen {
        let name = batch_name(job, batch);
        PodSeen {
            name: format!("{name}-{attempt}"),
            uid: format!("uid-{batch}-{attempt}"),
            job: Some(name),
            role: JobRole::Blast,
            node: Some("aks-blastpool-1".to_owned()),
            phase: "Running".to_owned(),
            reason: String::new(),
            unschedulable: None,
            created_at: self.yard.house.deps.clock.now(),
            containers: vec![ContainerSeen {
                name: "blast".to_owned(),
                init: false,
                waiting: None,
                running: true,
                end: None,
                last_end: None,
                restarts: 0,
            }],
        }
    }

    pub fn put(&self, job: &JobId, pod: PodSeen) {
        self.yard.cluster.put_pod(job, pod);
    }

    /// A batch runs.
    pub fn runs(&self, job: &JobId, batch: u32, attempt: u32) {
        self.yard.cluster.start_job(&batch_name(job, batch));
        self.put(job, self.pod(job, batch, attempt));
    }

    /// A batch's pod cannot begin, for a reason that its container tells.
    pub fn waits(&self, job: &JobId, batch: u32, reason: &str) {
        let mut pod = self.pod(job, batch, 1);
        (pod.phase, pod.node) = ("Pending".to_owned(), None);
        pod.containers[0].running = false;
        pod.containers[0].waiting = Some((reason.to_owned(), "by the history".to_owned()));
        self.put(job, pod);
    }

    /// A batch's pod fails; its Job goes on.
    pub fn attempt_fails(&self, job: &JobId, batch: u32, attempt: u32, end: (i32, &str, &str)) {
        let mut pod = self.pod(job, batch, attempt);
        pod.phase = "Failed".to_owned();
        pod.containers[0].running = false;
        pod.containers[0].end = Some(ContainerEnd {
            exit_code: end.0,
            reason: end.1.to_owned(),
            message: end.2.to_owned(),
            ended_at: Some(self.yard.house.deps.clock.now()),
        });
        self.put(job, pod);
    }

    /// A batch's Job fails for good.
    pub fn job_fails(&self, job: &JobId, batch: u32) {
        let reason = "BackoffLimitExceeded".to_owned();
        let message = "Job has reached the specified backoff limit".to_owned();
        self.yard.cluster.end_job(&batch_name(job, batch), JobEnd::Failed { reason, message });
    }

    /// A batch's Job ends well, whatever it wrote.
    pub fn completes(&self, job: &JobId, batch: u32) {
        self.yard.cluster.start_job(&batch_name(job, batch));
        self.yard.cluster.end_job(&batch_name(job, batch), JobEnd::Complete);
    }

    /// A batch writes its result and ends.
    pub async fn finish(&self, job: &JobId, batch: u32) {
        self.write(job, batch, Wrote::Hits).await;
        self.completes(job, batch);
    }

    pub async fn finish_all(&self, job: &JobId, batches: std::ops::Range<u32>) {
        for batch in batches {
            self.finish(job, batch).await;
        }
    }

    /// Where the Job of a batch is taken away by its TTL.
    pub fn removed(&self, job: &JobId, batch: u32) {
        self.yard.cluster.remove_job(&batch_name(job, batch));
    }

    /// What the finalizer does at last: it ends.
    pub fn finalized(&self, job: &JobId) {
        self.yard.cluster.end_job(&format!("finalizer-{job}"), JobEnd::Complete);
    }

    pub async fn settle(&self) {
        self.yard.house.settle().await;
    }

    /// Searches that have something on the cluster, with their Jobs.
    pub fn searches(&self) -> Vec<(JobId, Vec<JobSeen>)> {
        let cluster = &self.yard.cluster;
        cluster.owners().into_iter().map(|job| (job.clone(), cluster.peek_jobs(&job))).collect()
    }

    /// The history is over; these are its searches.
    pub fn over(self, searches: &[&JobId]) -> Played {
        let searches = searches.iter().map(|job| Search { job: (*job).clone() }).collect();
        Played { stage: self, searches }
    }
}
