//! One generation's place in the cache.

use super::{super::manifest::Manifest, is_missing};
use blastline_jobs::database_name::DatabaseRef;
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Where a generation lies, whether it is there or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    dir: PathBuf,
}

impl Entry {
    /// The place of a generation. Both names are checked ones, so that the place is in the cache.
    pub fn of(cache: &Path, database: &DatabaseRef) -> Self {
        Self { dir: cache.join(database.name.as_str()).join(database.generation.as_str()) }
    }

    /// Every generation that is there.
    pub fn all(cache: &Path) -> io::Result<Vec<Self>> {
        let mut entries = Vec::new();
        for name in directories(cache)? {
            entries.extend(directories(&name)?.into_iter().map(|dir| Self { dir }));
        }
        Ok(entries)
    }

    /// Its directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The directory of all generations of its database.
    pub fn parent(&self) -> &Path {
        self.dir.parent().unwrap_or(&self.dir)
    }

    /// Its lock file.
    pub fn lock_file(&self) -> PathBuf {
        // A generation's name has no dot, so that this is nobody's directory.
        self.dir.with_extension("lock")
    }

    /// Whether every file of the manifest is there in its size. Their hashes were checked when they came.
    pub fn is_whole(&self, manifest: &Manifest) -> io::Result<bool> {
        for file in &manifest.files {
            match fs::metadata(self.dir.join(&file.name)) {
                Ok(there) if there.is_file() && there.len() == file.size_bytes => {}
                Ok(_) => return Ok(false),
                Err(error) if is_missing(&error) || error.kind() == io::ErrorKind::NotADirectory => {
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Bytes of its files.
    pub fn size_bytes(&self) -> io::Result<u64> {
        size_of(&self.dir)
    }

    /// When it was used last; long ago where that is not known.
    pub fn last_use(&self) -> SystemTime {
        fs::metadata(self.lock_file()).and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// Takes it away. It is gone at once for everybody, its bytes a little later. The caller holds its exclusive lock
    /// and that of the room.
    pub fn remove(&self, cache: &Path) -> io::Result<()> {
        let trash = cache.join(format!("{TRASH}{}", hex::encode(rand::random::<[u8; 6]>())));
        match fs::rename(&self.dir, &trash) {
            Ok(()) => remove_dir(&trash),
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Begin of the names of evicted generations.
pub(super) const TRASH: &str = ".trash-";

/// Removes a directory with all in it; one that is not there is no error.
pub(super) fn remove_dir(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if !is_missing(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Bytes of the files in a directory; none when it is not there.
pub(super) fn size_of(dir: &Path) -> io::Result<u64> {
    let mut size = 0;
    for file in listed(dir)? {
        match file.metadata() {
            Ok(file) => size += file.len(),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(size)
}

/// The directories in one, those that begin with a dot aside.
fn directories(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in listed(dir)? {
        if entry.file_type()?.is_dir() && !entry.file_name().as_encoded_bytes().starts_with(b".") {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// What is in a directory; nothing when it is not there.
pub(super) fn listed(dir: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(dir) {
        Ok(entries) => entries.collect(),
        Err(error) if is_missing(&error) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
