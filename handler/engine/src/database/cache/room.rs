//! Counting and making room. Everything here blocks, and is done under the room's lock, which the caller holds.

use super::{
    CacheError,
    entry::{Entry, TRASH, listed, remove_dir, size_of},
    is_missing,
    lock::{Lock, try_exclusive},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Space of the disk that is left to others, in bytes.
const SPARE_BYTES: u64 = 64 << 20;

const INCOMING: &str = ".incoming-";
const LOCK: &str = ".lock";

/// The lock file of the room.
pub(super) fn lock_file(cache: &Path) -> PathBuf {
    cache.join(".room.lock")
}

/// A download's directory and the room that is reserved for it. Dropping it gives both back.
#[derive(Debug)]
pub(super) struct Incoming {
    dir: PathBuf,
    reservation: PathBuf,
    _held: Lock,
}

impl Incoming {
    /// Where the files go.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // What cannot be removed now is nobody's any more, and goes at the next count.
        let _ = remove_dir(&self.dir);
        let _ = fs::remove_file(&self.reservation);
    }
}

/// Makes room for `size_bytes` by evicting what was not used for longest, and reserves it. `own` is the entry to be
/// fetched, whose lock the caller holds.
pub(super) fn reserve(
    cache: &Path,
    own: &Entry,
    size_bytes: u64,
    max_bytes: u64,
) -> Result<Incoming, CacheError> {
    let coming = sweep(cache)?;
    let mut entries = Vec::new();
    for entry in Entry::all(cache)? {
        entries.push((entry.last_use(), entry.size_bytes()?, entry));
    }
    entries.sort_by_key(|(last_use, ..)| *last_use);
    let mut used: u64 = coming.reserved + entries.iter().map(|(_, size, _)| size).sum::<u64>();
    let limit = max_bytes.min(disk_bytes(cache)?.saturating_add(used - coming.reserved + coming.arrived));
    for (_, size, entry) in entries {
        if used.saturating_add(size_bytes) <= limit {
            break;
        }
        if entry == *own {
            continue;
        }
        // Nobody waits for a lock while holding the room's, so that none can wait for each other.
        if let Some(_alone) = try_exclusive(&entry.lock_file())? {
            entry.remove(cache)?;
            used -= size;
        }
    }
    if used.saturating_add(size_bytes) > limit {
        return Err(CacheError::NoRoom { size_bytes, in_use_bytes: used, limit_bytes: limit });
    }
    Ok(incoming(cache, size_bytes)?)
}

fn incoming(cache: &Path, size_bytes: u64) -> io::Result<Incoming> {
    let random = hex::encode(rand::random::<[u8; 6]>());
    let dir = cache.join(format!("{INCOMING}{}-{random}", std::process::id()));
    let reservation = dir.with_extension("lock");
    // Locked before the room is given back, so that it never looks left over.
    let held = try_exclusive(&reservation)?.ok_or_else(|| io::Error::other("a new lock is held"))?;
    fs::write(&reservation, size_bytes.to_string())?;
    fs::create_dir(&dir)?;
    Ok(Incoming { dir, reservation, _held: held })
}

/// Bytes of downloads under way.
#[derive(Default)]
pub(super) struct Coming {
    reserved: u64,
    arrived: u64,
}

/// What nobody holds: downloads whose lock is free, and evicted generations. Nothing while another counts or makes room,
/// which takes them away.
pub(super) fn leftovers(cache: &Path) -> io::Result<Vec<PathBuf>> {
    let mut left = Vec::new();
    if !cache.is_dir() {
        return Ok(left);
    }
    let Some(_room) = try_exclusive(&lock_file(cache))? else { return Ok(left) };
    for entry in listed(cache)? {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let reservation = match name.strip_suffix(LOCK) {
            Some(_) => entry.path(),
            None => cache.join(format!("{name}{LOCK}")),
        };
        let held =
            name.starts_with(INCOMING) && reservation.exists() && try_exclusive(&reservation)?.is_none();
        if (name.starts_with(INCOMING) && !held) || name.starts_with(TRASH) {
            left.push(entry.path());
        }
    }
    Ok(left)
}

/// Removes what killed processes left and counts what is under way.
pub(super) fn sweep(cache: &Path) -> io::Result<Coming> {
    let mut coming = Coming::default();
    let mut live = Vec::new();
    let names: Vec<_> =
        listed(cache)?.into_iter().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    for name in &names {
        let Some(download) = name.strip_suffix(LOCK).filter(|name| name.starts_with(INCOMING)) else {
            continue;
        };
        let (reservation, dir) = (cache.join(name), cache.join(download));
        if try_exclusive(&reservation)?.is_some() {
            remove_dir(&dir)?;
            fs::remove_file(&reservation)
                .or_else(|error| if is_missing(&error) { Ok(()) } else { Err(error) })?;
        } else {
            let reserved = fs::read_to_string(&reservation).ok().and_then(|text| text.parse().ok());
            let arrived = size_of(&dir)?;
            coming.reserved += reserved.unwrap_or(arrived);
            coming.arrived += arrived;
            live.push(download);
        }
    }
    for name in &names {
        let left = name.starts_with(INCOMING) && !name.ends_with(LOCK) && !live.contains(&name.as_str());
        if left || name.starts_with(TRASH) {
            remove_dir(&cache.join(name))?;
        }
    }
    Ok(coming)
}

/// Bytes that the disk still has for us.
fn disk_bytes(cache: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(cache)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize).saturating_sub(SPARE_BYTES))
}
