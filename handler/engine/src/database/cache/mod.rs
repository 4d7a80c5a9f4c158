//! Generations on the local disk, fetched once per machine and shared by its processes.
//!
//! ```text
//! {dir}/{name}/{generation}/…            the files, whole or not there
//! {dir}/{name}/{generation}.lock         shared while in use, exclusive to fetch or evict; its mtime is the last use
//! {dir}/.room.lock                       exclusive while room is counted and made
//! {dir}/.incoming-{pid}-{random}/        a download under way
//! {dir}/.incoming-{pid}-{random}.lock    held while it is; holds the bytes that it reserves
//! {dir}/.trash-{random}/                 an evicted generation on its way out
//! ```
//! The kernel drops the locks of a killed process, so what nobody holds is left-over and goes at the next count. Lock
//! files stay: deleting one would let two processes hold "the" lock. A process may be killed anywhere; a download
//! becomes a generation by one rename.

mod entry;
mod error;
mod fetch;
pub(super) mod lock;
mod room;
#[cfg(test)]
mod tests;

pub use error::CacheError;

use super::{digest::off_runtime, manifest::Manifest};
use blastline_jobs::{database_name::DatabaseRef, ports::Blobs};
use entry::Entry;
use lock::Lock;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

/// How often an entry that was whole a moment ago may be evicted before it could be taken, until that is an error.
const ATTEMPTS: usize = 5;

/// The cache of this machine. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cache {
    dir: Arc<Path>,
    max_bytes: u64,
}

/// A generation on the local disk that stays there as long as this value lives.
#[derive(Debug)]
pub struct CachedDatabase {
    dir: PathBuf,
    in_use: Lock,
}

impl CachedDatabase {
    /// Its directory: what `BLASTDB` is set to, so that `-db <name>` finds it and no local path reaches a result.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

impl Drop for CachedDatabase {
    fn drop(&mut self) {
        // The end of a use counts as use; a mark that fails only makes the entry look older.
        let _ = self.in_use.file().set_modified(SystemTime::now());
    }
}

impl Cache {
    /// A cache in a directory of its own, which is created when it is needed; all processes of a machine are to give
    /// the same two values. `max_bytes` bounds the files of databases, downloads under way included.
    pub fn new(dir: PathBuf, max_bytes: u64) -> Self {
        Self { dir: dir.into(), max_bytes }
    }

    /// Refuses what cannot fit even into an empty cache, with the numbers.
    pub fn fits(&self, size_bytes: u64) -> Result<(), CacheError> {
        if size_bytes <= self.max_bytes {
            return Ok(());
        }
        Err(CacheError::TooLarge { size_bytes, max_bytes: self.max_bytes })
    }

    /// Gives a generation's local directory, fetching it when it is not there or damaged. Of several callers, in this
    /// and other processes, one fetches and the others wait. May be dropped at any time.
    pub async fn acquire(
        &self,
        manifest: &Manifest,
        blobs: &dyn Blobs,
    ) -> Result<CachedDatabase, CacheError> {
        self.fits(manifest.size_bytes())?;
        let entry = Entry::of(&self.dir, &manifest.database());
        fs::create_dir_all(entry.parent())?;
        for _ in 0..ATTEMPTS {
            if let Some(cached) = self.take(&entry, manifest).await? {
                return Ok(cached);
            }
            let alone = lock::exclusive(&entry.lock_file()).await?;
            // Whoever held the lock before may have fetched it.
            if !entry.is_whole(manifest)? {
                self.fetch(&entry, manifest, blobs).await?;
            }
            // Not downgraded but taken anew: the kernel releases in between in either case.
            drop(alone);
        }
        Err(CacheError::Contended(manifest.database()))
    }

    /// Puts a generation out of the cache so that it is fetched anew, for one whose files turn out to be damaged.
    /// `false` when it is in use.
    pub async fn discard(&self, database: &DatabaseRef) -> Result<bool, CacheError> {
        let entry = Entry::of(&self.dir, database);
        fs::create_dir_all(entry.parent())?;
        let Some(_alone) = lock::try_exclusive(&entry.lock_file())? else { return Ok(false) };
        let room = lock::exclusive(&room::lock_file(&self.dir)).await?;
        let dir = Arc::clone(&self.dir);
        off_runtime(move || {
            entry.remove(&dir)?;
            drop(room);
            Ok(true)
        })
        .await
        .map_err(CacheError::from)
    }

    /// What killed processes left: downloads that nobody holds and evicted generations on their way out.
    pub fn leftovers(&self) -> io::Result<Vec<PathBuf>> {
        room::leftovers(&self.dir)
    }

    /// Removes what killed processes left.
    pub async fn sweep(&self) -> io::Result<()> {
        let room = lock::exclusive(&room::lock_file(&self.dir)).await?;
        let dir = Arc::clone(&self.dir);
        off_runtime(move || {
            room::sweep(&dir)?;
            drop(room);
            Ok(())
        })
        .await
    }

    async fn take(&self, entry: &Entry, manifest: &Manifest) -> Result<Option<CachedDatabase>, CacheError> {
        let in_use = lock::shared(&entry.lock_file()).await?;
        if !entry.is_whole(manifest)? {
            return Ok(None);
        }
        in_use.file().set_modified(SystemTime::now())?;
        Ok(Some(CachedDatabase { dir: entry.dir().to_owned(), in_use }))
    }

    /// Fetches an entry whose exclusive lock the caller holds.
    async fn fetch(&self, entry: &Entry, manifest: &Manifest, blobs: &dyn Blobs) -> Result<(), CacheError> {
        let size_bytes = manifest.size_bytes();
        let (dir, max_bytes, own) = (Arc::clone(&self.dir), self.max_bytes, entry.clone());
        let room = lock::exclusive(&room::lock_file(&self.dir)).await?;
        let incoming = off_runtime(move || {
            // What is there in its place is damaged.
            own.remove(&dir)?;
            let reserved = room::reserve(&dir, &own, size_bytes, max_bytes);
            drop(room);
            Ok(reserved)
        })
        .await??;
        fetch::into_dir(incoming.dir(), manifest, blobs).await?;
        let room = lock::exclusive(&room::lock_file(&self.dir)).await?;
        let target = entry.dir().to_owned();
        off_runtime(move || {
            // Under the lock, so that its bytes are never counted twice or not at all.
            fs::rename(incoming.dir(), &target)?;
            drop(incoming);
            drop(room);
            Ok(())
        })
        .await?;
        Ok(())
    }
}

/// Whether an error says that something is not there.
fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}
