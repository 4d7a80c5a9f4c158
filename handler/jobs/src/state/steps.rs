use super::phase::Phase;
use super::status::Status;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A step of a search, in the order that people see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// Query, database and options are looked at.
    Preparing,
    /// The database is brought into memory (elastic engine).
    WarmingUp,
    /// The options are put to BLAST+ and the first parts cut.
    Configuring,
    /// The database is brought to where the parts run.
    StagingDb,
    /// Parts are released.
    Submitting,
    /// Parts run.
    Running,
    /// Results are joined and checked.
    ExportingResults,
    /// The end.
    Completed,
}

impl StepName {
    /// Every step, in order.
    pub const ALL: [Self; 8] = [
        Self::Preparing,
        Self::WarmingUp,
        Self::Configuring,
        Self::StagingDb,
        Self::Submitting,
        Self::Running,
        Self::ExportingResults,
        Self::Completed,
    ];

    /// The word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::WarmingUp => "warming_up",
            Self::Configuring => "configuring",
            Self::StagingDb => "staging_db",
            Self::Submitting => "submitting",
            Self::Running => "running",
            Self::ExportingResults => "exporting_results",
            Self::Completed => "completed",
        }
    }
}

/// State of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Begun.
    Running,
    /// Done.
    Completed,
    /// Failed, or was running when the task failed.
    Failed,
    /// Not needed, or never reached because the task was cancelled.
    Skipped,
}

/// What is known of a step that was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// State.
    pub status: StepStatus,
    /// When it began.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub completed_at: Option<OffsetDateTime>,
    /// What was done, or why it was skipped or failed, in words; at most 8,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The end of what was logged in it, at most 8,000 characters. A column of its own holds it: several of them are more
    /// than a column takes.
    #[serde(skip)]
    pub last_output: Option<String>,
}

/// Longest step detail, in characters; the end is kept.
pub const MAX_DETAIL_CHARS: usize = 8_000;

impl Step {
    /// How long it took, in milliseconds, once it ended.
    pub fn duration_ms(&self) -> Option<u64> {
        let span = self.completed_at? - self.started_at?;
        u64::try_from(span.whole_milliseconds()).ok()
    }
}

/// The steps of a task by name. Rules: entering a later step closes the running ones before it; a failure marks every
/// running step failed; completion closes what still runs; cancelling skips what never began.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Steps that were reached.
    pub steps: BTreeMap<StepName, Step>,
    /// What steps that were not reached yet have logged: what runs on a cluster may speak before it is seen to run. Kept
    /// beside the steps, as their own output is.
    #[serde(skip)]
    pub early: BTreeMap<StepName, String>,
}

impl Progress {
    /// Enters a phase at a moment.
    pub fn enter(&mut self, phase: Phase, now: OffsetDateTime) {
        match phase.status() {
            Status::Failed => self.end_running(StepStatus::Failed, now),
            Status::Cancelled | Status::Deleted => self.end_running(StepStatus::Skipped, now),
            Status::Queued | Status::Running | Status::Completed => {}
        }
        let Some(name) = phase.step() else { return };
        // A submission that waits again begins again: later steps are as if they had not been reached.
        if phase.is_waiting() {
            self.steps.retain(|later, _| *later <= name);
        }
        for (earlier, step) in &mut self.steps {
            if *earlier < name && step.status == StepStatus::Running {
                step.status = StepStatus::Completed;
                step.completed_at = Some(now);
            }
        }
        let early = self.early.remove(&name);
        let step = self.steps.entry(name).or_insert(Step {
            status: StepStatus::Running,
            started_at: Some(now),
            completed_at: None,
            detail: None,
            last_output: early,
        });
        if phase.is_waiting() {
            step.status = StepStatus::Running;
            step.completed_at = None;
        }
        if phase == Phase::Completed {
            step.status = StepStatus::Completed;
            step.completed_at = Some(now);
        }
    }

    /// Marks a step as not needed, with the reason, unless it was reached.
    pub fn skip(&mut self, name: StepName, reason: &str, now: OffsetDateTime) {
        self.steps.entry(name).or_insert(Step {
            status: StepStatus::Skipped,
            started_at: Some(now),
            completed_at: Some(now),
            detail: Some(reason.to_owned()),
            last_output: None,
        });
    }

    /// Says in words what a step that was reached did.
    pub fn describe(&mut self, name: StepName, detail: &str) {
        if let Some(step) = self.steps.get_mut(&name) {
            let skip = detail.chars().count().saturating_sub(MAX_DETAIL_CHARS);
            step.detail = Some(detail.chars().skip(skip).collect());
        }
    }

    /// Adds lines to what a step logged last; the end is kept.
    pub fn log(&mut self, name: StepName, lines: &str) {
        let output = match self.steps.get_mut(&name) {
            Some(step) => step.last_output.get_or_insert_default(),
            None => self.early.entry(name).or_default(),
        };
        if !output.is_empty() {
            output.push('\n');
        }
        output.push_str(lines);
        let skip = output.chars().count().saturating_sub(MAX_DETAIL_CHARS);
        if skip > 0 {
            *output = output.chars().skip(skip).collect();
        }
    }

    /// What each step logged last, reached or not.
    pub fn outputs(&self) -> impl Iterator<Item = (StepName, &str)> {
        let reached =
            self.steps.iter().filter_map(|(name, step)| Some((*name, step.last_output.as_deref()?)));
        reached.chain(self.early.iter().map(|(name, text)| (*name, text.as_str())))
    }

    /// Puts back what a step had logged, as it was stored.
    pub fn restore_output(&mut self, name: StepName, output: Option<String>) {
        match (self.steps.get_mut(&name), output) {
            (Some(step), output) => step.last_output = output,
            (None, Some(output)) => {
                self.early.insert(name, output);
            }
            (None, None) => {}
        }
    }

    /// Number of the furthest step reached, 1-based; 0 before the first.
    pub fn current(&self) -> u32 {
        let furthest = self.steps.keys().next_back();
        furthest.map_or(0, |name| StepName::ALL.iter().take_while(|s| *s <= name).map(|_| 1).sum())
    }

    fn end_running(&mut self, status: StepStatus, now: OffsetDateTime) {
        for step in self.steps.values_mut().filter(|step| step.status == StepStatus::Running) {
            step.status = status;
            step.completed_at = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn entering_a_later_step_closes_the_earlier_ones() {
        let mut progress = Progress::default();
        progress.enter(Phase::Preparing, START);
        progress.skip(StepName::WarmingUp, "not needed", START);
        progress.enter(Phase::Running, START + Duration::seconds(2));
        let preparing = &progress.steps[&StepName::Preparing];
        assert_eq!((preparing.status, preparing.duration_ms()), (StepStatus::Completed, Some(2000)));
        assert_eq!(progress.steps[&StepName::WarmingUp].status, StepStatus::Skipped);
        assert_eq!(progress.steps[&StepName::Running].status, StepStatus::Running);
        assert_eq!(progress.current(), 6);
    }

    #[test]
    fn what_a_step_says_before_it_is_reached_stays() {
        let mut progress = Progress::default();
        progress.enter(Phase::Submitting, START);
        progress.log(StepName::Running, "early");
        assert!(!progress.steps.contains_key(&StepName::Running));
        progress.enter(Phase::Running, START);
        progress.log(StepName::Running, "late");
        assert_eq!(progress.outputs().collect::<Vec<_>>(), [(StepName::Running, "early\nlate")]);
        assert!(progress.early.is_empty());
        progress.log(StepName::Running, &"x".repeat(MAX_DETAIL_CHARS));
        assert_eq!(progress.outputs().next().map(|(_, text)| text.len()), Some(MAX_DETAIL_CHARS));
    }

    #[test]
    fn a_failure_leaves_no_step_running() {
        let mut progress = Progress::default();
        progress.enter(Phase::Running, START);
        progress.enter(Phase::SearchFailed, START);
        assert_eq!(progress.steps[&StepName::Running].status, StepStatus::Failed);
    }

    #[test]
    fn a_submission_that_waits_again_begins_again() {
        let mut progress = Progress::default();
        for (second, phase) in
            [Phase::Preparing, Phase::WaitingForSubmitSlot, Phase::Configuring, Phase::Submitting]
                .into_iter()
                .enumerate()
        {
            progress.enter(phase, START + Duration::seconds(second as i64));
        }
        progress.enter(Phase::WaitingForCapacity, START + Duration::seconds(9));
        let waiting = &progress.steps[&StepName::WarmingUp];
        assert_eq!((waiting.status, waiting.completed_at), (StepStatus::Running, None));
        assert_eq!(waiting.started_at, Some(START + Duration::seconds(1)));
        assert_eq!(progress.current(), 2);
    }

    #[test]
    fn entering_a_step_twice_keeps_its_start() {
        let mut progress = Progress::default();
        progress.enter(Phase::Submitting, START);
        progress.enter(Phase::Submitted, START + Duration::seconds(1));
        assert_eq!(progress.steps[&StepName::Submitting].started_at, Some(START));
    }

    #[test]
    fn the_row_form_reads_back() {
        let mut progress = Progress::default();
        progress.enter(Phase::Preparing, START);
        progress.describe(StepName::Preparing, "two sequences");
        let text = serde_json::to_string(&progress).unwrap();
        assert_eq!(serde_json::from_str::<Progress>(&text).unwrap(), progress);
        assert!(text.contains("\"preparing\":{\"status\":\"running\""));
    }
}
