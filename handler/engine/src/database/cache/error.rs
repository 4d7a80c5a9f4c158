//! Why a generation is not on the local disk.

use super::super::error::{io_class, io_fault, storage_class, storage_fault};
use blastline_jobs::{
    blob_path::BlobPathError,
    database_name::DatabaseRef,
    error_code::{ErrorCode, Fault},
    ports::StorageError,
    retry::RetryClass,
};
use std::io;

/// A generation that could not be put on the local disk. `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// It is larger than the whole cache.
    #[error("{size_bytes} bytes do not fit a cache of {max_bytes}")]
    TooLarge {
        /// Bytes of the generation.
        size_bytes: u64,
        /// Bytes that the cache may hold.
        max_bytes: u64,
    },
    /// What is in use leaves no room.
    #[error("{size_bytes} bytes are needed, {in_use_bytes} of {limit_bytes} are in use")]
    NoRoom {
        /// Bytes of the generation.
        size_bytes: u64,
        /// Bytes of generations that are in use or being fetched.
        in_use_bytes: u64,
        /// Bytes that the cache may hold, or the disk has for it.
        limit_bytes: u64,
    },
    /// The stored file is not what the manifest says, fetched twice.
    #[error("{database}: stored file {file}: {problem}")]
    Damaged {
        /// The generation.
        database: DatabaseRef,
        /// The file.
        file: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// It was evicted again and again before it could be used: the cache is too small for what runs.
    #[error("{0} was evicted at each attempt")]
    Contended(DatabaseRef),
    /// A name that no blob can have.
    #[error(transparent)]
    Path(#[from] BlobPathError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A local file failed.
    #[error("cache: {0}")]
    LocalFile(#[from] io::Error),
}

impl CacheError {
    /// Whether and why trying again may help.
    pub fn retry_class(&self) -> RetryClass {
        match self {
            Self::TooLarge { .. } | Self::Damaged { .. } | Self::Path(_) => RetryClass::Permanent,
            Self::NoRoom { .. } | Self::Contended(_) => RetryClass::Capacity,
            Self::Storage(error) => storage_class(error),
            Self::LocalFile(error) => io_class(error),
        }
    }

    /// What a person is told.
    pub fn fault(&self) -> Fault {
        match self {
            Self::TooLarge { size_bytes, max_bytes } => Fault::new(
                ErrorCode::DatabaseTooLarge,
                format!(
                    "The database has {}, but this machine keeps databases of up to {}.",
                    in_words(*size_bytes),
                    in_words(*max_bytes)
                ),
            ),
            Self::NoRoom { size_bytes, in_use_bytes, limit_bytes } => Fault::new(
                ErrorCode::DiskFull,
                format!(
                    "The database needs {}, but of {} on this machine {} are in use by other searches.",
                    in_words(*size_bytes),
                    in_words(*limit_bytes),
                    in_words(*in_use_bytes)
                ),
            )
            .with_hint("It is tried again when other searches have ended."),
            Self::Contended(database) => Fault::new(
                ErrorCode::DiskFull,
                format!("There was no lasting room for the database “{}” on this machine.", database.name),
            )
            .with_hint("It is tried again when other searches have ended."),
            Self::Damaged { database, .. } => Fault::new(
                ErrorCode::DatabaseNotReady,
                format!("The stored files of the database “{}” are damaged.", database.name),
            )
            .with_hint("Ask an operator to prepare the database again."),
            Self::Path(_) => Fault::new(ErrorCode::InternalError, "A database could not be fetched."),
            Self::Storage(error) if is_full(error) => {
                Fault::new(ErrorCode::DiskFull, "The disk ran full while a database was fetched.")
            }
            Self::Storage(error) => storage_fault(error),
            Self::LocalFile(error) => io_fault(error),
        }
    }
}

/// Storage passes on a full disk in the system's words only.
fn is_full(error: &StorageError) -> bool {
    error.cause.contains("No space left on device")
}

/// Bytes for a sentence, three digits at the most before the unit.
fn in_words(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    let (mut value, mut unit) = (bytes, 0);
    let mut rest = 0;
    while value >= 1000 && unit + 1 < UNITS.len() {
        (value, rest, unit) = (value / 1000, value % 1000 / 100, unit + 1);
    }
    if unit == 0 { format!("{value} {}", UNITS[0]) } else { format!("{value}.{rest} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn sizes_are_short() {
        let words = [0, 999, 1000, 1_550_000, 2_000_000_000, u64::MAX].map(in_words);
        assert_eq!(words, ["0 bytes", "999 bytes", "1.0 kB", "1.5 MB", "2.0 GB", "18446744.0 TB"]);
    }
}
