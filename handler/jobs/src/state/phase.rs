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
    /// Another search is being submitted to the cluster; this one waits in line (elastic engine).
    WaitingForSubmitSlot,
    /// The cluster runs as many searches as it may, or has no room (elastic engine).
    WaitingForCapacity,
    /// The options are put to BLAST+ and the first parts cut, or the configuration for the cluster is written.
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
    pub const ALL: [Self; 19] = [
        Self::Queued,
        Self::Preparing,
        Self::WaitingForSubmitSlot,
        Self::WaitingForCapacity,
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
            Self::WaitingForSubmitSlot => "waiting_for_submit_slot",
            Self::WaitingForCapacity => "waiting_for_capacity",
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
            | Self::WaitingForSubmitSlot
            | Self::WaitingForCapacity
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
            Self::WaitingForSubmitSlot | Self::WaitingForCapacity => Some(StepName::WarmingUp),
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
            Self::WaitingForSubmitSlot | Self::WaitingForCapacity => 2,
            Self::Configuring => 3,
            Self::StagingDb => 4,
            Self::Submitting => 5,
            Self::Submitted => 6,
            Self::Running => 7,
            Self::ResultsPending => 8,
            Self::Cancelling => 9,
            Self::Completed
            | Self::Cancelled
            | Self::DatabaseUnavailable
            | Self::ConfigInvalid
            | Self::SubmitFailed
            | Self::SearchFailed
            | Self::WorkerLost => 10,
            Self::Deleted => 11,
        }
    }

    /// Whether it waits in front of a cluster.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::WaitingForSubmitSlot | Self::WaitingForCapacity)
    }

    /// Whether a submission to a cluster may end here for lack of a place or room, and begin again later.
    fn may_wait_again(self) -> bool {
        self.is_waiting() || matches!(self, Self::Configuring | Self::StagingDb | Self::Submitting)
    }

    /// Whether a task may go from this phase to another: only forward, never out of an end but into deletion, and
    /// from `cancelling` only to `cancelled` or a failure. The one way back is from a submission to a cluster to waiting
    /// in front of it.
    pub fn may_become(self, next: Self) -> bool {
        if next.is_waiting() && self.may_wait_again() {
            return self != next;
        }
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
    fn no_phase_goes_back_but_to_waiting_in_front_of_a_cluster() {
        for a in Phase::ALL {
            for b in Phase::ALL.into_iter().filter(|b| !a.is_waiting() && !b.is_waiting()) {
                assert!(!(a.may_become(b) && b.may_become(a)), "{a} {b}");
            }
        }
        for phase in Phase::ALL.into_iter().filter(|phase| phase.may_become(Phase::WaitingForCapacity)) {
            let before_submitted = phase.rank() < Phase::Submitted.rank();
            assert!(before_submitted && phase != Phase::WaitingForCapacity, "{phase}");
        }
    }
}
