//! What runs in pods. Nothing is taken from an image: a container's place among a search's Jobs tells what it does.

mod batch;
mod cli;
mod container;
mod environment;
mod finalizer;
mod kubelet;
mod objects;
mod places;
mod setup;
mod shell;

pub use shell::write_tools;

use super::{
    logs::LogBook,
    objects::{Container, Pod},
    shared::Shared,
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::time::timeout;

/// How a container ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// By itself, or by the kernel.
    Exit {
        /// Exit code.
        code: i32,
        /// For want of memory.
        out_of_memory: bool,
        /// What it wrote to its termination log.
        message: String,
    },
    /// The kubelet evicts the pod.
    Evicted,
    /// The node does not answer any more.
    NodeLost,
}

impl Ended {
    /// By itself, with no message.
    pub fn code(code: i32) -> Self {
        Self::Exit { code, out_of_memory: false, message: String::new() }
    }
}

/// A container's attempt.
pub struct Attempt<'a> {
    /// The shared state.
    pub shared: &'a Arc<Shared>,
    /// Its pod.
    pub pod: &'a Pod,
    /// What it is.
    pub container: &'a Container,
    /// Its log.
    pub log: Arc<LogBook>,
    /// Folder of the pod on this machine.
    pub dir: PathBuf,
}

impl Attempt<'_> {
    /// Writes a line.
    pub fn say(&self, line: impl AsRef<[u8]>) {
        let now = self.shared.world().now();
        self.log.write(now, line);
    }

    /// A variable of the environment; empty where there is none.
    pub fn env(&self, name: &str) -> String {
        environment::resolved(self.shared, self.pod, self.container).remove(name).unwrap_or_default()
    }

    /// A place of the container's file system on this machine.
    pub fn path(&self, inside: &str) -> PathBuf {
        places::outside(self.shared, self.pod, self.container, &self.dir, inside)
    }

    /// Lets time pass, by the time scale.
    pub async fn pause(&self, seconds: f64) {
        let pause = self.shared.scaled(Duration::from_secs_f64(seconds));
        let _ = timeout(pause, std::future::pending::<()>()).await;
    }

    async fn run(&self) -> Ended {
        match (self.pod.metadata.label("app"), self.container.name.as_str()) {
            ("elb-cli-submit", _) => shell::run(self).await,
            ("setup", "get-blastdb") => setup::get_database(self).await,
            ("setup", _) => setup::import_queries(self),
            ("blast", "import-query-batches") => batch::import_query(self).await,
            ("blast", "blast") => batch::search(self).await,
            ("blast", "results-export") => batch::export(self).await,
            ("finalizer", _) => finalizer::finalize(self).await,
            (app, name) => {
                self.say(format!(
                    "{name} of {app:?}: {:?} {:?}",
                    self.container.command, self.container.args
                ));
                Ended::code(0)
            }
        }
    }
}

/// Runs a pod to its end.
pub async fn run_pod(shared: Arc<Shared>, pod: Pod) {
    kubelet::Kubelet::new(shared, pod).run().await;
}
