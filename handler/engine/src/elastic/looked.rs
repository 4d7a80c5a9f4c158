//! What a look at a cluster found, and how it is written: one compare-and-swap of the row, then the message of the next
//! look.

use super::observe::KEPT;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::logs::Collected;
use crate::planted::{Planted, is_planted};
use crate::store::VersionedJob;
use blastline_jobs::effects::Effects;
use blastline_jobs::elastic::rhythm::watch_delay;
use blastline_jobs::error_code::Fault;
use blastline_jobs::message::{Message, WatchMessage};
use blastline_jobs::rows::{ElasticState, JobRow};
use blastline_jobs::state::{Phase, StepName};
use std::time::Duration;

/// What a look found.
#[derive(Default)]
pub(super) struct Looked {
    /// Phases to enter, in order.
    pub phases: Vec<Phase>,
    /// What steps are to say.
    pub says: Vec<(StepName, String)>,
    /// What keeps it waiting, to be shown while it goes on; `None` where nothing does.
    pub trouble: Option<Fault>,
    /// Changes of the elastic columns.
    pub change: Vec<Change>,
    /// The next look comes after so long instead of the usual time.
    pub delay: Option<Duration>,
    /// The cluster gave no answer.
    pub unseen: bool,
    /// No further look is needed.
    pub last: bool,
    /// Further effects.
    pub effects: Effects,
    /// What its containers said meanwhile.
    pub said: Collected,
}

/// A change of the elastic columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// A submission began: its number.
    Attempt(u64),
    /// A submission failed and is tried again.
    Tried,
    /// Objects left on the cluster.
    Left(u64),
    /// How far the cluster was cleared.
    Clearing(u64),
}

impl Looked {
    /// Nothing new.
    pub fn same() -> Self {
        Self::default()
    }

    /// A phase is entered.
    pub fn enter(phase: Phase) -> Self {
        Self { phases: vec![phase], ..Self::default() }
    }

    /// With what a step is to say.
    pub fn saying(mut self, step: StepName, words: impl Into<String>) -> Self {
        self.says.push((step, words.into()));
        self
    }

    /// With a change of the elastic columns.
    pub fn with(mut self, change: Change) -> Self {
        self.change.push(change);
        self
    }

    /// With the next look after so long.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }
}

/// Writes what a look found, unless another one with the same number was faster, and sends the message of the next.
pub(super) async fn settle(
    deps: &Deps,
    known: &mut VersionedJob,
    look: u64,
    looked: Looked,
) -> EngineResult<Effects> {
    let now = deps.clock.now();
    let was = known.row.phase;
    let mut next = None;
    let row = deps
        .jobs()
        .change(known, |row| {
            next = None;
            let Some(mut state) = row.elastic.clone() else { return Ok(false) };
            if state.look != look {
                return Ok(false);
            }
            // The row as this look knows it may be one that ended while it looked.
            if row.phase != was || row.status().is_terminal() {
                // What was stored of logs is read by no other look.
                let told = !looked.said.is_empty() && row.phase != Phase::Deleted;
                if let Some(progress) = row.progress.as_mut().filter(|_| told) {
                    looked.said.tell(progress);
                }
                return Ok(told);
            }
            for phase in &looked.phases {
                row.enter(*phase, now)?;
            }
            row.heartbeat_at = now;
            if looked.unseen {
                state.silent_since = state.silent_since.or(Some(now));
            } else {
                state.missed = state.has_missed(now, deps.timing.scaled(KEPT));
                (state.seen_at, state.silent_since) = (Some(now), None);
            }
            row.fault.clone_from(&looked.trouble);
            describe(row, &looked);
            apply(&mut state, &looked.change);
            state.look += 1;
            state.polls = if row.phase == was { state.polls + 1 } else { 0 };
            state.waiting_since = row.phase.is_waiting().then(|| state.waiting_since.unwrap_or(now));
            let delay = deps.timing.scaled(looked.delay.unwrap_or_else(|| watch_delay(state.polls)));
            state.next_look_at = (!looked.last).then(|| now + delay);
            next = (!looked.last).then_some((state.look, delay));
            row.elastic = Some(state);
            Ok(true)
        })
        .await?;
    let mut effects = looked.effects;
    if let Some((look, delay)) = next {
        let message = Message::Watch(WatchMessage { job_id: known.row.id.clone(), look });
        if delay.is_zero() {
            effects.messages.push(message);
        } else if !is_planted(Planted::LookNotAsked) {
            deps.queues.send(message.queue(), &message.to_json(), Some(delay)).await?;
        }
    }
    if let Some(row) = row.filter(|row| row.phase != was) {
        effects.history.extend(row.told_events());
    }
    Ok(effects)
}

fn describe(row: &mut JobRow, looked: &Looked) {
    if let Some(progress) = &mut row.progress {
        for (step, words) in &looked.says {
            progress.describe(*step, words);
        }
        looked.said.tell(progress);
    }
}

fn apply(state: &mut ElasticState, changes: &[Change]) {
    for change in changes {
        match change {
            Change::Attempt(number) => state.attempt = *number,
            Change::Tried => state.tries += 1,
            Change::Left(count) => state.left = *count,
            Change::Clearing(step) => state.clearing = *step,
        }
    }
}
