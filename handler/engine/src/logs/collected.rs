use blastline_jobs::logs::LogEvent;
use blastline_jobs::state::{MAX_DETAIL_CHARS, Progress, StepName};
use std::collections::BTreeMap;

/// What a look stored of logs: the ends of what steps said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collected {
    last: BTreeMap<StepName, String>,
    /// Lines that were stored.
    pub lines: u64,
}

impl Collected {
    /// Adds lines of a step.
    pub(super) fn add(&mut self, step: StepName, events: &[LogEvent]) {
        self.lines += events.len() as u64;
        let mut chars = 0;
        let wanted = events.iter().rev().take_while(|event| {
            let fits = chars < MAX_DETAIL_CHARS;
            chars += event.line.chars().count() + 1;
            fits
        });
        let mut lines: Vec<&str> = wanted.map(|event| event.line.as_str()).collect();
        lines.reverse();
        let text = self.last.entry(step).or_default();
        for line in lines {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
        }
        let skip = text.chars().count().saturating_sub(MAX_DETAIL_CHARS);
        *text = text.chars().skip(skip).collect();
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.last.is_empty()
    }

    /// Writes the ends into the steps of a search.
    pub fn tell(&self, progress: &mut Progress) {
        for (step, text) in &self.last {
            progress.log(*step, text);
        }
    }
}
