//! The one thread that starts children.
//!
//! A parent-death signal follows the thread that started the child, so children must come from a thread that lives
//! as long as the host. This one ends, and takes the children along, when the last [`Spawner`] is dropped.

use std::process::Stdio;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};

type Request = (Command, oneshot::Sender<std::io::Result<Child>>);

/// A handle to the thread.
#[derive(Debug, Clone)]
pub struct Spawner {
    requests: mpsc::UnboundedSender<Request>,
}

impl Spawner {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread or no event queue.
    pub fn start() -> std::io::Result<Self> {
        let (requests, mut inbox) = mpsc::unbounded_channel::<Request>();
        // Its own runtime, so that the reaping of children is driven here whatever the caller's runtime does.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new().name("spawner".to_owned()).spawn(move || {
            runtime.block_on(async {
                while let Some((mut command, reply)) = inbox.recv().await {
                    // A caller that went away needs no child; `kill_on_drop` ends it if the reply is lost.
                    let _ = reply.send(command.spawn());
                }
            });
        })?;
        Ok(Self { requests })
    }

    /// Starts `command` in its own process group, its output piped.
    ///
    /// # Errors
    /// When the program cannot be started, or the host is on its way out.
    pub async fn spawn(&self, mut command: Command) -> std::io::Result<Child> {
        command.process_group(0).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (reply, answer) = oneshot::channel();
        let gone = || std::io::Error::other("the spawner has stopped");
        self.requests.send((command, reply)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}
