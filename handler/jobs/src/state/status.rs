use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Status of a task: the coarse word that lists and clients act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Accepted, not begun.
    Queued,
    /// Being worked on.
    Running,
    /// Ended, and its result was proved to be there.
    Completed,
    /// Ended with a named failure.
    Failed,
    /// Ended because its owner said so; nothing of it runs.
    Cancelled,
    /// Ended and taken out of its owner's sight.
    Deleted,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Running, Self::Completed, Self::Failed, Self::Cancelled, Self::Deleted];

    /// The word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Deleted => "deleted",
        }
    }

    /// Whether nothing happens to the task any more, but deletion.
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Completed | Self::Failed | Self::Cancelled | Self::Deleted => true,
        }
    }

    /// Whether a task may go from this status to another. Staying is always allowed while active.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Queued => next != Self::Completed && next != Self::Deleted,
            Self::Running => next != Self::Queued && next != Self::Deleted,
            Self::Completed | Self::Failed | Self::Cancelled => next == Self::Deleted,
            Self::Deleted => false,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no status or phase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is unknown")]
pub struct UnknownWord(pub String);

impl FromStr for Status {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_stays_ended() {
        for from in Status::ALL.into_iter().filter(|s| s.is_terminal()) {
            for to in Status::ALL {
                assert_eq!(
                    from.may_become(to),
                    to == Status::Deleted && from != Status::Deleted,
                    "{from} {to}"
                );
            }
        }
    }

    #[test]
    fn a_running_task_never_goes_back_to_the_queue() {
        assert!(!Status::Running.may_become(Status::Queued));
        assert!(Status::Queued.may_become(Status::Running));
    }
}
