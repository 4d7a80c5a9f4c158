//! What goes wrong around the catalogue and publishing.
//!
//! Use: [`DatabaseError`] for rows, manifests and switching; `BuildError` for what a researcher's sequences are
//! refused for; `CacheError` for the local copy. `Display` is for the log; what a person reads is `fault()`.

use super::row::DatabaseState;
use blastline_jobs::{
    blob_path::BlobPathError,
    database_name::{DatabaseName, DatabaseRef},
    error_code::{ErrorCode, Fault},
    ports::{RowError, StorageError, StorageErrorKind},
    retry::RetryClass,
};
use std::io;

/// A database that cannot be told about, read or switched.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// No database has that name.
    #[error("database {name} is not in the catalogue")]
    Unknown {
        /// What was asked for.
        name: DatabaseName,
        /// Names in the catalogue that look alike.
        near: Vec<DatabaseName>,
    },
    /// The database has no such generation (any more).
    #[error("{0} has no manifest")]
    UnknownGeneration(DatabaseRef),
    /// No generation is live yet.
    #[error("database {name} is {state:?}: {detail}")]
    NotReady {
        /// The database.
        name: DatabaseName,
        /// `preparing` or `failed`.
        state: DatabaseState,
        /// Why, in words.
        detail: String,
    },
    /// A manifest that cannot be understood.
    #[error("manifest of {database}: {cause}")]
    DamagedManifest {
        /// Which one.
        database: DatabaseRef,
        /// What is wrong with it.
        cause: String,
    },
    /// Somebody else began to prepare the same database later; theirs counts.
    #[error("another preparation of {0} took over")]
    Superseded(DatabaseName),
    /// What was uploaded does not read back as it was.
    #[error("{database}: {file} does not read back as it was written")]
    UploadDiffers {
        /// Which generation.
        database: DatabaseRef,
        /// Which file.
        file: String,
    },
    /// Somebody else wrote the row in between, again and again.
    #[error("the row of {0} changed at each attempt")]
    Contended(DatabaseName),
    /// A row that cannot be understood.
    #[error(transparent)]
    Row(#[from] RowError),
    /// A name that no blob can have.
    #[error(transparent)]
    Path(#[from] BlobPathError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A local file failed.
    #[error("local file: {0}")]
    LocalFile(#[from] io::Error),
}

impl DatabaseError {
    /// Whether and why trying again may help.
    pub fn retry_class(&self) -> RetryClass {
        match self {
            Self::Unknown { .. }
            | Self::UnknownGeneration(_)
            | Self::DamagedManifest { .. }
            | Self::Row(_)
            | Self::Path(_)
            | Self::Superseded(_) => RetryClass::Permanent,
            Self::NotReady { state: DatabaseState::Failed, .. } => RetryClass::Permanent,
            Self::NotReady { .. } | Self::UploadDiffers { .. } => RetryClass::Transient,
            Self::Contended(_) => RetryClass::Conflict,
            Self::Storage(error) => storage_class(error),
            Self::LocalFile(error) => io_class(error),
        }
    }

    /// What a person is told.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Unknown { name, near } => {
                let fault =
                    Fault::new(ErrorCode::DatabaseNotFound, format!("There is no database “{name}”."));
                match near.as_slice() {
                    [] => fault,
                    near => {
                        let names: Vec<_> = near.iter().map(|name| format!("“{name}”")).collect();
                        fault.with_hint(format!("Did you mean {}?", names.join(" or ")))
                    }
                }
            }
            Self::UnknownGeneration(database) => Fault::new(
                ErrorCode::DatabaseNotFound,
                format!("The database “{}” has no version {}.", database.name, database.generation),
            )
            .with_hint("Leave the version out to search the current one."),
            Self::NotReady { name, state, detail } => {
                let state = match state {
                    DatabaseState::Failed => "could not be prepared",
                    DatabaseState::Preparing | DatabaseState::Ready => "is still being prepared",
                };
                let colon = if detail.is_empty() { "." } else { ": " };
                Fault::new(
                    ErrorCode::DatabaseNotReady,
                    format!("The database “{name}” {state}{colon}{detail}"),
                )
            }
            Self::DamagedManifest { database, .. } => {
                Fault::new(ErrorCode::InternalError, format!("The description of {database} is damaged."))
                    .with_hint("Ask an operator to prepare the database again.")
            }
            Self::Superseded(name) | Self::Contended(name) => Fault::new(
                ErrorCode::WriteConflict,
                format!("Somebody else prepares the database “{name}” at the same time."),
            ),
            Self::UploadDiffers { database, .. } => Fault::new(
                ErrorCode::StorageUnavailable,
                format!("A file of {database} did not reach storage whole."),
            ),
            Self::Row(_) | Self::Path(_) => {
                Fault::new(ErrorCode::InternalError, "The list of databases could not be read.")
            }
            Self::Storage(error) => storage_fault(error),
            Self::LocalFile(error) => io_fault(error),
        }
    }
}

/// Class of a failed storage call.
pub(super) fn storage_class(error: &StorageError) -> RetryClass {
    match error.kind {
        StorageErrorKind::Throttled => RetryClass::Capacity,
        StorageErrorKind::LostRace | StorageErrorKind::AlreadyExists => RetryClass::Conflict,
        StorageErrorKind::Unavailable | StorageErrorKind::LocalFile => RetryClass::Transient,
        StorageErrorKind::NotFound
        | StorageErrorKind::TooLarge
        | StorageErrorKind::Invalid
        | StorageErrorKind::Denied
        | StorageErrorKind::Corrupt => RetryClass::Permanent,
    }
}

/// What a person is told of a failed storage call.
pub(super) fn storage_fault(error: &StorageError) -> Fault {
    match error.kind {
        StorageErrorKind::Throttled => {
            Fault::new(ErrorCode::StorageThrottled, "Storage asked to wait while a database was read.")
        }
        StorageErrorKind::LostRace | StorageErrorKind::AlreadyExists => {
            Fault::new(ErrorCode::WriteConflict, "A database changed while it was written.")
        }
        StorageErrorKind::Unavailable => Fault::new(
            ErrorCode::StorageUnavailable,
            "Storage did not answer while a database was read or written.",
        ),
        StorageErrorKind::LocalFile
        | StorageErrorKind::NotFound
        | StorageErrorKind::TooLarge
        | StorageErrorKind::Invalid
        | StorageErrorKind::Denied
        | StorageErrorKind::Corrupt => {
            Fault::new(ErrorCode::InternalError, "A database could not be read or written.")
        }
    }
}

/// Class of a failed local file call.
pub(super) fn io_class(error: &io::Error) -> RetryClass {
    if is_disk_full(error) { RetryClass::Capacity } else { RetryClass::Transient }
}

/// What a person is told of a failed local file call.
pub(super) fn io_fault(error: &io::Error) -> Fault {
    if is_disk_full(error) {
        Fault::new(ErrorCode::DiskFull, "The disk ran full while a database was prepared.")
    } else {
        Fault::new(ErrorCode::InternalError, "A local file of a database could not be read or written.")
    }
}

pub(super) fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
