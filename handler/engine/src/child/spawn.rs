//! Starting children, all from one thread that lives as long as this process.

use super::reap::{Outcome, Tracked};
use async_trait::async_trait;
use blastline_jobs::ports::{Child, ChildExit, ChildSpec, Children};
use std::{
    ffi::OsString,
    fs::File,
    io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};
use tokio::sync::{oneshot, watch};

/// The work of the starting thread.
type Start = Box<dyn FnOnce() + Send>;

/// The starting thread's door. The kernel sends the parent-death signal when the *thread* that started a child ends
/// (prctl(2), `PR_SET_PDEATHSIG`), so that no worker of a runtime may do it: they come and go.
static STARTER: Mutex<Option<mpsc::Sender<Start>>> = Mutex::new(None);

/// Starts programs as `handler child …`, which cannot outlive this process.
#[derive(Debug, Clone)]
pub struct HandlerChildren {
    handler: PathBuf,
}

impl HandlerChildren {
    /// `handler` is the executable whose `child` role is [`super::exec_self`], usually this process's own.
    pub fn new(handler: PathBuf) -> Self {
        Self { handler }
    }
}

#[async_trait]
impl Children for HandlerChildren {
    /// Starts a program in its own process group. That a program does not exist is seen in its exit code
    /// ([`super::EXIT_NOT_STARTED`]) and standard error; errors here are the handler's own: its executable, the
    /// working directory, the output files, or too many processes.
    async fn spawn(&self, spec: &ChildSpec) -> io::Result<Box<dyn Child>> {
        let (handler, spec) = (self.handler.clone(), spec.clone());
        let (answer, started) = oneshot::channel();
        // When nobody waits any more, the answer is dropped, and the child with it is killed.
        on_starter(Box::new(move || drop(answer.send(start(&handler, &spec)))))?;
        let child = started.await.map_err(|_| io::Error::other("the starting thread ended"))??;
        Ok(Box::new(child))
    }
}

fn on_starter(mut work: Start) -> io::Result<()> {
    let mut door = STARTER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(open) = door.as_ref() {
        match open.send(work) {
            Ok(()) => return Ok(()),
            Err(mpsc::SendError(back)) => work = back,
        }
    }
    let (sender, inbox) = mpsc::channel::<Start>();
    thread::Builder::new()
        .name("child-start".to_owned())
        .spawn(move || inbox.iter().for_each(|work| work()))?;
    sender.send(work).map_err(|_| io::Error::other("the starting thread ended"))?;
    *door = Some(sender);
    Ok(())
}

fn start(handler: &Path, spec: &ChildSpec) -> io::Result<HandlerChild> {
    let mut args: Vec<OsString> = vec![
        "child".into(),
        "--parent".into(),
        std::process::id().to_string().into(),
        "--memory-bytes".into(),
        spec.memory_bytes.to_string().into(),
        "--".into(),
        spec.program.clone().into(),
    ];
    args.extend(spec.args.iter().map(OsString::from));
    let process = Command::new(handler)
        .args(args)
        .envs(spec.env.iter().map(|(name, value)| (name, value)))
        .current_dir(&spec.dir)
        .stdin(Stdio::null())
        .stdout(create(&spec.stdout)?)
        .stderr(create(&spec.stderr)?)
        .process_group(0)
        .spawn()
        .map_err(|error| named(error, "start", handler))?;
    let tracked = Tracked::start(process)?;
    Ok(HandlerChild { outcome: tracked.outcome(), tracked })
}

fn create(path: &Path) -> io::Result<File> {
    File::create(path).map_err(|error| named(error, "create", path))
}

fn named(error: io::Error, what: &str, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{what} {}: {error}", path.display()))
}

/// A started child. Dropping it kills its group.
struct HandlerChild {
    tracked: Arc<Tracked>,
    outcome: watch::Receiver<Option<Outcome>>,
}

#[async_trait]
impl Child for HandlerChild {
    async fn wait(&mut self) -> io::Result<ChildExit> {
        let seen = self.outcome.wait_for(Option::is_some).await;
        match seen.as_deref() {
            Ok(Some(Ok(exit))) => Ok(*exit),
            Ok(Some(Err(error))) => Err(io::Error::new(error.kind(), error.to_string())),
            Ok(None) | Err(_) => Err(io::Error::other("the end of the child was not seen")),
        }
    }

    async fn kill(&mut self) -> io::Result<()> {
        self.tracked.kill()?;
        self.wait().await.map(drop)
    }
}

impl Drop for HandlerChild {
    fn drop(&mut self) {
        if let Err(error) = self.tracked.kill() {
            tracing::error!(%error, "a dropped child could not be killed");
        }
    }
}
