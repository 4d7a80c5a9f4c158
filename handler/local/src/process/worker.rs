//! One handler process and its successors.

use super::launch::Launch;
use super::output::{self, Stream};
use super::restart::Restarts;
use super::spawner::Spawner;
use crate::http::client::Client;
use rustix::process::{Pid, Signal, kill_process_group};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use thiserror::Error;
use tokio::process::Child;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

const PROBE_EVERY: Duration = Duration::from_millis(25);

/// Where a process stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No process, or one that has not answered yet.
    Starting {
        /// The process, once there is one.
        pid: Option<Pid>,
    },
    /// It answers.
    Ready(Endpoint),
}

/// A process that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// Its loopback port.
    pub port: u16,
    /// Its process id, which is also its group's.
    pub pid: Pid,
}

/// No process answered in time.
#[derive(Debug, Error)]
#[error("the handler process `{0}` did not become ready")]
pub struct NotReady(String);

/// A place for one handler process. When the process ends, another one takes the place.
#[derive(Debug)]
pub struct Worker {
    /// The scale group; absent when the process serves all.
    pub group: Option<String>,
    /// Counts the instances of a group from 0.
    pub instance: usize,
    label: String,
    state: watch::Sender<State>,
    restarts: AtomicU64,
}

impl Worker {
    /// A place without a process; [`Worker::supervise`] fills it.
    #[must_use]
    pub fn new(group: Option<String>, instance: usize, of: usize) -> Self {
        let name = group.clone().unwrap_or_else(|| "all".to_owned());
        let label = if of > 1 { format!("{name}#{instance}") } else { name };
        let state = watch::Sender::new(State::Starting { pid: None });
        Self { group, instance, label, state, restarts: AtomicU64::new(0) }
    }

    /// The name in logs: the group, and the instance where there are several.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Where the process stands now.
    #[must_use]
    pub fn state(&self) -> State {
        *self.state.borrow()
    }

    /// How often a process was started again.
    #[must_use]
    pub fn restarts(&self) -> u64 {
        self.restarts.load(Ordering::Relaxed)
    }

    /// Waits until the process answers.
    ///
    /// # Errors
    /// [`NotReady`] after `limit`.
    pub async fn ready(&self, limit: Duration) -> Result<Endpoint, NotReady> {
        let wait = timeout(limit, self.when_ready()).await;
        wait.map_err(|_| NotReady(self.label.clone()))
    }

    /// Waits as long as it takes until the process answers.
    pub async fn when_ready(&self) -> Endpoint {
        let mut changes = self.state.subscribe();
        loop {
            if let State::Ready(endpoint) = *changes.borrow_and_update() {
                return endpoint;
            }
            if changes.changed().await.is_err() {
                // The sender is our own field, so it outlives this borrow; wait rather than spin if that changes.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Kills the process group of `endpoint`, unless another process has taken its place already.
    pub fn kill(&self, endpoint: Endpoint) {
        if self.state() == State::Ready(endpoint) {
            kill_group(endpoint.pid);
        }
    }

    /// Kills whatever process there is.
    pub fn kill_any(&self) {
        match self.state() {
            State::Ready(Endpoint { pid, .. }) | State::Starting { pid: Some(pid) } => kill_group(pid),
            State::Starting { pid: None } => {}
        }
    }

    /// Keeps a process in this place, for as long as the future is polled.
    pub async fn supervise(&self, spawner: &Spawner, launch: &Launch, client: &Client) {
        let mut restarts = Restarts::default();
        loop {
            let served = match self.start(spawner, launch).await {
                Ok((child, port)) => self.watch(child, port, launch, client).await,
                Err(error) => {
                    tracing::error!(worker = %self.label, %error, "the handler cannot be started");
                    None
                }
            };
            self.state.send_replace(State::Starting { pid: None });
            tokio::time::sleep(restarts.pause(served)).await;
            self.restarts.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn start(&self, spawner: &Spawner, launch: &Launch) -> std::io::Result<(Child, u16)> {
        let port = free_port()?;
        let child = spawner.spawn(launch.command(self.group.as_deref(), port)).await?;
        self.state.send_replace(State::Starting { pid: pid_of(&child) });
        Ok((child, port))
    }

    /// Follows one process to its end. Gives how long it served, if it ever did.
    async fn watch(&self, mut child: Child, port: u16, launch: &Launch, client: &Client) -> Option<Duration> {
        let pid = pid_of(&child)?;
        if let Some(out) = child.stdout.take() {
            tokio::spawn(output::copy(self.label.clone(), Stream::Out, out));
        }
        if let Some(err) = child.stderr.take() {
            tokio::spawn(output::copy(self.label.clone(), Stream::Err, err));
        }
        let limit = launch.handler.initialization_timeout;
        let ready = tokio::select! {
            ready = probe(client, port, limit) => ready,
            _ = child.wait() => false,
        };
        let since = Instant::now();
        if ready {
            tracing::info!(worker = %self.label, pid = pid.as_raw_nonzero().get(), port, "the handler is ready");
            self.state.send_replace(State::Ready(Endpoint { port, pid }));
        } else if matches!(child.try_wait(), Ok(None)) {
            tracing::error!(worker = %self.label, limit_s = limit.as_secs(), "the handler did not answer GET / in time");
            kill_group(pid);
        }
        let end = child.wait().await;
        // Whatever the handler started in its group goes with it.
        kill_group(pid);
        let how = end.map_or_else(|e| e.to_string(), |status| status.to_string());
        tracing::warn!(worker = %self.label, how, "the handler ended; it is started again");
        ready.then(|| since.elapsed())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill_any();
    }
}

/// Asks `GET /` until anything at all answers.
async fn probe(client: &Client, port: u16, limit: Duration) -> bool {
    let end = Instant::now() + limit;
    let mut ticks = tokio::time::interval(PROBE_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let round = async {
            ticks.tick().await;
            client.answers(port).await
        };
        match timeout_at(end, round).await {
            Ok(true) => return true,
            Ok(false) => {}
            Err(_) => return false,
        }
    }
}

fn pid_of(child: &Child) -> Option<Pid> {
    child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
}

/// The only signal that this host ever sends. A group that is gone already is no error.
fn kill_group(pid: Pid) {
    let _ = kill_process_group(pid, Signal::KILL);
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
