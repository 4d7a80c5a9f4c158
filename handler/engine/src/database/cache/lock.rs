//! Advisory locks on files (flock): they work between processes and between tasks of one, and end with their holder.
//!
//! Waiting is asking again, not blocking: a wait that is dropped leaves no thread behind.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
    time::Duration,
};

const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// A held lock.
#[derive(Debug)]
pub(in crate::database) struct Lock(File);

impl Lock {
    /// The locked file.
    pub fn file(&self) -> &File {
        &self.0
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone is not enough at once: a child that is being started holds a copy until it becomes its program.
        let _ = self.0.unlock();
    }
}

/// Waits for the lock that others may hold too.
pub(super) async fn shared(path: &Path) -> io::Result<Lock> {
    wait(path, File::try_lock_shared).await
}

/// Waits for the lock that nobody else may hold.
pub(super) async fn exclusive(path: &Path) -> io::Result<Lock> {
    wait(path, File::try_lock).await
}

/// Takes the lock that nobody else may hold, or `None`.
pub(in crate::database) fn try_exclusive(path: &Path) -> io::Result<Option<Lock>> {
    let file = open(path)?;
    Ok(attempt(&file, File::try_lock)?.then_some(Lock(file)))
}

async fn wait(path: &Path, lock: fn(&File) -> Result<(), TryLockError>) -> io::Result<Lock> {
    let file = open(path)?;
    let mut pause = FIRST_PAUSE;
    while !attempt(&file, lock)? {
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(Lock(file))
}

fn attempt(file: &File, lock: fn(&File) -> Result<(), TryLockError>) -> io::Result<bool> {
    match lock(file) {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Opens a lock file, creating it when it is not there. What is in it stays.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)
}
