use super::world::{Event, Line};
use blastline_jobs::names::Table;
use blastline_jobs::rows::CURRENT;
use std::collections::BTreeMap;
use std::fmt;

/// How often what happened in many runs: seeds in which nothing goes wrong prove nothing.
#[derive(Debug, Clone, Default)]
pub struct Coverage(BTreeMap<String, u64>);

impl Coverage {
    pub fn add(&mut self, history: &[Line]) {
        for line in history {
            if let Some(word) = word(&line.event) {
                *self.0.entry(word).or_default() += 1;
            }
        }
    }

    pub fn merge(&mut self, other: &Self) {
        for (word, count) in &other.0 {
            *self.0.entry(word.clone()).or_default() += count;
        }
    }

    pub fn of(&self, word: &str) -> u64 {
        self.0.get(word).copied().unwrap_or(0)
    }
}

/// What an event counts as.
fn word(event: &Event) -> Option<String> {
    let word = match event {
        Event::Row { table: Table::JobState, old: None, .. } => "searches",
        Event::Row { table: Table::JobState, old: Some(old), new: Some(new), .. } if new.rk == CURRENT => {
            let (before, after) = (old.get_text("status"), new.get_text("status"));
            match after {
                Ok(status @ ("completed" | "failed" | "cancelled" | "deleted")) if before != after => status,
                _ => return None,
            }
        }
        Event::Row { table: Table::JobChunks, old: None, .. } => "parts",
        Event::Process { what } if what.starts_with("killed") => "processes killed",
        Event::Frozen { .. } => "processes stood still",
        Event::Fault { what } if what.contains("sent again") => "calls sent twice",
        Event::Fault { what } if what.contains("answer is lost") => "answers lost",
        Event::Fault { what } if what.contains("is silent") => "silences of the cluster",
        Event::Fault { what } if what.contains("the Lease") && what.contains("another") => "Leases of others",
        Event::Fault { what } if what.contains("answers again") => return None,
        Event::Fault { what } if what.contains("lease") => "leases lost",
        Event::Fault { what } if what.contains("jumps") => "jumps of the clock",
        Event::Fault { .. } => "calls failed",
        Event::Sent { queue, .. } if queue.poison().is_none() => "messages poisoned",
        Event::Sent { .. } => "messages",
        Event::Called { .. } => "function calls",
        Event::Task { word: "part-starts", .. } => "BLAST+ runs",
        Event::Task { word: "submission-runs", .. } => "submissions to a cluster",
        Event::Task { word: "batch-complete", .. } => "batches on a cluster",
        Event::Task { word: "cluster-harms", .. } => "harms on a cluster",
        Event::Task { word: "job-removed", .. } => "Jobs removed by time",
        _ => return None,
    };
    Some(word.to_owned())
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<String> = self.0.iter().map(|(word, count)| format!("{count} {word}")).collect();
        f.write_str(&counts.join(", "))
    }
}
