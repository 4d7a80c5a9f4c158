use super::history::Event;
use super::schedule::Due;
use super::state::{World, lock};
use super::wish::Wish;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// Number of a process.
pub type ProcessId = usize;

/// What a host runs when it starts.
pub type Boot = Arc<dyn Fn(Arc<World>, ProcessId) -> BoxFuture<'static, ()> + Send + Sync>;

/// What a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Somebody outside; never killed.
    Client,
    /// A host; its handler dies with it.
    Host,
    /// A handler.
    Handler,
}

/// A process that is killed and started again.
pub struct Process {
    pub name: Arc<str>,
    pub role: Role,
    /// Host and handler of one site die and freeze together, the handler also alone.
    pub site: usize,
    pub alive: bool,
    pub frozen_until: u64,
    /// By how many milliseconds its clock is off.
    pub skew_ms: i64,
    pub boot: Option<Boot>,
}

/// A future that a process is to run.
pub struct Spawned {
    pub process: ProcessId,
    pub future: BoxFuture<'static, ()>,
}

/// How processes start, are killed and stand still.
impl World {
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

    pub fn start(self: &Arc<Self>, process: ProcessId) {
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

    pub fn freeze(&self, process: ProcessId) {
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
}
