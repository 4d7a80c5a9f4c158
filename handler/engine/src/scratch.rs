//! Temporary files of this process, and the sweeping of what killed processes left.
//!
//! A handler is only ever killed, so nothing can rely on cleaning up at the end. Names carry the process that made
//! them; each handler sweeps at its start what belongs to processes that are gone.

use std::io;
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempDir};

/// What every name of ours begins with.
const MARK: &str = "blastline-";

fn prefix(what: &str) -> String {
    format!("{MARK}{}-{what}-", std::process::id())
}

/// A new folder, which goes with the value.
pub fn dir(scratch: &Path, what: &str) -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(&prefix(what)).tempdir_in(scratch)
}

/// A new file, which goes with the value.
pub fn file(scratch: &Path, what: &str) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(&prefix(what)).tempfile_in(scratch)
}

/// What processes left that are gone.
pub fn left(scratch: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(scratch) else { return Vec::new() };
    let left = entries.flatten().filter(|entry| {
        let name = entry.file_name();
        name.to_str().and_then(maker).is_some_and(|process| !is_alive(process))
    });
    left.map(|entry| entry.path()).collect()
}

/// Removes what processes left that are gone; tells how many things. What cannot be removed stays.
pub fn sweep(scratch: &Path) -> usize {
    let remove = |path: &PathBuf| {
        if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }
    };
    left(scratch).iter().filter(|path| remove(path).is_ok()).count()
}

/// The process that a name carries.
fn maker(name: &str) -> Option<u32> {
    name.strip_prefix(MARK)?.split('-').next()?.parse().ok()
}

fn is_alive(process: u32) -> bool {
    process == std::process::id() || Path::new(&format!("/proc/{process}")).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_swept_and_nothing_else() {
        let scratch = tempfile::tempdir().unwrap();
        let ours = dir(scratch.path(), "part").unwrap();
        // Process ids end far below this on Linux, so that no such process lives.
        let dead = scratch.path().join("blastline-4194999-part-x");
        std::fs::create_dir(&dead).unwrap();
        std::fs::write(dead.join("part.fa"), ">a").unwrap();
        let foreign = scratch.path().join("somebody-elses");
        std::fs::create_dir(&foreign).unwrap();
        assert_eq!(sweep(scratch.path()), 1);
        assert!(ours.path().exists() && foreign.exists() && !dead.exists());
    }
}
