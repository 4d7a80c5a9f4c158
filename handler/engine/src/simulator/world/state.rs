use super::caller::Caller;
use super::gate::Shut;
use super::history::{Checker, Event, Line, Stores, Violation};
use super::process::{Process, ProcessId, Spawned};
use super::schedule::Due;
use super::wish::Wish;
use crate::simulator::chance::Chance;
use crate::simulator::weather::Weather;
use blastline_jobs::memory::{ManualClock, MemoryBlobs, MemoryQueues, MemoryTables};
use blastline_jobs::ports::Clock;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use time::OffsetDateTime;

/// What changes while a run goes on.
#[derive(Default)]
pub(super) struct State {
    pub due: BinaryHeap<Reverse<(u64, u64, Due)>>,
    pub numbers: u64,
    pub gates: BTreeMap<u64, Shut>,
    pub processes: Vec<Process>,
    pub waiting: BTreeMap<Wish, Vec<Waker>>,
    pub lines: Vec<Line>,
    pub violations: Vec<Violation>,
    pub spawned: VecDeque<Spawned>,
    pub killed: Vec<ProcessId>,
    pub invocations: u64,
}

/// The shared state of a run. All of it belongs to one thread; the lock is there because the ports ask for it.
pub struct World {
    pub stores: Stores,
    pub(super) clock: ManualClock,
    start: OffsetDateTime,
    pub(super) state: Mutex<State>,
    chance: Mutex<Chance>,
    ids: Mutex<Chance>,
    weather: Mutex<Weather>,
    checker: Mutex<Option<Box<dyn Checker>>>,
    woken: Arc<Mutex<VecDeque<u64>>>,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub fn new(mut chance: Chance, weather: Weather) -> Arc<Self> {
        // Ten in the morning of some day, so that history reads as a clock.
        let start = OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000) + time::Duration::hours(10);
        let clock = ManualClock::at(start);
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        Arc::new(Self {
            stores: Stores {
                tables: MemoryTables::ready(),
                queues: MemoryQueues::ready(shared.clone()),
                blobs: MemoryBlobs::ready(shared),
            },
            clock,
            start,
            state: Mutex::default(),
            ids: Mutex::new(chance.fork()),
            chance: Mutex::new(chance),
            weather: Mutex::new(weather),
            checker: Mutex::new(None),
            woken: Arc::default(),
        })
    }

    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Milliseconds since the beginning of the run.
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from((self.now() - self.start).whole_milliseconds()).unwrap()
    }

    pub fn draw<T>(&self, draw: impl FnOnce(&mut Chance) -> T) -> T {
        draw(&mut lock(&self.chance))
    }

    pub fn random_bytes(&self) -> [u8; 16] {
        lock(&self.ids).bytes()
    }

    pub fn weather(&self) -> Weather {
        lock(&self.weather).clone()
    }

    /// Whether something happens that happens so many times in a million in this weather.
    pub fn happens(&self, rate: impl FnOnce(&Weather) -> u32) -> bool {
        let rate = rate(&lock(&self.weather));
        self.draw(|chance| chance.ppm(rate))
    }

    pub fn set_weather(&self, weather: Weather) {
        *lock(&self.weather) = weather;
    }

    pub fn set_checker(&self, checker: Box<dyn Checker>) {
        *lock(&self.checker) = Some(checker);
    }

    pub fn next_invocation(&self) -> u64 {
        let mut state = lock(&self.state);
        state.invocations += 1;
        state.invocations
    }

    pub fn woken(&self) -> &Arc<Mutex<VecDeque<u64>>> {
        &self.woken
    }

    pub fn record(&self, caller: &Caller, event: Event) {
        self.keep(caller.name.clone(), caller.invocation, event);
    }

    pub fn note(&self, process: ProcessId, event: Event) {
        self.keep(self.process_name(process), 0, event);
    }

    fn keep(&self, who: Arc<str>, invocation: u64, event: Event) {
        let line = Line { at: self.now(), who, invocation, event };
        let found = match lock(&self.checker).as_mut() {
            Some(checker) => checker.see(&line, &self.stores),
            None => Vec::new(),
        };
        let mut state = lock(&self.state);
        state.lines.push(line);
        state.violations.extend(found);
    }

    pub fn violate(&self, violations: impl IntoIterator<Item = Violation>) {
        lock(&self.state).violations.extend(violations);
    }

    pub fn first_violation(&self) -> Option<Violation> {
        lock(&self.state).violations.first().cloned()
    }

    pub fn lines(&self) -> Vec<Line> {
        lock(&self.state).lines.clone()
    }
}
