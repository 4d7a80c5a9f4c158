//! What becomes of a submission that ended, from what the CLI said and what is on the cluster.

use crate::planted::{Planted, is_planted};
use blastline_blast::elastic::{CliExit, CliSaid};
use blastline_jobs::elastic::submission::{JobsOfId, Next, RetryReason, Submission, after_submission};
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ports::{JobRole, JobSeen};
use blastline_jobs::rows::ElasticState;
use std::time::Duration;

/// What becomes of it.
pub(super) enum Verdict {
    /// The cluster has the search.
    Taken,
    /// It is submitted again after so long.
    Again { delay: Duration, counts: bool, words: &'static str },
    /// It has failed for good.
    Failed(Fault),
}

/// Decides by how the CLI ended and what it said, as far as that is known, and by the Jobs of the search.
pub(super) fn of(
    exit: Option<CliExit>,
    said: Option<&CliSaid>,
    jobs: &[JobSeen],
    state: &ElasticState,
) -> Verdict {
    let theirs = jobs.iter().any(|job| job.role != JobRole::Cli) && !is_planted(Planted::RetryBesideJobs);
    let seen = Submission {
        wait: None,
        exit,
        category: said.and_then(CliSaid::category),
        decision: said.and_then(CliSaid::decision),
        retry_after: said.and_then(CliSaid::retry_after),
        jobs: if theirs { JobsOfId::Some } else { JobsOfId::None },
        tries: state.tries + 1,
    };
    match after_submission(&seen) {
        Next::Accepted | Next::Adopt => Verdict::Taken,
        Next::RetryAfter { delay, reason, counts_as_try } => {
            Verdict::Again { delay, counts: counts_as_try, words: words(reason) }
        }
        Next::Fail(code) => Verdict::Failed(fault(code, said)),
    }
}

fn words(reason: RetryReason) -> &'static str {
    match reason {
        RetryReason::SubmitSlot => "Another search is being submitted to the cluster.",
        RetryReason::Capacity => "The cluster has no room for the search at the moment.",
        RetryReason::Conflict => "The cluster was being changed; the search is submitted again.",
        RetryReason::Transient => "The submission broke off; it is made again.",
    }
}

/// A failure with what the CLI said of it, in the log; people get the code's own words.
fn fault(code: ErrorCode, said: Option<&CliSaid>) -> Fault {
    let told = said.map(CliSaid::message).unwrap_or_default();
    tracing::warn!(%code, told, "the cluster did not take a search");
    let detail = match code {
        ErrorCode::DatabaseNotStaged => "The database is not where the cluster reads it.",
        ErrorCode::ElasticConfigRefused => "ElasticBLAST on the cluster refused the options of this search.",
        ErrorCode::ClusterAccessDenied => {
            "The cluster may not write the results, or refused what is needed for a search."
        }
        _ => "The search could not be handed to the cluster.",
    };
    Fault::new(code, detail)
}
