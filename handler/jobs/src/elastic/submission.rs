//! What follows from the end of a submission: one function, of everything that is known.
//!
//! The exit code outranks the category, because ElasticBLAST calls a missing database transient. Whatever failed half-way
//! may have created Jobs, and ElasticBLAST does not find them again itself; so where there are Jobs of the id, they are
//! taken over and watched, and nothing is submitted a second time beside them.

use crate::error_code::ErrorCode;
use crate::ports::{JobRole, JobSeen};
use crate::retry::{self, MAX_DELAY_SECONDS, RetryClass};
use blastline_blast::elastic::{Category, CliExit, CliSaid, Decision};
use std::time::Duration;

/// What a search is waiting for before it is submitted at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wait {
    /// Another search is being submitted to the cluster.
    SubmitSlot,
    /// As many searches as are allowed run on the cluster.
    Capacity,
}

/// Jobs of the search's id (label `elb-job-id`) on the cluster, as they were listed after the end. Where they could not
/// be listed nothing is known, and nothing is to be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobsOfId {
    /// The cluster has none.
    None,
    /// There is at least one, of whatever role but our own.
    Some,
}

impl JobsOfId {
    /// Whether there is one among all Jobs of a search.
    pub fn among(jobs: &[JobSeen]) -> Self {
        if jobs.iter().any(|job| job.role != JobRole::Cli) { Self::Some } else { Self::None }
    }
}

/// Everything the decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Submission {
    /// Set where the search was not even tried, but waits.
    pub wait: Option<Wait>,
    /// How ElasticBLAST ended; `None` where its container has no end of its own, because the node was lost, the pod
    /// evicted or its time was up.
    pub exit: Option<CliExit>,
    /// The kind of error it told, where it told one.
    pub category: Option<Category>,
    /// The decision it told, where it told one.
    pub decision: Option<Decision>,
    /// How long it asked to wait.
    pub retry_after: Option<Duration>,
    /// Jobs of the id.
    pub jobs: JobsOfId,
    /// Tries so far that count, this one included.
    pub tries: u64,
}

impl Submission {
    /// A search that waits and was not tried.
    pub fn waiting(wait: Wait, jobs: JobsOfId, tries: u64) -> Self {
        let wait = Some(wait);
        Self { wait, exit: None, category: None, decision: None, retry_after: None, jobs, tries }
    }

    /// A try that ended.
    pub fn ended(exit: Option<CliExit>, said: Option<&CliSaid>, jobs: JobsOfId, tries: u64) -> Self {
        Self {
            wait: None,
            exit,
            category: said.and_then(CliSaid::category),
            decision: said.and_then(CliSaid::decision),
            retry_after: said.and_then(CliSaid::retry_after),
            jobs,
            tries,
        }
    }
}

/// Why a search is tried again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetryReason {
    /// It waits for its turn to be submitted.
    SubmitSlot,
    /// It waits for room on the cluster.
    Capacity,
    /// The cluster was changing, or somebody else wrote.
    Conflict,
    /// Something went wrong that may pass.
    Transient,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// ElasticBLAST took the search; it is watched.
    Accepted,
    /// There is something of the search on the cluster already; it is watched as it is.
    Adopt,
    /// It is tried again later.
    RetryAfter {
        /// How long to wait.
        delay: Duration,
        /// Why.
        reason: RetryReason,
        /// Whether this uses up a try. Waiting for one's turn or for room does not.
        counts_as_try: bool,
    },
    /// It failed for good. What it left on the cluster is to be removed.
    Fail(ErrorCode),
}

/// How often what may pass is tried again.
const TRANSIENT_RETRIES: u64 = 2;

/// Wait where nothing else was asked for.
const WAIT: Duration = Duration::from_secs(30);

/// What follows from the end of a submission.
pub fn after_submission(seen: &Submission) -> Next {
    let verdict = if seen.wait.is_some() { None } else { Some(verdict(seen)) };
    match (verdict, seen.jobs) {
        (Some(Verdict::Final(code)), _) => Next::Fail(code),
        (Some(Verdict::Taken), _) => Next::Accepted,
        (Some(Verdict::Known), _) | (_, JobsOfId::Some) => Next::Adopt,
        (None, JobsOfId::None) => match seen.wait {
            Some(Wait::SubmitSlot) => waiting(RetryReason::SubmitSlot, seen.retry_after),
            Some(Wait::Capacity) | None => waiting(RetryReason::Capacity, seen.retry_after),
        },
        (Some(Verdict::NoRoom), JobsOfId::None) => waiting(RetryReason::Capacity, seen.retry_after),
        (Some(Verdict::Conflict), JobsOfId::None) => {
            counted(RetryReason::Conflict, RetryClass::Conflict, seen, ErrorCode::ElasticSubmitFailed)
        }
        (Some(Verdict::MayPass(code)), JobsOfId::None) => {
            if seen.tries > TRANSIENT_RETRIES {
                return Next::Fail(code);
            }
            counted(RetryReason::Transient, RetryClass::Transient, seen, code)
        }
    }
}

/// What exit code, category and decision say, before Jobs and tries are looked at.
enum Verdict {
    /// It was taken.
    Taken,
    /// The id is known already.
    Known,
    /// There is no room yet.
    NoRoom,
    /// The cluster was changing.
    Conflict,
    /// It may pass; where it does not, it failed so.
    MayPass(ErrorCode),
    /// It failed for good.
    Final(ErrorCode),
}

fn verdict(seen: &Submission) -> Verdict {
    let submit = Verdict::MayPass(ErrorCode::ElasticSubmitFailed);
    match seen.exit {
        Some(CliExit::Success) => taken(seen.decision),
        Some(CliExit::Input) if seen.category == Some(Category::Internal) => submit,
        Some(CliExit::Input) => Verdict::Final(ErrorCode::ElasticConfigRefused),
        Some(CliExit::Database) => Verdict::Final(ErrorCode::DatabaseNotStaged),
        Some(CliExit::Permissions) => Verdict::Final(ErrorCode::ClusterAccessDenied),
        Some(CliExit::Dependency) => submit,
        Some(CliExit::Cluster) => Verdict::Conflict,
        Some(CliExit::NotReady) => Verdict::NoRoom,
        Some(CliExit::BlastEngine | CliExit::OutOfMemory | CliExit::Timeout) => {
            Verdict::Final(ErrorCode::ElasticSubmitFailed)
        }
        Some(CliExit::Interrupted | CliExit::Unknown | CliExit::Other(_)) | None => {
            by_category(seen.category)
        }
    }
}

/// ElasticBLAST ended well. The decisions besides the first three are told by another of its interfaces, and mean the
/// same here.
fn taken(decision: Option<Decision>) -> Verdict {
    match decision {
        Some(Decision::Accepted | Decision::Foreign) | None => Verdict::Taken,
        Some(Decision::Resumed | Decision::AlreadyDone) => Verdict::Known,
        Some(Decision::Queued | Decision::RejectedCapacity) => Verdict::NoRoom,
        Some(Decision::RejectedInvalid) => Verdict::Final(ErrorCode::ElasticConfigRefused),
        Some(Decision::RejectedPermanent) => Verdict::Final(ErrorCode::ElasticSubmitFailed),
    }
}

/// The exit code says nothing.
fn by_category(category: Option<Category>) -> Verdict {
    match category {
        Some(Category::Capacity) => Verdict::NoRoom,
        Some(Category::Conflict) => Verdict::Conflict,
        Some(Category::Auth) => Verdict::MayPass(ErrorCode::ClusterAccessDenied),
        Some(Category::Transient | Category::Internal | Category::Foreign) | None => {
            Verdict::MayPass(ErrorCode::ElasticSubmitFailed)
        }
        Some(Category::Invalid) => Verdict::Final(ErrorCode::ElasticConfigRefused),
        Some(Category::NotFound | Category::Permanent) => Verdict::Final(ErrorCode::ElasticSubmitFailed),
    }
}

fn waiting(reason: RetryReason, asked: Option<Duration>) -> Next {
    let longest = Duration::from_secs(MAX_DELAY_SECONDS);
    let delay = asked.map_or(WAIT, |asked| asked.clamp(Duration::from_secs(1), longest));
    Next::RetryAfter { delay, reason, counts_as_try: false }
}

fn counted(reason: RetryReason, class: RetryClass, seen: &Submission, code: ErrorCode) -> Next {
    match retry::delay(class, seen.retry_after, seen.tries.max(1)) {
        Some(delay) => Next::RetryAfter { delay, reason, counts_as_try: true },
        None => Next::Fail(code),
    }
}

#[cfg(test)]
#[path = "tests/submission.rs"]
mod tests;
