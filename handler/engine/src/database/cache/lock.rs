//! Advisory locks on files (flock): they work between processes and between tasks of one, and end with their holder.
//!
//! Waiting is asking again, not blocking: a wait that is dropped leaves no thread behind.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
    time::Duration,
};

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// Waits for the lock that others may hold too.
pub(super) async fn shared(path: &Path) -> io::Result<File> {
    wait(path, File::try_lock_shared).await
}

/// Waits for the lock that nobody else may hold.
pub(super) async fn exclusive(path: &Path) -> io::Result<File> {
    wait(path, File::try_lock).await
}

/// Takes the lock that nobody else may hold, or `None`.
pub(super) fn try_exclusive(path: &Path) -> io::Result<Option<File>> {
    attempt(open(path)?, File::try_lock).map(Result::ok)
}

async fn wait(path: &Path, lock: fn(&File) -> Result<(), TryLockError>) -> io::Result<File> {
    let mut file = open(path)?;
    let mut pause = FIRST_PAUSE;
    loop {
        match attempt(file, lock)? {
            Ok(locked) => return Ok(locked),
            Err(unlocked) => file = unlocked,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn attempt(file: File, lock: fn(&File) -> Result<(), TryLockError>) -> io::Result<Result<File, File>> {
    match lock(&file) {
        Ok(()) => Ok(Ok(file)),
        Err(TryLockError::WouldBlock) => Ok(Err(file)),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Opens a lock file, creating it when it is not there. What is in it stays.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)
}
