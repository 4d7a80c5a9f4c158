use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{Query, Select};
use blastline_jobs::rows::{CLUSTERS_PARTITION, ClusterRow};

/// Rows of `clusters`: what requests are answered from.
pub struct ClusterStore<'a> {
    pub(super) deps: &'a Deps,
}

impl ClusterStore<'_> {
    /// One cluster.
    pub async fn get(&self, name: &str) -> EngineResult<Option<ClusterRow>> {
        let stored = self.deps.tables.get(Table::Clusters, CLUSTERS_PARTITION, name, Select::All).await?;
        Ok(stored.map(|stored| ClusterRow::from_entity(&stored.entity)).transpose()?)
    }

    /// All of them, by name.
    pub async fn all(&self) -> EngineResult<Vec<ClusterRow>> {
        let rows = self.deps.tables.query_all(Table::Clusters, &Query::partition(CLUSTERS_PARTITION)).await?;
        Ok(rows.iter().map(|stored| ClusterRow::from_entity(&stored.entity)).collect::<Result<_, _>>()?)
    }

    /// Writes what was seen. The reconciler alone does, and it is single.
    pub async fn put(&self, row: &ClusterRow) -> EngineResult<()> {
        self.deps.tables.upsert(Table::Clusters, &row.to_entity()).await?;
        Ok(())
    }
}
