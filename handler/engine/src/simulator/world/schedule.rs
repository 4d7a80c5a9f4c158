use super::caller::Caller;
use super::gate::{Kind, Shut, Verdict};
use super::history::Event;
use super::process::{ProcessId, Role};
use super::state::{State, World, lock};
use super::wish::Wish;
use crate::simulator::weather::Weather;
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::StorageErrorKind;
use std::cmp::Reverse;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

/// What becomes due at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    Gate(u64),
    Start(ProcessId),
    Visible(QueueName),
}

/// What comes when, and what becomes of a call whose turn it is.
impl World {
    fn push(&self, state: &mut State, at: u64, due: Due) {
        state.numbers += 1;
        let number = state.numbers;
        state.due.push(Reverse((at, number, due)));
    }

    pub fn schedule(&self, after: Duration, due: Due) {
        let at = self.elapsed_ms() + millis(after);
        self.push(&mut lock(&self.state), at, due);
    }

    pub fn shut(&self, caller: &Caller, kind: Kind, waker: Waker) -> u64 {
        let span = match kind {
            Kind::Call => {
                let weather = self.weather();
                self.draw(|chance| weather.latency(chance))
            }
            // Timers are a little late.
            Kind::Wait(span) => span + self.draw(|chance| chance.millis(0, 3)),
        };
        let at = self.elapsed_ms() + millis(span);
        let mut state = lock(&self.state);
        state.numbers += 1;
        let id = state.numbers;
        let gate = Shut { caller: caller.clone(), kind, verdict: None, waker: Some(waker) };
        state.gates.insert(id, gate);
        self.push(&mut state, at, Due::Gate(id));
        id
    }

    pub fn verdict(&self, id: u64, waker: &Waker) -> Option<Verdict> {
        let mut state = lock(&self.state);
        let gate = state.gates.get_mut(&id)?;
        match gate.verdict {
            Some(verdict) => {
                state.gates.remove(&id);
                Some(verdict)
            }
            None => {
                gate.waker = Some(waker.clone());
                None
            }
        }
    }

    pub fn forget(&self, id: u64) {
        lock(&self.state).gates.remove(&id);
    }

    /// Goes to the next thing that is due, and no further than a moment; false when that moment is reached.
    pub fn go_on(self: &Arc<Self>, until_ms: u64) -> bool {
        let next = lock(&self.state).due.pop();
        let Some(Reverse((at, number, due))) = next else {
            self.advance_to(until_ms);
            return false;
        };
        if at > until_ms {
            lock(&self.state).due.push(Reverse((at, number, due)));
            self.advance_to(until_ms);
            return false;
        }
        self.advance_to(at);
        match due {
            Due::Gate(id) => self.open(id),
            Due::Start(process) => self.start(process),
            Due::Visible(queue) => self.fulfil(Wish::Message(queue)),
        }
        true
    }

    fn advance_to(&self, at_ms: u64) {
        let now = self.elapsed_ms();
        if at_ms > now {
            self.clock.advance(Duration::from_millis(at_ms - now));
        }
    }

    /// Lets time jump over everything that is under way: all stand still for a while.
    pub fn jump(&self, span: Duration) {
        let processes = lock(&self.state).processes.len();
        for process in 0..processes {
            self.note(process, Event::Frozen { until: self.now() + span });
        }
        self.clock.advance(span);
    }

    fn open(&self, id: u64) {
        let Some((caller, kind)) =
            lock(&self.state).gates.get(&id).map(|gate| (gate.caller.clone(), gate.kind))
        else {
            return;
        };
        let frozen = lock(&self.state).processes[caller.process].frozen_until;
        if frozen > self.elapsed_ms() {
            let at = frozen + self.draw(|chance| chance.between(0, 50));
            self.push(&mut lock(&self.state), at, Due::Gate(id));
            return;
        }
        let Some(verdict) = self.judge(&caller, kind) else { return };
        let waker = {
            let mut state = lock(&self.state);
            let Some(gate) = state.gates.get_mut(&id) else { return };
            gate.verdict = Some(verdict);
            gate.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Draws what becomes of a call; `None` when its process died of it.
    fn judge(&self, caller: &Caller, kind: Kind) -> Option<Verdict> {
        let weather = self.weather();
        let role = lock(&self.state).processes[caller.process].role;
        if role == Role::Client || weather == Weather::calm() {
            return Some(Verdict::Goes);
        }
        if self.draw(|chance| chance.ppm(weather.dies_before)) {
            self.kill(caller.process, "just before a call");
            return None;
        }
        if self.draw(|chance| chance.ppm(weather.freezes)) {
            self.freeze(caller.process);
        }
        if matches!(kind, Kind::Wait(_)) {
            return Some(Verdict::Goes);
        }
        Some(self.draw(|chance| {
            if chance.ppm(weather.dies_after) {
                Verdict::DiesAfter
            } else if chance.ppm(weather.fails) {
                let busy = chance.ppm(300_000);
                Verdict::Fails(if busy { StorageErrorKind::Throttled } else { StorageErrorKind::Unavailable })
            } else if chance.ppm(weather.answer_lost) {
                Verdict::AnswerLost
            } else if chance.ppm(weather.sent_twice) {
                Verdict::SentTwice(chance.millis(200, 6_000))
            } else if chance.ppm(100_000) {
                Verdict::AnswersLate(weather.latency(chance))
            } else {
                Verdict::Goes
            }
        }))
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap()
}
