use super::RACE_TRIES;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::planted::{Planted, is_planted};
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{BatchOp, ETag, Match, Query, Select, StorageErrorKind};
use blastline_jobs::rows::{CHUNK_LIGHT, ChunkRow, chunk_row_key, difference};

/// Rows that are written in one call: what Azure Tables takes.
const ROWS_A_CALL: usize = 100;

/// A part with the version it was read in.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionedChunk {
    /// The part.
    pub row: ChunkRow,
    /// Its version.
    pub etag: ETag,
}

/// Rows of `jobchunks`.
pub struct ChunkStore<'a> {
    pub(super) deps: &'a Deps,
}

impl ChunkStore<'_> {
    /// Writes a part that was cut; false when another writer cut one at the same query.
    pub async fn insert(&self, row: &ChunkRow) -> EngineResult<bool> {
        if is_planted(Planted::PlanOverwritten) {
            self.deps.tables.upsert(Table::JobChunks, &row.to_entity()).await?;
            return Ok(true);
        }
        match self.deps.tables.insert(Table::JobChunks, &row.to_entity()).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind == StorageErrorKind::AlreadyExists => {
                // A write whose answer was lost is sent again by the client and meets itself.
                let current = self.get(&row.job, row.first_query).await?;
                Ok(current.is_some_and(|current| current.row == *row))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// One part, whole.
    pub async fn get(&self, job: &JobId, first_query: u64) -> EngineResult<Option<VersionedChunk>> {
        let key = chunk_row_key(first_query);
        let stored = self.deps.tables.get(Table::JobChunks, job.as_str(), &key, Select::All).await?;
        Ok(match stored {
            Some(stored) => {
                Some(VersionedChunk { row: ChunkRow::from_entity(&stored.entity)?, etag: stored.etag })
            }
            None => None,
        })
    }

    /// All parts of a job in query order, without offsets and warnings.
    pub async fn list_light(&self, job: &JobId) -> EngineResult<Vec<ChunkRow>> {
        self.list(job, CHUNK_LIGHT).await
    }

    /// All parts of a job in query order, whole.
    pub async fn list_whole(&self, job: &JobId) -> EngineResult<Vec<ChunkRow>> {
        self.list(job, Select::All).await
    }

    /// All parts of a job in query order, without offsets and warnings, each with its version.
    pub async fn list_versions(&self, job: &JobId) -> EngineResult<Vec<VersionedChunk>> {
        let query = Query { select: CHUNK_LIGHT, ..Query::partition(job.as_str()) };
        let stored = self.deps.tables.query_all(Table::JobChunks, &query).await?;
        let versioned = stored.into_iter().map(|stored| {
            Ok(VersionedChunk { row: ChunkRow::from_entity(&stored.entity)?, etag: stored.etag })
        });
        versioned.collect()
    }

    /// Changes parts of a job under the versions in which they were listed, a hundred in one call; those that stay as they
    /// are cost nothing. The closure says whether to write, and sees a fresh row where somebody else was faster. Gives all
    /// parts as they are afterwards.
    pub async fn change_all<F>(&self, known: Vec<VersionedChunk>, change: F) -> EngineResult<Vec<ChunkRow>>
    where
        F: Fn(&mut ChunkRow) -> bool + Send + Sync,
    {
        let (mut rows, mut writes) = (Vec::with_capacity(known.len()), Vec::new());
        for VersionedChunk { row: before, etag } in known {
            let mut after = before.clone();
            if change(&mut after)
                && let Some(patch) = difference(&before.to_entity(), &after.to_entity())
            {
                writes.push((rows.len(), BatchOp::Patch(patch, Match::Version(etag))));
            }
            rows.push(after);
        }
        for some in writes.chunks(ROWS_A_CALL) {
            let ops: Vec<_> = some.iter().map(|(_, op)| op.clone()).collect();
            let Some(job) = rows.first().map(|row| row.job.clone()) else { break };
            match self.deps.tables.batch(Table::JobChunks, job.as_str(), &ops).await {
                Ok(()) => {}
                // All or none: somebody changed one of them. One after the other then, each as it is now.
                Err(error) if error.is_conflict() || error.is_not_found() => {
                    for (place, _) in some {
                        let Some(row) = rows.get_mut(*place) else { continue };
                        if let Some(now) = self.update(&job, row.first_query, &change).await? {
                            *row = now;
                        }
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(rows)
    }

    /// Writes what changed of a part under the version it was read in; `None` when somebody else was faster.
    pub async fn swap(
        &self,
        before: &VersionedChunk,
        after: ChunkRow,
    ) -> EngineResult<Option<VersionedChunk>> {
        let Some(patch) = difference(&before.row.to_entity(), &after.to_entity()) else {
            return Ok(Some(before.clone()));
        };
        let version = match is_planted(Planted::SkippedSwap) {
            true => Match::Any,
            false => Match::Version(before.etag.clone()),
        };
        match self.deps.tables.patch(Table::JobChunks, &patch, &version).await {
            Ok(etag) => Ok(Some(VersionedChunk { row: after, etag })),
            Err(error) if error.kind == StorageErrorKind::LostRace => {
                // A write whose answer was lost is sent again by the client and loses to itself.
                let current = self.get(&after.job, after.first_query).await?;
                Ok(current.filter(|current| current.row == after))
            }
            Err(error) if error.kind == StorageErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Changes a part under its version. The closure sees a fresh row each time and says whether to write. Gives the
    /// part as it is afterwards, `None` when there is none.
    pub async fn update<F>(
        &self,
        job: &JobId,
        first_query: u64,
        mut change: F,
    ) -> EngineResult<Option<ChunkRow>>
    where
        F: FnMut(&mut ChunkRow) -> bool + Send,
    {
        self.change_again(job, first_query, &mut change).await
    }

    /// The same, beginning with a version that is at hand: without a race, one write and no read.
    pub async fn change<F>(&self, known: &VersionedChunk, mut change: F) -> EngineResult<Option<ChunkRow>>
    where
        F: FnMut(&mut ChunkRow) -> bool + Send,
    {
        let mut after = known.row.clone();
        if change(&mut after)
            && let Some(written) = self.swap(known, after).await?
        {
            return Ok(Some(written.row));
        }
        self.change_again(&known.row.job, known.row.first_query, &mut change).await
    }

    async fn change_again<F>(
        &self,
        job: &JobId,
        first_query: u64,
        change: &mut F,
    ) -> EngineResult<Option<ChunkRow>>
    where
        F: FnMut(&mut ChunkRow) -> bool + Send,
    {
        for _ in 0..RACE_TRIES {
            let Some(before) = self.get(job, first_query).await? else { return Ok(None) };
            let mut after = before.row.clone();
            if !change(&mut after) {
                return Ok(Some(before.row));
            }
            if let Some(written) = self.swap(&before, after).await? {
                return Ok(Some(written.row));
            }
        }
        Err(Fault::new(ErrorCode::WriteConflict, "Something else changed this part again and again.").into())
    }

    /// Takes all parts of a job away.
    pub async fn remove_all(&self, job: &JobId) -> EngineResult<()> {
        let query = Query { select: Select::Only(&[]), ..Query::partition(job.as_str()) };
        for stored in self.deps.tables.query_all(Table::JobChunks, &query).await? {
            let key = &stored.entity.rk;
            match self.deps.tables.delete(Table::JobChunks, job.as_str(), key, &Match::Any).await {
                Err(error) if !error.is_not_found() => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    async fn list(&self, job: &JobId, select: Select) -> EngineResult<Vec<ChunkRow>> {
        let query = Query { select, ..Query::partition(job.as_str()) };
        let rows = self.deps.tables.query_all(Table::JobChunks, &query).await?;
        Ok(rows.iter().map(|stored| ChunkRow::from_entity(&stored.entity)).collect::<Result<_, _>>()?)
    }
}
