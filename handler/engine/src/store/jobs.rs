use super::RACE_TRIES;
use crate::deps::Deps;
use crate::error::{EngineError, EngineResult};
use crate::planted::{Planted, is_planted};
use blastline_azure::{PayloadError, PayloadRef, Payloads};
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{ETag, Match, Select, StorageErrorKind, Stored};
use blastline_jobs::rows::{CURRENT, JOB_STATE, JOB_SUMMARY, JobPayload, JobRow, difference};
use std::sync::Arc;

/// Whether a job was made or was there already.
#[derive(Debug, Clone, PartialEq)]
pub enum Created {
    /// It was made.
    New,
    /// A job of this id was there; this is its summary.
    Existing(Box<JobRow>),
}

/// A job with the version it was read or written in.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionedJob {
    /// The job, without its payload.
    pub row: JobRow,
    /// Its version.
    pub etag: ETag,
}

/// Rows of `jobstate`.
pub struct JobStore<'a> {
    pub(super) deps: &'a Deps,
}

impl JobStore<'_> {
    /// Writes a job's row. The insert decides between two requests for the same id. The worklist entry is there before
    /// it, listing and message follow (`serverless::accept`).
    pub async fn create(&self, row: &JobRow, payload: &JobPayload) -> EngineResult<Created> {
        let text = serde_json::to_string(payload).map_err(|e| EngineError::Internal(e.to_string()))?;
        let mut row = row.clone();
        let stored = self.payloads().store(row.id.as_str(), "payload", &text).await.map_err(payload_error)?;
        row.payload = Some(stored.to_property());
        match self.deps.tables.insert(Table::JobState, &row.to_entity()).await {
            Ok(_) => Ok(Created::New),
            Err(error) if error.kind == StorageErrorKind::AlreadyExists => {
                let existing = self.summary(&row.id).await?.ok_or(EngineError::Storage(error))?;
                // An insert whose answer was lost is sent again by the client and meets itself.
                let is_ours =
                    existing.created_at == row.created_at && existing.query_digest == row.query_digest;
                Ok(if is_ours { Created::New } else { Created::Existing(Box::new(existing)) })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A job without payload and steps.
    pub async fn summary(&self, id: &JobId) -> EngineResult<Option<JobRow>> {
        self.read(id, JOB_SUMMARY).await
    }

    /// A job without its payload.
    pub async fn state(&self, id: &JobId) -> EngineResult<Option<JobRow>> {
        self.read(id, JOB_STATE).await
    }

    /// A job without its payload, with its version.
    pub async fn versioned(&self, id: &JobId) -> EngineResult<Option<VersionedJob>> {
        let stored = self.deps.tables.get(Table::JobState, id.as_str(), CURRENT, JOB_STATE).await?;
        let read = |stored: Stored| -> EngineResult<VersionedJob> {
            Ok(VersionedJob { row: JobRow::from_entity(&stored.entity)?, etag: stored.etag })
        };
        stored.map(read).transpose()
    }

    /// A job with its version and its payload, in one read where the row holds that.
    pub async fn whole(&self, id: &JobId) -> EngineResult<Option<(VersionedJob, JobPayload)>> {
        let stored = self.deps.tables.get(Table::JobState, id.as_str(), CURRENT, Select::All).await?;
        let Some(stored) = stored else { return Ok(None) };
        let mut row = JobRow::from_entity(&stored.entity)?;
        row.payload = None;
        let payload = self.load_payload(id, stored.entity.get_text("payload_json")?).await?;
        Ok(Some((VersionedJob { row, etag: stored.etag }, payload)))
    }

    /// A job's payload.
    pub async fn payload(&self, id: &JobId) -> EngineResult<JobPayload> {
        let stored = self
            .deps
            .tables
            .get(Table::JobState, id.as_str(), CURRENT, Select::Only(&["payload_json"]))
            .await?;
        let entity = stored.ok_or_else(|| EngineError::Internal(format!("{id} has no row")))?.entity;
        self.load_payload(id, entity.get_text("payload_json")?).await
    }

    /// A job's payload as it is stored, whoever wrote it.
    pub async fn payload_text(&self, id: &JobId) -> EngineResult<String> {
        let select = Select::Only(&["payload_json"]);
        let stored = self.deps.tables.get(Table::JobState, id.as_str(), CURRENT, select).await?;
        let property = match &stored {
            Some(stored) => stored.entity.get_text("payload_json")?,
            None => "",
        };
        let stored = PayloadRef::from_property(property)?;
        self.payloads().load(&stored).await.map_err(payload_error)
    }

    async fn load_payload(&self, id: &JobId, property: &str) -> EngineResult<JobPayload> {
        let stored = PayloadRef::from_property(property)?;
        let text = self.payloads().load(&stored).await.map_err(payload_error)?;
        JobRow::parse_payload(&text).map_err(|e| EngineError::Internal(format!("payload of {id}: {e}")))
    }

    /// As [`Self::update`], beginning with a version that is at hand: without a race, one write and no read. The row at
    /// hand is the one that was written afterwards.
    pub async fn change<F>(&self, known: &mut VersionedJob, mut change: F) -> EngineResult<Option<JobRow>>
    where
        F: FnMut(&mut JobRow) -> EngineResult<bool> + Send,
    {
        let mut after = known.row.clone();
        if !change(&mut after)? {
            return Ok(Some(after));
        }
        after.updated_at = self.deps.clock.now();
        let Some(patch) = difference(&known.row.to_entity(), &after.to_entity()) else {
            return Ok(Some(after));
        };
        match self.deps.tables.patch(Table::JobState, &patch, &Match::Version(known.etag.clone())).await {
            Ok(etag) => {
                *known = VersionedJob { row: after.clone(), etag };
                Ok(Some(after))
            }
            Err(error) if matches!(error.kind, StorageErrorKind::LostRace | StorageErrorKind::NotFound) => {
                let id = known.row.id.clone();
                // Against itself, where its answer was lost, or against another.
                let lost = (error.kind == StorageErrorKind::LostRace).then_some(after);
                let row = self.update_unless(&id, lost, change).await?;
                if let Some(row) = &row {
                    row.clone_into(&mut known.row);
                }
                Ok(row)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Changes a job under its version. The closure may run several times, on a fresh row each time; it returns whether
    /// there is something to write. Gives the row as it is afterwards, `None` when there is no such job.
    pub async fn update<F>(&self, id: &JobId, change: F) -> EngineResult<Option<JobRow>>
    where
        F: FnMut(&mut JobRow) -> EngineResult<bool> + Send,
    {
        self.update_unless(id, None, change).await
    }

    /// The same; `lost` is what an earlier write of ours would have made of the row, should its answer have been lost.
    async fn update_unless<F>(
        &self,
        id: &JobId,
        mut lost: Option<JobRow>,
        mut change: F,
    ) -> EngineResult<Option<JobRow>>
    where
        F: FnMut(&mut JobRow) -> EngineResult<bool> + Send,
    {
        for _ in 0..RACE_TRIES {
            let Some(stored) = self.deps.tables.get(Table::JobState, id.as_str(), CURRENT, JOB_STATE).await?
            else {
                return Ok(None);
            };
            let before = JobRow::from_entity(&stored.entity)?;
            if lost.as_ref() == Some(&before) {
                // Our own write, whose answer was lost.
                return Ok(Some(before));
            }
            let mut after = before.clone();
            if !change(&mut after)? {
                return Ok(Some(before));
            }
            after.updated_at = self.deps.clock.now();
            let Some(patch) = difference(&before.to_entity(), &after.to_entity()) else {
                return Ok(Some(before));
            };
            let version = match is_planted(Planted::UnguardedPatch) {
                true => Match::Any,
                false => Match::Version(stored.etag),
            };
            match self.deps.tables.patch(Table::JobState, &patch, &version).await {
                Ok(_) => return Ok(Some(after)),
                Err(error) if error.kind == StorageErrorKind::LostRace => lost = Some(after),
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::new(ErrorCode::WriteConflict, "Something else changed this search again and again.")
            .into())
    }

    async fn read(&self, id: &JobId, select: Select) -> EngineResult<Option<JobRow>> {
        let stored = self.deps.tables.get(Table::JobState, id.as_str(), CURRENT, select).await?;
        Ok(stored.map(|stored| JobRow::from_entity(&stored.entity)).transpose()?)
    }

    fn payloads(&self) -> Payloads {
        Payloads::new(Arc::clone(&self.deps.blobs))
    }
}

fn payload_error(error: PayloadError) -> EngineError {
    match error {
        PayloadError::Storage(error) => EngineError::Storage(error),
        PayloadError::Name(_) | PayloadError::Gone { .. } | PayloadError::NotText { .. } => {
            EngineError::Internal(error.to_string())
        }
    }
}
