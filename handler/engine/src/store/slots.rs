use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{Match, Query};
use blastline_jobs::rows::SlotRow;

/// Lines in front of clusters: one row for each search that wants to be, or is being, submitted.
pub struct SlotStore<'a> {
    pub(super) deps: &'a Deps,
}

impl SlotStore<'_> {
    /// Puts a search in line; one that stands there already keeps its place.
    pub async fn enter(&self, row: &SlotRow) -> EngineResult<()> {
        match self.deps.tables.insert(Table::Limits, &row.to_entity()).await {
            Err(error) if !error.is_conflict() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The line in front of a cluster, the first one first.
    pub async fn line(&self, cluster: &str) -> EngineResult<Vec<SlotRow>> {
        let query = Query::partition(SlotRow::partition(cluster));
        let rows = self.deps.tables.query_all(Table::Limits, &query).await?;
        Ok(rows.iter().map(|stored| SlotRow::from_entity(&stored.entity)).collect::<Result<_, _>>()?)
    }

    /// How many stand before a search; `None` where it is not in line.
    pub async fn before(&self, cluster: &str, job: &JobId) -> EngineResult<Option<usize>> {
        Ok(self.line(cluster).await?.iter().position(|row| row.job == *job))
    }

    /// Takes a search out of the line; one that is not there is no error.
    pub async fn leave(&self, row: &SlotRow) -> EngineResult<()> {
        let partition = SlotRow::partition(&row.cluster);
        match self.deps.tables.delete(Table::Limits, &partition, &row.row_key(), &Match::Any).await {
            Err(error) if !error.is_not_found() => Err(error.into()),
            _ => Ok(()),
        }
    }
}
