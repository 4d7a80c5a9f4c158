use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{ETag, Match, Query, Select, StorageErrorKind};
use blastline_jobs::rows::{DISPATCH_PARTITION, DispatchRow};

/// A dispatch row with the version it was read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionedDispatch {
    /// The row.
    pub row: DispatchRow,
    /// Its version.
    pub etag: ETag,
}

/// Dispatch rows of `limits`.
pub struct DispatchStore<'a> {
    pub(super) deps: &'a Deps,
}

impl DispatchStore<'_> {
    /// The row of a job.
    pub async fn get(&self, job: &JobId) -> EngineResult<Option<VersionedDispatch>> {
        let stored =
            self.deps.tables.get(Table::Limits, DISPATCH_PARTITION, job.as_str(), Select::All).await?;
        Ok(match stored {
            Some(stored) => {
                Some(VersionedDispatch { row: DispatchRow::from_entity(&stored.entity)?, etag: stored.etag })
            }
            None => None,
        })
    }

    /// The rows of all jobs with parts to release or in flight.
    pub async fn all(&self) -> EngineResult<Vec<DispatchRow>> {
        let rows = self.deps.tables.query_all(Table::Limits, &Query::partition(DISPATCH_PARTITION)).await?;
        Ok(rows.iter().map(|stored| DispatchRow::from_entity(&stored.entity)).collect::<Result<_, _>>()?)
    }

    /// Writes a job's row over the version that was read, or anew; false when somebody else was faster.
    pub async fn put(&self, before: Option<&VersionedDispatch>, row: &DispatchRow) -> EngineResult<bool> {
        let entity = row.to_entity();
        let written = match before {
            Some(before) if before.row == *row => return Ok(true),
            Some(before) => {
                self.deps.tables.patch(Table::Limits, &entity, &Match::Version(before.etag.clone())).await
            }
            None => self.deps.tables.insert(Table::Limits, &entity).await,
        };
        match written {
            Ok(_) => Ok(true),
            Err(error) if error.is_conflict() => {
                // A write whose answer was lost is sent again by the client and loses to itself.
                Ok(self.get(&row.job).await?.is_some_and(|current| current.row == *row))
            }
            Err(error) if error.kind == StorageErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a job's row away; one that is gone is no error.
    pub async fn remove(&self, job: &JobId) -> EngineResult<()> {
        match self.deps.tables.delete(Table::Limits, DISPATCH_PARTITION, job.as_str(), &Match::Any).await {
            Err(error) if !error.is_not_found() => Err(error.into()),
            _ => Ok(()),
        }
    }
}
