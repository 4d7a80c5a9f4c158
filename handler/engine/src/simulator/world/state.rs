use super::caller::Caller;
use super::gate::{Kind, Shut, Verdict};
use super::history::{Checker, Event, Line, Stores, Violation};
use super::process::{Boot, Process, ProcessId, Role};
use crate::simulator::chance::Chance;
use crate::simulator::weather::Weather;
use blastline_jobs::memory::{ManualClock, MemoryBlobs, MemoryQueues, MemoryTables};
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::{Clock, StorageErrorKind};
use futures::future::BoxFuture;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;
use time::OffsetDateTime;

/// What becomes due at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    Gate(u64),
    Start(ProcessId),
    Visible(QueueName),
}

/// What somebody waits for without a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    Message(QueueName),
    Alive(ProcessId),
}

/// A future that a process is to run.
pub struct Spawned {
    pub process: ProcessId,
    pub future: BoxFuture<'static, ()>,
}

#[derive(Default)]
struct State {
    due: BinaryHeap<Reverse<(u64, u64, Due)>>,
    numbers: u64,
    gates: BTreeMap<u64, Shut>,
    processes: Vec<Process>,
    waiting: BTreeMap<Wish, Vec<Waker>>,
    lines: Vec<Line>,
    violations: Vec<Violation>,
    spawned: VecDeque<Spawned>,
    killed: Vec<ProcessId>,
    invocations: u64,
}

/// The shared state of a run. All of it belongs to one thread; the lock is there because the ports ask for it.
pub struct World {
    pub stores: Stores,
    clock: ManualClock,
    start: OffsetDateTime,
    state: Mutex<State>,
    chance: Mutex<Chance>,
    ids: Mutex<Chance>,
    weather: Mutex<Weather>,
    checker: Mutex<Option<Box<dyn Checker>>>,
    woken: Arc<Mutex<VecDeque<u64>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
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

    fn push(&self, state: &mut State, at: u64, due: Due) {
        state.numbers += 1;
        let number = state.numbers;
        state.due.push(Reverse((at, number, due)));
    }

    pub fn schedule(&self, after: Duration, due: Due) {
        let at = self.elapsed_ms() + millis(after);
        self.push(&mut lock(&self.state), at, due);
    }

    // Gates.

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
        self.clock.advance(span);
        let processes = lock(&self.state).processes.len();
        for process in 0..processes {
            self.note(process, Event::Frozen { until: self.now() });
        }
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

    // Processes.

    pub fn add_process(&self, name: &str, role: Role, site: usize, boot: Option<Boot>) -> ProcessId {
        let skew_ms = match role {
            Role::Client => 0,
            Role::Host | Role::Handler => self.draw(|chance| chance.between(0, 1_000)).cast_signed() - 500,
        };
        let mut state = lock(&self.state);
        let process = Process { name: name.into(), role, site, alive: false, frozen_until: 0, skew_ms, boot };
        state.processes.push(process);
        state.processes.len() - 1
    }

    pub fn process_name(&self, process: ProcessId) -> Arc<str> {
        lock(&self.state).processes[process].name.clone()
    }

    pub fn is_alive(&self, process: ProcessId) -> bool {
        lock(&self.state).processes[process].alive
    }

    pub fn skewed_now(&self, process: ProcessId) -> OffsetDateTime {
        self.now() + time::Duration::milliseconds(lock(&self.state).processes[process].skew_ms)
    }

    fn start(self: &Arc<Self>, process: ProcessId) {
        let boot = {
            let mut state = lock(&self.state);
            let entry = &mut state.processes[process];
            if entry.alive {
                return;
            }
            entry.alive = true;
            entry.boot.clone()
        };
        self.note(process, Event::Process { what: "starts".to_owned() });
        if let Some(boot) = boot {
            self.spawn(process, boot(self.clone(), process));
        }
        self.fulfil(Wish::Alive(process));
    }

    /// Kills a process without a signal: everything that it was doing is gone. A host takes its handler with it; in a
    /// storm a handler may take its host.
    pub fn kill(&self, process: ProcessId, when: &str) {
        let (role, site) = {
            let state = lock(&self.state);
            (state.processes[process].role, state.processes[process].site)
        };
        let whole_site = match role {
            Role::Client => return,
            Role::Host => true,
            Role::Handler => self.happens(|weather| weather.host_dies),
        };
        let dying: Vec<ProcessId> = {
            let state = lock(&self.state);
            let of_site =
                state.processes.iter().enumerate().filter(|(id, other)| {
                    other.alive && (*id == process || (whole_site && other.site == site))
                });
            of_site.map(|(id, _)| id).collect()
        };
        for id in dying {
            self.note(id, Event::Process { what: format!("killed {when}") });
            let mut state = lock(&self.state);
            state.processes[id].alive = false;
            state.killed.push(id);
            drop(state);
            let pause = self.draw(|chance| chance.millis(200, 8_000));
            self.schedule(pause, Due::Start(id));
        }
    }

    fn freeze(&self, process: ProcessId) {
        let span = self.draw(|chance| chance.between(1_000, 120_000));
        let until = self.elapsed_ms() + span;
        let frozen: Vec<ProcessId> = {
            let mut state = lock(&self.state);
            let site = state.processes[process].site;
            let of_site = state.processes.iter_mut().enumerate().filter(|(_, other)| other.site == site);
            of_site
                .map(|(id, other)| {
                    other.frozen_until = until;
                    id
                })
                .collect()
        };
        for id in frozen {
            self.note(id, Event::Frozen { until: self.now() + Duration::from_millis(span) });
        }
    }

    pub fn take_killed(&self) -> Vec<ProcessId> {
        std::mem::take(&mut lock(&self.state).killed)
    }

    pub fn spawn(&self, process: ProcessId, future: BoxFuture<'static, ()>) {
        lock(&self.state).spawned.push_back(Spawned { process, future });
    }

    pub fn next_spawned(&self) -> Option<Spawned> {
        lock(&self.state).spawned.pop_front()
    }

    /// Has a process start within a second.
    pub fn start_soon(&self, process: ProcessId) {
        let pause = self.draw(|chance| chance.millis(0, 1_000));
        self.schedule(pause, Due::Start(process));
    }

    // Wishes.

    /// Waits until a process is alive.
    pub async fn alive(world: &Arc<Self>, process: ProcessId) {
        while !world.is_alive(process) {
            wished(world, Wish::Alive(process)).await;
        }
    }

    /// Waits until a message of a queue may be seen.
    pub async fn message(world: &Arc<Self>, queue: QueueName) {
        let seen = world.stores.queues.next_visible(queue).is_some_and(|at| at <= world.now());
        if !seen {
            wished(world, Wish::Message(queue)).await;
        }
    }

    pub fn wish(&self, wish: Wish, waker: Waker) {
        lock(&self.state).waiting.entry(wish).or_default().push(waker);
    }

    pub fn fulfil(&self, wish: Wish) {
        let wakers = lock(&self.state).waiting.remove(&wish).unwrap_or_default();
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Has whoever waits for a queue look when its next message can be seen.
    pub fn queue_changed(&self, queue: QueueName) {
        if let Some(at) = self.stores.queues.next_visible(queue) {
            let wait = (at - self.now()).whole_milliseconds().max(0);
            let wait = Duration::from_millis(u64::try_from(wait).unwrap());
            let poll = self.draw(|chance| chance.millis(1, 400));
            self.schedule(wait + poll, Due::Visible(queue));
        }
    }

    // History.

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

/// Waits until a wish is fulfilled once.
async fn wished(world: &Arc<World>, wish: Wish) {
    let mut asked = false;
    poll_fn(|context| {
        if std::mem::replace(&mut asked, true) {
            return Poll::Ready(());
        }
        world.wish(wish, context.waker().clone());
        Poll::Pending
    })
    .await;
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap()
}
