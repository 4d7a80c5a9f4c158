//! What must hold. Each invariant has a name, a sentence, and one place that checks it: while things happen, from the
//! events; or at the end, when storage is at rest.

mod cluster;
mod doctor;
mod jobs;
mod messages;
mod model;
mod parts;
mod places;
mod rest;
mod running;

pub use doctor::examined;
use model::Model;
pub use rest::{at_rest, not_at_rest};

use super::search::Scenario;
use super::world::{Checker, Event, Line, Stores, Violation};
use blastline_jobs::names::Table;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Every invariant with what it says.
pub const INVARIANTS: &[(&str, &str)] = &[
    ("phases-follow", "a job begins queued and only enters phases that the table of transitions allows"),
    ("fault-cleared", "a failed job has an error code; a job that runs or completed has none from before"),
    ("failure-true", "a job fails only by what really happened to it"),
    ("progress-forward", "counts of what is done never go back, and what a job was asked for never changes"),
    ("completed-proved", "a job is completed only while its result lies there and holds every query once"),
    (
        "parts-cover-once",
        "parts never overlap or change their range, and cover the query before results are joined",
    ),
    ("parts-end-once", "a part that is done, failed or cancelled stays so"),
    ("hits-once", "a part counts only what its own claim found, and that is what BLAST+ finds"),
    ("holders-left-alone", "a part that gives signs of life is not given to somebody else"),
    ("nothing-after-cancelled", "no part of a cancelled job runs or begins, and nothing of it is joined"),
    ("signs-of-life", "a part that runs undisturbed gives its signs of life in time"),
    ("message-after-row", "a message is sent only after the row that it speaks of"),
    ("bound-outputs", "a function returns only what its `function.json` has a binding for"),
    ("row-has-message", "a function that went well leaves no part or job waiting without a message"),
    ("watched", "a job that has not ended is in the reconciler's worklist"),
    ("places-bounded", "parts in flight stay within their bound, but for two dispatchers at once"),
    (
        "look-has-message",
        "a look at a cluster that went well leaves the message of the next one, also where its own came again",
    ),
    ("one-submission", "a search is never submitted beside what an earlier submission of it left"),
    (
        "batches-proved",
        "a batch is given to be read in, and a search completed, only once its Job was complete and its result there",
    ),
    (
        "cluster-left",
        "nothing of a cancelled search is on its cluster, and nothing of any that ended at rest",
    ),
    ("line-left", "a search that has ended stands in no line, and its Lease is given up or has run out"),
    ("ends-in-time", "every job has ended one hour after the last fault"),
    (
        "at-rest",
        "when all jobs have ended, queues, worklist and dispatcher are empty and no part is in flight",
    ),
    ("listed", "every job is on its owner's list once"),
    ("kept", "a search that was accepted has its row and its sequences"),
    ("history-tells", "history tells every step and the end, and equal keys tell the same"),
    (
        "nothing-contradicts",
        "the doctor finds nothing, neither while the system works nor when it is at rest",
    ),
];

/// What is known of a run when it is at rest.
#[derive(Debug, Default)]
pub struct Known {
    /// Jobs that have a row.
    pub jobs: BTreeSet<String>,
    /// Jobs that a client was told of.
    pub accepted: BTreeSet<String>,
}

/// All checks that look at events.
pub struct Checks {
    model: Model,
    known: Arc<Mutex<Known>>,
}

impl Checks {
    pub fn new(scenario: &Scenario) -> (Self, Arc<Mutex<Known>>) {
        let known: Arc<Mutex<Known>> = Arc::default();
        (Self { model: Model::new(scenario), known: known.clone() }, known)
    }

    fn note(&self, line: &Line) {
        let mut known = self.known.lock().unwrap();
        match &line.event {
            Event::Row { table: Table::JobState, old: None, new: Some(new), .. } => {
                known.jobs.insert(new.pk.clone());
            }
            Event::Task { word: "accepted", task, .. } => {
                known.accepted.insert(task.clone());
            }
            _ => {}
        }
    }
}

impl Checker for Checks {
    fn see(&mut self, line: &Line, stores: &Stores) -> Vec<Violation> {
        self.note(line);
        let mut found = Found::default();
        jobs::see(&self.model, line, stores, &mut found);
        parts::see(&self.model, line, &mut found);
        messages::see(&mut self.model, line, stores, &mut found);
        cluster::see(&mut self.model, line, stores, &mut found);
        self.model.take_in(line);
        running::see(&mut self.model, line, &mut found);
        places::see(&self.model, line, &mut found);
        found.0
    }
}

/// Violations as they are found.
#[derive(Default)]
pub struct Found(pub Vec<Violation>);

impl Found {
    pub fn claim(&mut self, holds: bool, invariant: &'static str, what: impl FnOnce() -> String) {
        debug_assert!(INVARIANTS.iter().any(|(name, _)| *name == invariant), "{invariant} is not listed");
        if !holds {
            self.0.push(Violation { invariant, what: what() });
        }
    }
}
