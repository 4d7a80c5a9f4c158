//! The directory of one build, and what becomes of those of builds that were killed.

use super::super::cache::lock::{Lock, try_exclusive};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

const PREFIX: &str = "build-";
const LOCK: &str = ".lock";

/// A directory that goes when this value goes, or, after a kill, when the next build begins.
#[derive(Debug)]
pub(super) struct Workplace {
    dir: TempDir,
    lock_file: PathBuf,
    _held: Lock,
}

impl Workplace {
    /// Makes a directory below `parent`, and removes those there that nobody holds any more. Blocks.
    pub fn new(parent: &Path) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        // Held for a moment only: nobody is to see a directory whose own lock is not taken yet.
        let door = File::create(parent.join(".build.lock"))?;
        door.lock()?;
        sweep(parent)?;
        let dir = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        let lock_file = lock_file(dir.path());
        let held = try_exclusive(&lock_file)?.ok_or_else(|| io::Error::other("a new lock is held"))?;
        door.unlock()?;
        Ok(Self { dir, lock_file, _held: held })
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.lock_file);
    }
}

/// Beside the directory, so that it outlives the removal of the directory that a kill may break off.
fn lock_file(dir: &Path) -> PathBuf {
    let mut name = dir.as_os_str().to_owned();
    name.push(LOCK);
    name.into()
}

fn sweep(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
            continue;
        }
        let dir = if entry.file_type()?.is_dir() { entry.path() } else { entry.path().with_extension("") };
        let lock_file = lock_file(&dir);
        if let Some(_left) = try_exclusive(&lock_file)? {
            ignore_missing(fs::remove_dir_all(&dir))?;
            ignore_missing(fs::remove_file(&lock_file))?;
        }
    }
    Ok(())
}

/// Somebody else may end at the same moment.
fn ignore_missing(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(parent: &Path) -> usize {
        fs::read_dir(parent)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name() != ".build.lock")
            .count()
    }

    #[test]
    fn what_killed_builds_left_goes_and_what_is_held_stays() {
        let parent = TempDir::new().unwrap();
        let held = Workplace::new(parent.path()).unwrap();
        fs::write(held.path().join("x"), "x").unwrap();
        for leftover in ["build-a", "build-b"] {
            fs::create_dir(parent.path().join(leftover)).unwrap();
            fs::write(parent.path().join(leftover).join("x"), "x").unwrap();
        }
        fs::write(parent.path().join("build-b.lock"), "").unwrap();
        fs::write(parent.path().join("build-c.lock"), "").unwrap();
        let next = Workplace::new(parent.path()).unwrap();
        assert_eq!(left(parent.path()), 4, "two directories with their locks");
        assert!(held.path().join("x").exists());
        drop((held, next));
        assert_eq!(left(parent.path()), 0);
    }
}
