//! From what was seen on a cluster to what has become of a search.
//!
//! A batch is complete or failed when its Job has the condition `Complete` or `Failed`; how many pods ran or failed
//! decides nothing, since failed attempts are tried again. A Job that was seen complete may be removed at any time, so who
//! looks remembers it. A Job that is not there is missing only once nobody creates Jobs any more: before, it has not come
//! yet.

use super::cause::{BLAST_CONTAINER, Cause, kept};
use crate::error_code::{ErrorCode, Fault};
use crate::ports::{ContainerSeen, JobEnd, JobRole, JobSeen, PodSeen};
use blastline_blast::elastic::names::batch_number;
use blastline_blast::program::Program;
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

/// What is known when a search is judged. Lists that could not be read in full are no input: who could not look knows
/// nothing.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Every Job of the search.
    pub jobs: &'a [JobSeen],
    /// Its pods that have not succeeded; perhaps not all of them, they only explain.
    pub pods: &'a [PodSeen],
    /// Batches that the search has: numbers from 0 up to this one.
    pub batches: u32,
    /// Batches whose Jobs were seen complete at an earlier look.
    pub remembered: &'a BTreeSet<u32>,
    /// Whether every Job that will be there is there: ElasticBLAST's submission has ended.
    pub all_created: bool,
}

/// What keeps a pod from running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Why.
    pub cause: Cause,
    /// Since when, by the cluster's clock: the pod's creation.
    pub since: OffsetDateTime,
}

/// State of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchState {
    /// Its Job has not come yet.
    NotCreated,
    /// Nothing of it runs; with what keeps it, where something does.
    Waiting(Option<Hold>),
    /// It runs.
    Running,
    /// Its Job was seen complete, now or earlier.
    Complete,
    /// Its Job failed.
    Failed(Cause),
    /// Its Job is gone, or never came, and was not seen complete.
    Missing,
}

/// What is known of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchSeen {
    /// Its number.
    pub batch: u32,
    /// Its state.
    pub state: BatchState,
    /// Unique id of its Job, while it is there.
    pub job_uid: Option<String>,
    /// Node that its latest attempt ran on.
    pub node: Option<String>,
    /// When its Job was created, by the cluster's clock; a result that is not newer is of something else.
    pub created_at: Option<OffsetDateTime>,
    /// When its first attempt began.
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// Attempts, the one that runs included.
    pub attempts: u32,
    /// Exit code of its latest attempt, once its Job has ended and where it is known. A Job that is complete had a good one.
    pub exit_code: Option<i32>,
    /// What ended the attempt before, where there was one and it is known.
    pub last_attempt: Option<Cause>,
}

/// What has become of the search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlook {
    /// No batch has a Job yet; with what keeps the submission or the database's transport, where something does.
    Creating(Option<Hold>),
    /// Batches wait and none runs; with what keeps the first one that is kept.
    Waiting(Option<Hold>),
    /// At least one batch runs or is complete, and more are to come.
    Running,
    /// Every batch was seen complete. Results are still to be proved.
    AllComplete,
    /// A batch failed.
    BatchFailed {
        /// The first one that did.
        batch: u32,
        /// Why.
        cause: Cause,
    },
    /// The database could not be brought to a machine.
    SetupFailed(Cause),
    /// Jobs are gone or never came.
    JobsMissing {
        /// The first batch without one.
        first: u32,
        /// How many batches have none.
        count: u32,
    },
}

impl Outlook {
    /// The failure that it is, in words for a researcher; `None` where it is none.
    pub fn fault(&self, program: Program) -> Option<Fault> {
        match self {
            Self::Creating(_) | Self::Waiting(_) | Self::Running | Self::AllComplete => None,
            Self::BatchFailed { batch, cause } => {
                let fault = cause.fault(program);
                let detail = format!("Batch {}: {}", batch_number(*batch), fault.detail);
                Some(Fault { detail, ..fault })
            }
            Self::SetupFailed(cause) => {
                let why = cause.fault(program).detail;
                let detail = format!("The database could not be brought to a machine of the cluster. {why}");
                Some(Fault::new(ErrorCode::DatabaseStagingFailed, detail))
            }
            Self::JobsMissing { first, count } => {
                let detail = format!(
                    "{count} of the search's batches are not on the cluster, the first of them {}.",
                    batch_number(*first)
                );
                Some(Fault::new(ErrorCode::ElasticJobsMissing, detail))
            }
        }
    }
}

/// A search as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its batches, in order.
    pub batches: Vec<BatchSeen>,
    /// Batches that were seen complete now and are to be remembered before their Jobs go.
    pub newly_complete: Vec<u32>,
    /// What has become of it.
    pub outlook: Outlook,
}

impl Picture {
    /// How many batches were seen complete.
    pub fn complete(&self) -> usize {
        self.batches.iter().filter(|batch| batch.state == BatchState::Complete).count()
    }
}

/// Judges a search by what was seen of it.
pub fn judge(look: &Look<'_>) -> Picture {
    let jobs = newest_jobs(look.jobs);
    let pods = pods_by_job(look.pods);
    let no_pods = Vec::new();
    let batches: Vec<_> = (0..look.batches)
        .map(|batch| {
            let job = jobs.get(&batch).copied();
            let pods = job.and_then(|job| pods.get(job.name.as_str())).unwrap_or(&no_pods);
            batch_seen(batch, job, pods, look)
        })
        .collect();
    let newly =
        |seen: &&BatchSeen| seen.state == BatchState::Complete && !look.remembered.contains(&seen.batch);
    let newly_complete = batches.iter().filter(newly).map(|seen| seen.batch).collect();
    let outlook = outlook(&batches, setup_failure(look.jobs, &pods), look);
    Picture { batches, newly_complete, outlook }
}

/// The Job of each batch; of two under one number the later one.
fn newest_jobs(jobs: &[JobSeen]) -> BTreeMap<u32, &JobSeen> {
    let mut newest: BTreeMap<u32, &JobSeen> = BTreeMap::new();
    for job in jobs.iter().filter(|job| job.role == JobRole::Blast) {
        let Some(batch) = job.batch else { continue };
        let kept = newest.entry(batch).or_insert(job);
        if job.created_at > kept.created_at {
            *kept = job;
        }
    }
    newest
}

/// Pods by the Job that owns them, the latest first.
fn pods_by_job(pods: &[PodSeen]) -> BTreeMap<&str, Vec<&PodSeen>> {
    let mut by_job: BTreeMap<&str, Vec<&PodSeen>> = BTreeMap::new();
    for pod in pods {
        if let Some(job) = &pod.job {
            by_job.entry(job).or_default().push(pod);
        }
    }
    for pods in by_job.values_mut() {
        pods.sort_by(|a, b| (b.created_at, &b.name).cmp(&(a.created_at, &a.name)));
    }
    by_job
}

fn batch_seen(batch: u32, job: Option<&JobSeen>, pods: &[&PodSeen], look: &Look<'_>) -> BatchSeen {
    let latest = pods.first().copied();
    let restarts = latest.map_or(0, |pod| {
        pod.containers.iter().filter(|seen| !seen.init).map(|seen| seen.restarts).max().unwrap_or(0)
    });
    let ended = job.is_some_and(|job| job.end.is_some());
    let failed = job.map_or(0, |job| job.failed_pods);
    let before = || pods.iter().find_map(|pod| Cause::of_last_attempt(pod)).or_else(|| earlier_pod(pods));
    let state = state(batch, job, pods, look);
    BatchSeen {
        batch,
        job_uid: job.map(|job| job.uid.clone()),
        node: latest.and_then(|pod| pod.node.clone()),
        created_at: job.map(|job| job.created_at),
        started_at: job.and_then(|job| job.started_at),
        ended_at: job.and_then(|job| job.ended_at),
        attempts: match state {
            BatchState::NotCreated | BatchState::Missing => 0,
            BatchState::Failed(_) => failed.max(1) + restarts,
            _ => failed + 1 + restarts,
        },
        exit_code: match job.and_then(|job| job.end.as_ref()) {
            Some(JobEnd::Complete) => Some(0),
            Some(JobEnd::Failed { .. }) => pods.iter().find_map(|pod| exit_code(pod)),
            None => None,
        },
        last_attempt: if ended { None } else { before() },
        state,
    }
}

/// Exit code of BLAST+ in a pod, or of the first of its containers that did not end well.
fn exit_code(pod: &PodSeen) -> Option<i32> {
    let bad = |code: &i32| *code != 0;
    let of = |container: &ContainerSeen| {
        let ends = [container.end.as_ref(), container.last_end.as_ref()];
        ends.into_iter().flatten().map(|end| end.exit_code).find(bad)
    };
    let blast = pod.containers.iter().filter(|container| container.name == BLAST_CONTAINER);
    blast.chain(&pod.containers).find_map(of)
}

/// What ended a pod of an attempt before the latest.
fn earlier_pod(pods: &[&PodSeen]) -> Option<Cause> {
    pods.iter().skip(1).find_map(|pod| Cause::of(pod))
}

fn state(batch: u32, job: Option<&JobSeen>, pods: &[&PodSeen], look: &Look<'_>) -> BatchState {
    if look.remembered.contains(&batch) {
        return BatchState::Complete;
    }
    let Some(job) = job else {
        return if look.all_created { BatchState::Missing } else { BatchState::NotCreated };
    };
    match &job.end {
        Some(JobEnd::Complete) => BatchState::Complete,
        Some(JobEnd::Failed { reason, message }) => BatchState::Failed(failure(reason, message, pods)),
        None if pods.iter().any(|pod| runs(pod)) => BatchState::Running,
        None => BatchState::Waiting(pods.iter().find_map(|pod| hold(pod))),
    }
}

/// What keeps a pod from running, where something does.
pub(super) fn hold(pod: &PodSeen) -> Option<Hold> {
    Cause::of_waiting(pod).map(|cause| Hold { cause, since: pod.created_at })
}

/// Whether anything of a pod runs; between two attempts a pod is `Running` and no container is.
pub(super) fn runs(pod: &PodSeen) -> bool {
    pod.containers.iter().any(|container| container.running)
        || (pod.phase == "Running" && pod.containers.iter().any(|container| container.restarts > 0))
}

/// Why a Job failed: what its pods say, and the condition's own words where they say nothing.
fn failure(reason: &str, message: &str, pods: &[&PodSeen]) -> Cause {
    let by_pods = pods.iter().find_map(|pod| Cause::of(pod));
    match (by_pods, reason) {
        // Kubernetes' count of attempts is what BLAST+'s own end led to; a time limit is a cause of its own unless the
        // pod could not even begin.
        (
            Some(cause @ (Cause::ImageNotPulled { .. } | Cause::Unschedulable { .. } | Cause::OutOfMemory)),
            _,
        ) => cause,
        (_, "DeadlineExceeded") => Cause::Deadline,
        (Some(cause), _) => cause,
        (None, _) => Cause::Other { words: kept(&format!("{reason}: {message}")) },
    }
}

fn setup_failure(jobs: &[JobSeen], pods: &BTreeMap<&str, Vec<&PodSeen>>) -> Option<Cause> {
    jobs.iter().filter(|job| job.role == JobRole::Setup).find_map(|job| match &job.end {
        Some(JobEnd::Failed { reason, message }) => {
            Some(failure(reason, message, pods.get(job.name.as_str()).map_or(&[][..], Vec::as_slice)))
        }
        Some(JobEnd::Complete) | None => None,
    })
}

fn outlook(batches: &[BatchSeen], setup: Option<Cause>, look: &Look<'_>) -> Outlook {
    let failed = batches.iter().find_map(|seen| match &seen.state {
        BatchState::Failed(cause) => Some((seen.batch, cause.clone())),
        _ => None,
    });
    if let Some((batch, cause)) = failed {
        return Outlook::BatchFailed { batch, cause };
    }
    let is = |state: &BatchState| batches.iter().any(|seen| seen.state == *state);
    // No batch at all is no search; it is not complete either.
    if !batches.is_empty() && batches.iter().all(|seen| seen.state == BatchState::Complete) {
        return Outlook::AllComplete;
    }
    let open = is(&BatchState::NotCreated) || is(&BatchState::Missing);
    if let (Some(cause), true) = (setup, open) {
        return Outlook::SetupFailed(cause);
    }
    let mut missing = batches.iter().filter(|seen| seen.state == BatchState::Missing);
    if let Some(first) = missing.next() {
        let count = 1 + missing.count();
        return Outlook::JobsMissing { first: first.batch, count: u32::try_from(count).unwrap_or(u32::MAX) };
    }
    if is(&BatchState::Running) || is(&BatchState::Complete) {
        return Outlook::Running;
    }
    if batches.iter().all(|seen| seen.state == BatchState::NotCreated) {
        return Outlook::Creating(look.pods.iter().find_map(hold));
    }
    Outlook::Waiting(batches.iter().find_map(|seen| match &seen.state {
        BatchState::Waiting(hold) => hold.clone(),
        _ => None,
    }))
}

#[cfg(test)]
#[path = "tests/judgement.rs"]
pub(super) mod tests;
