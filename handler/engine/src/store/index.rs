use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::ids::OwnerId;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{Match, Query, Select, Stored};
use blastline_jobs::rows::{IndexRow, JobRow};
use blastline_jobs::state::Status;
use futures::{StreamExt, TryStreamExt, stream};

/// A page of an owner's jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct JobPage {
    /// The jobs, newest first, deleted ones left out.
    pub jobs: Vec<JobRow>,
    /// Row key to go on from, inclusive; `None` when there is no more.
    pub next: Option<String>,
}

/// Most index rows that one request looks through for jobs of a status.
const MAX_LOOKED_AT: usize = 1000;

/// How many job rows are read at a time.
const READS_AT_A_TIME: usize = 16;

/// Rows of `jobindex`.
pub struct IndexStore<'a> {
    pub(super) deps: &'a Deps,
}

impl IndexStore<'_> {
    /// Lists a job, whether or not it is listed already.
    pub async fn put(&self, row: &IndexRow) -> EngineResult<()> {
        self.deps.tables.upsert(Table::JobIndex, &row.to_entity()).await?;
        Ok(())
    }

    /// Takes a job off its owner's list; one that is not there is no error.
    pub async fn remove(&self, row: &IndexRow) -> EngineResult<()> {
        let entity = row.to_entity();
        match self.deps.tables.delete(Table::JobIndex, &entity.pk, &entity.rk, &Match::Any).await {
            Err(error) if !error.is_not_found() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Whether an owner has a listing under a row key.
    pub async fn has(&self, owner: &OwnerId, row_key: &str) -> EngineResult<bool> {
        let stored =
            self.deps.tables.get(Table::JobIndex, owner.as_str(), row_key, Select::Only(&["job_id"])).await?;
        Ok(stored.is_some())
    }

    /// A page of an owner's jobs from a row key on, at most `limit`, in one status where given.
    pub async fn page(
        &self,
        owner: &OwnerId,
        from: Option<String>,
        limit: usize,
        status: Option<Status>,
    ) -> EngineResult<JobPage> {
        let page_size = u16::try_from((limit + 1).min(500)).unwrap_or(500);
        let query = Query { pk: owner.as_str().to_owned(), from, to: None, select: Select::All, page_size };
        let (mut jobs, mut after, mut looked_at) = (Vec::new(), None, 0);
        loop {
            let page = self.deps.tables.query(Table::JobIndex, &query, after.as_ref()).await?;
            let mut rest = page.rows.as_slice();
            while !rest.is_empty() {
                // What follows a full page is not read but begins the next one, so that what a page costs does not
                // depend on what lies behind it.
                if jobs.len() == limit || looked_at >= MAX_LOOKED_AT {
                    let next = rest.first().map(|stored| stored.entity.rk.clone());
                    return Ok(JobPage { jobs, next });
                }
                let some = rest.len().min(limit - jobs.len()).min(MAX_LOOKED_AT - looked_at);
                let (now, later) = rest.split_at(some);
                jobs.extend(self.jobs_of(now, status).await?);
                looked_at += some;
                rest = later;
            }
            match page.next {
                None => return Ok(JobPage { jobs, next: None }),
                Some(next) => after = Some(next),
            }
        }
    }

    /// The jobs of some entries, those of another status and deleted ones left out.
    async fn jobs_of(&self, entries: &[Stored], status: Option<Status>) -> EngineResult<Vec<JobRow>> {
        let ids = entries.iter().map(|stored| Ok(IndexRow::from_entity(&stored.entity)?.job));
        let ids: Vec<_> = ids.collect::<EngineResult<_>>()?;
        let rows: Vec<Option<JobRow>> = stream::iter(ids)
            .map(|id| async move { self.deps.jobs().summary(&id).await })
            .buffered(READS_AT_A_TIME)
            .try_collect()
            .await?;
        let wanted = |row: &JobRow| {
            row.status() != Status::Deleted && status.is_none_or(|wanted| row.status() == wanted)
        };
        Ok(rows.into_iter().flatten().filter(wanted).collect())
    }
}
