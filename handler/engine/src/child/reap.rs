//! Collecting a child: one thread per child that waits for its end, sweeps its group and leaves no zombie.

use super::group;
use blastline_jobs::ports::ChildExit;
use rustix::{
    io::Errno,
    process::{Pid, WaitId, WaitIdOptions, waitid},
};
use std::{
    io,
    os::unix::process::ExitStatusExt,
    process::Child,
    sync::{Arc, Mutex, PoisonError},
    thread,
};
use tokio::sync::watch;

/// How a child ended, or why that could not be found out; cloned to everybody who waits.
pub(super) type Outcome = Result<ChildExit, Arc<io::Error>>;

/// What the waiting thread and the owner of a child share.
pub(super) struct Tracked {
    leader: Pid,
    /// The process as long as it was not collected. Its id, and so its group's, is taken for that long: a signal that
    /// is sent under this lock while it is `Some` can reach nobody else.
    process: Mutex<Option<Child>>,
    outcome: watch::Sender<Option<Outcome>>,
}

impl Tracked {
    /// Watches a process that leads its own group. When no thread can be had, the process is killed and collected.
    pub fn start(process: Child) -> io::Result<Arc<Self>> {
        let tracked = Arc::new(Self {
            leader: Pid::from_child(&process),
            process: Mutex::new(Some(process)),
            outcome: watch::Sender::new(None),
        });
        let collected = Arc::clone(&tracked);
        if let Err(error) =
            thread::Builder::new().name("child-wait".to_owned()).spawn(move || collected.wait())
        {
            tracked.kill()?;
            tracked.collect();
            return Err(error);
        }
        Ok(tracked)
    }

    /// Kills the group, unless the child was collected already.
    pub fn kill(&self) -> io::Result<()> {
        match *self.process.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(_) => group::kill(self.leader),
            None => Ok(()),
        }
    }

    /// Becomes `Some` once, when the child was collected and its group is empty.
    pub fn outcome(&self) -> watch::Receiver<Option<Outcome>> {
        self.outcome.subscribe()
    }

    fn wait(&self) {
        // Waits without collecting, so that the id stays taken until the lock is held.
        while let Err(Errno::INTR) =
            waitid(WaitId::Pid(self.leader), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
        {}
        self.collect();
    }

    fn collect(&self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut child) = process.take() else { return };
        // What the program left running in its group ends with it.
        let swept = group::kill(self.leader);
        let ended = child.wait();
        drop(process);
        group::wait_until_empty(self.leader);
        let outcome = swept
            .and(ended)
            .map(|status| ChildExit { code: status.code(), signal: status.signal() })
            .map_err(Arc::new);
        self.outcome.send_replace(Some(outcome));
    }
}
