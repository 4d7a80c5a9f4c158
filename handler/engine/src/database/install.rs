//! From FASTA to a live database in one call, and nothing at all when it is live already.

use super::{BuildError, BuildRequest, DatabaseError, Manifest, Prepared, Publisher};
use blastline_jobs::{error_code::Fault, ports::Children, retry::RetryClass};
use std::{path::Path, sync::Arc};
use time::OffsetDateTime;

/// What an installation did.
#[derive(Debug, Clone, PartialEq)]
pub enum Installed {
    /// The same content with the same texts was live already; nothing was changed.
    AlreadyLive,
    /// The same content had been published before and is live now, with new texts.
    Switched(Manifest),
    /// A new generation was built and is live.
    Built(Manifest),
}

/// An installation that failed. `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The database was not built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// It was not published.
    #[error(transparent)]
    Publish(#[from] DatabaseError),
}

impl InstallError {
    /// Whether and why trying again may help.
    pub fn retry_class(&self) -> RetryClass {
        match self {
            Self::Build(error) => error.retry_class(),
            Self::Publish(error) => error.retry_class(),
        }
    }

    /// What a person is told.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Build(error) => error.fault(),
            Self::Publish(error) => error.fault(),
        }
    }
}

/// Checks, builds, publishes. A failure is written into the catalogue, where people see it. Repeatable; a generation
/// that is live already is not built again. `work_dir` needs room for the sequences, plain, and the database;
/// `bin_dir` is where BLAST+ lies when it is not on the path.
pub async fn install(
    request: BuildRequest,
    children: Arc<dyn Children>,
    work_dir: &Path,
    bin_dir: Option<&Path>,
    publisher: &Publisher,
) -> Result<Installed, InstallError> {
    let (name, title) = (request.name.clone(), request.title.clone());
    let (description, molecule) = (request.description.clone(), request.molecule);
    let prepared = Prepared::check(request, work_dir).await;
    if let Ok(prepared) = &prepared
        && let Some(entry) = publisher.live_entry(&prepared.database()).await?
        && entry.is_described_by(&prepared.description(OffsetDateTime::UNIX_EPOCH))
    {
        return Ok(Installed::AlreadyLive);
    }
    let ticket = publisher.mark_preparing(&name, &title, &description, molecule).await?;
    let work = async {
        let prepared = prepared?;
        let description = prepared.description(OffsetDateTime::now_utc());
        if let Some(manifest) = publisher.publish_existing(&ticket, &description).await? {
            return Ok(Installed::Switched(manifest));
        }
        let built = prepared.build(&*children, bin_dir, OffsetDateTime::now_utc()).await?;
        Ok(Installed::Built(publisher.publish(&ticket, &built).await?))
    };
    let done: Result<Installed, InstallError> = work.await;
    if let Err(failed) = &done
        && let Err(error) = publisher.mark_failed(&ticket, &failed.fault().detail).await
    {
        tracing::error!(%name, %error, %failed, "the failure of a database could not be written down");
    }
    done
}
