//! The step between host and handler: ask the kernel for a death signal, then become the handler.
//!
//! A host that is killed with SIGKILL cannot clean up. The kernel can: a process that asked for it gets a signal
//! when the thread that started it ends. Asking is a safe call only from inside the child, hence this step.

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use thiserror::Error;

/// Why the child did not become the handler. It exits instead, and the host sees that.
#[derive(Debug, Error)]
pub enum ExecError {
    /// The kernel refused the death signal.
    #[error("cannot ask for the parent-death signal: {0}")]
    DeathSignal(#[from] rustix::io::Errno),
    /// The host ended before the signal was asked for.
    #[error("the host is gone")]
    Orphan,
    /// Nothing to run.
    #[error("no command was given")]
    NoCommand,
    /// The program cannot be started.
    #[error("cannot start `{program}`: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Replaces this process by `command`, to die when its parent `host` dies.
///
/// # Errors
/// [`ExecError`]; on success this never returns.
pub fn run(host: i32, command: &[OsString]) -> Result<std::convert::Infallible, ExecError> {
    let (program, arguments) = command.split_first().ok_or(ExecError::NoCommand)?;
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // The host may have died between the fork and the line above; then no signal will come.
    if getppid() != Pid::from_raw(host) {
        return Err(ExecError::Orphan);
    }
    let source = Command::new(program).args(arguments).exec();
    Err(ExecError::Start { program: program.to_string_lossy().into_owned(), source })
}
