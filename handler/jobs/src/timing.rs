//! How often a task gives a sign of life, when it counts as silent and when its time is up: one table.

use std::time::Duration;

/// A kind of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskType {
    /// A search.
    Blast,
}

impl TaskType {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Blast];

    /// The word in rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blast => "blast",
        }
    }
}

/// The times of one kind of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskTimes {
    /// How often what works on it writes a sign of life.
    pub heartbeat: Duration,
    /// After how long without one it counts as silent and is sent again.
    pub quiet: Duration,
    /// After how long since its beginning it is given up.
    pub deadline: Duration,
}

/// All times of the control plane, already divided by the time scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Searches.
    pub blast: TaskTimes,
    /// How often a running part looks whether it was cancelled.
    pub cancel_poll: Duration,
    /// How long one part should take.
    pub part_target: Duration,
    /// How long what was presumed dead may still write: so long after a search's end, or after its row was first
    /// missed, what nobody names is not yet taken away for the last time.
    pub late: Duration,
    /// By how much delays of retries are divided.
    scale: f64,
}

/// Setting that overrides [`TaskTimes::heartbeat`] of searches, in seconds.
pub const BLAST_HEARTBEAT_SECONDS: &str = "BLAST_HEARTBEAT_SECONDS";
/// Setting that overrides [`TaskTimes::quiet`] of searches, in seconds.
pub const BLAST_STALE_SECONDS: &str = "BLAST_STALE_SECONDS";
/// Setting that overrides [`TaskTimes::deadline`] of searches, in seconds.
pub const BLAST_DEADLINE_SECONDS: &str = "BLAST_DEADLINE_SECONDS";

/// Longest time that a write of ours is believed to be under way: many times what storage is waited for.
const LATE: Duration = Duration::from_secs(600);

/// The table before overrides and scale.
const BLAST: TaskTimes = TaskTimes {
    heartbeat: Duration::from_secs(10),
    quiet: Duration::from_secs(45),
    deadline: Duration::from_secs(7 * 24 * 3600),
};

impl Timing {
    /// The table with overrides (setting name and seconds), divided by `scale` (1 or more).
    pub fn new(overrides: &[(&str, u64)], part_target: Duration, scale: f64) -> Self {
        let scale = if scale.is_finite() { scale.max(1.0) } else { 1.0 };
        let over = |name: &str, default: Duration| {
            let found = overrides.iter().find(|(key, _)| *key == name);
            found.map_or(default, |(_, seconds)| Duration::from_secs(*seconds)).div_f64(scale)
        };
        let blast = TaskTimes {
            heartbeat: over(BLAST_HEARTBEAT_SECONDS, BLAST.heartbeat),
            quiet: over(BLAST_STALE_SECONDS, BLAST.quiet),
            deadline: over(BLAST_DEADLINE_SECONDS, BLAST.deadline),
        };
        let cancel_poll = Duration::from_secs(2).div_f64(scale);
        Self { blast, cancel_poll, part_target: part_target.div_f64(scale), late: LATE.div_f64(scale), scale }
    }

    /// The times of a kind of task.
    pub fn of(&self, task: TaskType) -> TaskTimes {
        match task {
            TaskType::Blast => self.blast,
        }
    }

    /// A delay by the time scale.
    pub fn scaled(&self, delay: Duration) -> Duration {
        delay.div_f64(self.scale)
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self::new(&[], Duration::from_secs(60), 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_overrides_the_table_and_the_scale_divides_everything() {
        let timing = Timing::new(&[(BLAST_STALE_SECONDS, 90)], Duration::from_secs(60), 10.0);
        assert_eq!(timing.blast.quiet, Duration::from_secs(9));
        assert_eq!(timing.blast.heartbeat, Duration::from_secs(1));
        assert_eq!(timing.scaled(Duration::from_secs(15)), Duration::from_millis(1500));
        assert_eq!(timing.part_target, Duration::from_secs(6));
    }

    #[test]
    fn silence_is_several_missed_signs_of_life() {
        for task in TaskType::ALL {
            let times = Timing::default().of(*task);
            assert!(times.quiet >= times.heartbeat * 3 && times.deadline > times.quiet);
        }
    }
}
