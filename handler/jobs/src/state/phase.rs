use super::status::{Status, UnknownWord};
use super::steps::StepName;
use std::{fmt, str::FromStr};

/// Where a search is. A phase belongs to one status and, but for waits and ends, to one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Accepted, not begun.
    Queued,
    /// Query, database and options are looked at.
    Preparing,
    /// The options are put to BLAST+ and the first parts cut.
    Configuring,
    /// The database is brought to where the parts run.
    StagingDb,
    /// The first parts are being released.
    Submitting,
    /// Parts were released; none has begun.
    Submitted,
    /// Parts run.
    Running,
    /// All parts are done; their results are joined and checked.
    ResultsPending,
    /// The result was proved to be there.
    Completed,
    /// The owner cancelled; parts are still stopping.
    Cancelling,
    /// Nothing of it runs any more.
    Cancelled,
    /// The database is not there or was taken away.
    DatabaseUnavailable,
    /// The configuration was refused, for example by BLAST+ itself.
    ConfigInvalid,
    /// The search could not be prepared or released.
    SubmitFailed,
    /// A part failed for good, or the joined result did not prove complete.
    SearchFailed,
    /// A task was lost and could not be brought back, or its time was up.
    WorkerLost,
    /// Taken out of its owner's sight.
    Deleted,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 17] = [
        Self::Queued,
        Self::Preparing,
        Self::Configuring,
        Self::StagingDb,
        Self::Submitting,
        Self::Submitted,
        Self::Running,
        Self::ResultsPending,
        Self::Completed,
        Self::Cancelling,
        Self::Cancelled,
        Self::DatabaseUnavailable,
        Self::ConfigInvalid,
        Self::SubmitFailed,
        Self::SearchFailed,
        Self::WorkerLost,
        Self::Deleted,
    ];

    /// The word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Preparing => "preparing",
            Self::Configuring => "configuring",
            Self::StagingDb => "staging_db",
            Self::Submitting => "submitting",
            Self::Submitted => "submitted",
            Self::Running => "running",
            Self::ResultsPending => "results_pending",
            Self::Completed => "completed",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
            Self::DatabaseUnavailable => "database_unavailable",
            Self::ConfigInvalid => "config_invalid",
            Self::SubmitFailed => "submit_failed",
            Self::SearchFailed => "search_failed",
            Self::WorkerLost => "worker_lost",
            Self::Deleted => "deleted",
        }
    }

    /// The status this phase belongs to.
    pub fn status(self) -> Status {
        match self {
            Self::Queued => Status::Queued,
            Self::Preparing
            | Self::Configuring
            | Self::StagingDb
            | Self::Submitting
            | Self::Submitted
            | Self::Running
            | Self::ResultsPending
            | Self::Cancelling => Status::Running,
            Self::Completed => Status::Completed,
            Self::Cancelled => Status::Cancelled,
            Self::DatabaseUnavailable
            | Self::ConfigInvalid
            | Self::SubmitFailed
            | Self::SearchFailed
            | Self::WorkerLost => Status::Failed,
            Self::Deleted => Status::Deleted,
        }
    }

    /// The step that runs in this phase, where one does.
    pub fn step(self) -> Option<StepName> {
        match self {
            Self::Preparing => Some(StepName::Preparing),
            Self::Configuring => Some(StepName::Configuring),
            Self::StagingDb => Some(StepName::StagingDb),
            Self::Submitting | Self::Submitted => Some(StepName::Submitting),
            Self::Running => Some(StepName::Running),
            Self::ResultsPending => Some(StepName::ExportingResults),
            Self::Completed => Some(StepName::Completed),
            Self::Queued
            | Self::Cancelling
            | Self::Cancelled
            | Self::DatabaseUnavailable
            | Self::ConfigInvalid
            | Self::SubmitFailed
            | Self::SearchFailed
            | Self::WorkerLost
            | Self::Deleted => None,
        }
    }

    /// Position on the way forward; a task never goes to a smaller one.
    fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Preparing => 1,
            Self::Configuring => 2,
            Self::StagingDb => 3,
            Self::Submitting => 4,
            Self::Submitted => 5,
            Self::Running => 6,
            Self::ResultsPending => 7,
            Self::Cancelling => 8,
            Self::Completed
            | Self::Cancelled
            | Self::DatabaseUnavailable
            | Self::ConfigInvalid
            | Self::SubmitFailed
            | Self::SearchFailed
            | Self::WorkerLost => 9,
            Self::Deleted => 10,
        }
    }

    /// Whether a task may go from this phase to another: only forward, never out of an end but into deletion, and
    /// from `cancelling` only to `cancelled` or a failure.
    pub fn may_become(self, next: Self) -> bool {
        if self == Self::Cancelling && next == Self::Completed {
            return false;
        }
        let reaches_completed_through_results = next != Self::Completed || self == Self::ResultsPending;
        next.rank() > self.rank()
            && self.status().may_become(next.status())
            && reaches_completed_through_results
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Phase {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|p| p.as_str() == text).ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_distinct_and_read_back() {
        for phase in Phase::ALL {
            assert_eq!(phase.as_str().parse::<Phase>().unwrap(), phase);
        }
    }

    #[test]
    fn a_search_is_completed_only_through_its_results() {
        for phase in Phase::ALL {
            assert_eq!(phase.may_become(Phase::Completed), phase == Phase::ResultsPending, "{phase}");
        }
    }

    #[test]
    fn nothing_runs_after_cancelling_but_the_end() {
        for next in Phase::ALL {
            let allowed = Phase::Cancelling.may_become(next);
            assert_eq!(allowed, next.status() == Status::Failed || next == Phase::Cancelled, "{next}");
        }
    }

    #[test]
    fn no_phase_goes_back() {
        for a in Phase::ALL {
            for b in Phase::ALL {
                assert!(!(a.may_become(b) && b.may_become(a)), "{a} {b}");
            }
        }
    }
}
