//! A process group: all processes that a child started, unless they left the group on purpose.

use rustix::{
    io::Errno,
    process::{Pid, Signal, kill_process_group, test_kill_process_group},
};
use std::{io, thread, time::Duration};

/// How long the members of a killed group are waited for. They are dead to the kernel at once; only one that hangs in
/// a read from a lost disk, or one whose new parent never collects it, takes longer, and no wait helps there.
const GRACE: Duration = Duration::from_secs(2);

const STEP: Duration = Duration::from_millis(2);

/// Kills every member. A group that has none any more is no error.
pub(super) fn kill(leader: Pid) -> io::Result<()> {
    match kill_process_group(leader, Signal::KILL) {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Waits until no member is left, or [`GRACE`] has passed. Blocks.
pub(super) fn wait_until_empty(leader: Pid) {
    let mut waited = Duration::ZERO;
    while waited < GRACE && test_kill_process_group(leader).is_ok() {
        thread::sleep(STEP);
        waited += STEP;
    }
}
