use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{Match, Query, Select};
use blastline_jobs::rows::ActiveRow;
use blastline_jobs::timing::TaskType;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// Rows of `active`, the reconciler's worklist.
pub struct ActiveStore<'a> {
    pub(super) deps: &'a Deps,
}

impl ActiveStore<'_> {
    /// Writes an entry, over one of the same time.
    pub async fn insert(&self, row: &ActiveRow) -> EngineResult<()> {
        self.deps.tables.upsert(Table::Active, &row.to_entity()).await?;
        Ok(())
    }

    /// The earliest entry of each task of a kind. Grows with the tasks that are on the worklist.
    pub async fn all(&self, task: TaskType) -> EngineResult<BTreeMap<JobId, ActiveRow>> {
        let mut found = BTreeMap::new();
        for stored in self.deps.tables.query_all(Table::Active, &Query::partition(task.as_str())).await? {
            let row = ActiveRow::from_entity(task, &stored.entity)?;
            found.entry(row.id.clone()).or_insert(row);
        }
        Ok(found)
    }

    /// Whether a task has another entry than its one that was put off.
    pub async fn has_other(&self, task: TaskType, id: &JobId) -> EngineResult<bool> {
        let rows = self.deps.tables.query_all(Table::Active, &Query::partition(task.as_str())).await?;
        for stored in rows {
            let row = ActiveRow::from_entity(task, &stored.entity)?;
            if row.id == *id && !row.put_off {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes an entry away; one that is gone is no error.
    pub async fn remove(&self, row: &ActiveRow) -> EngineResult<()> {
        match self.deps.tables.delete(Table::Active, row.task.as_str(), &row.row_key(), &Match::Any).await {
            Err(error) if !error.is_not_found() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Entries of a kind that are due at a moment, the longest due first, at most `limit` (1 to 1,000).
    pub async fn due(&self, task: TaskType, now: OffsetDateTime, limit: u16) -> EngineResult<Vec<ActiveRow>> {
        let query = Query {
            pk: task.as_str().to_owned(),
            from: None,
            to: Some(ActiveRow::due_before(now)),
            select: Select::All,
            page_size: limit,
        };
        let mut rows = Vec::new();
        let mut after = None;
        while rows.len() < usize::from(limit) {
            let page = self.deps.tables.query(Table::Active, &query, after.as_ref()).await?;
            for stored in &page.rows {
                match ActiveRow::from_entity(task, &stored.entity) {
                    Ok(row) => rows.push(row),
                    Err(error) => tracing::error!(%error, "entry of the worklist cannot be read"),
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        rows.truncate(usize::from(limit));
        Ok(rows)
    }
}
