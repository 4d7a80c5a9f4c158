use super::{Entity, StorageResult};
use crate::names::Table;
use async_trait::async_trait;

/// Version of a stored entity, as the service gave it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag(pub String);

/// A stored entity with its version.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The version that was read; a patch under it fails when somebody wrote in between.
    pub etag: ETag,
    /// Keys and properties.
    pub entity: Entity,
}

/// What a write or delete demands of the stored entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// It must be there, in any version.
    Any,
    /// It must be there in this version, else [`super::StorageErrorKind::LostRace`].
    Version(ETag),
}

/// Which properties a read brings. Keys and version always come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Select {
    /// Every property.
    All,
    /// Only these; the service never sends the others.
    Only(&'static [&'static str]),
}

/// A query over one partition, in row-key order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Partition key.
    pub pk: String,
    /// First row key, inclusive; `None` from the start.
    pub from: Option<String>,
    /// Row key to stop before; `None` to the end.
    pub to: Option<String>,
    /// Properties to bring.
    pub select: Select,
    /// Rows a page at the most, 1 to 1,000.
    pub page_size: u16,
}

impl Query {
    /// All rows of a partition with all properties, 1,000 a page.
    pub fn partition(pk: impl Into<String>) -> Self {
        Self { pk: pk.into(), from: None, to: None, select: Select::All, page_size: 1000 }
    }
}

/// Where the next page of a query begins. Opaque: the service's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continuation {
    /// Next partition key, as the service gave it.
    pub pk: String,
    /// Next row key, as the service gave it, where it gave one.
    pub rk: Option<String>,
}

/// One page of a query. It may be empty and still have a continuation.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The rows, in row-key order.
    pub rows: Vec<Stored>,
    /// Where to go on; `None` when there is no more.
    pub next: Option<Continuation>,
}

/// One operation of a batch. All operations of a batch are in one partition, and a row occurs once.
#[derive(Debug, Clone, PartialEq)]
pub enum BatchOp {
    /// Create-only write.
    Insert(Entity),
    /// Merge under a condition.
    Patch(Entity, Match),
    /// Delete by row key under a condition.
    Delete(String, Match),
}

impl BatchOp {
    /// Row key of the row that it is about.
    pub fn rk(&self) -> &str {
        match self {
            Self::Insert(entity) | Self::Patch(entity, _) => &entity.rk,
            Self::Delete(rk, _) => rk,
        }
    }
}

/// Tables with optimistic concurrency, as Azure Tables gives them.
#[async_trait]
pub trait Tables: Send + Sync {
    /// Creates the table where it is missing.
    async fn ensure(&self, table: Table) -> StorageResult<()>;
    /// Creates an entity; `AlreadyExists` when its keys are taken.
    async fn insert(&self, table: Table, entity: &Entity) -> StorageResult<ETag>;
    /// Creates or replaces an entity, whatever is there.
    async fn upsert(&self, table: Table, entity: &Entity) -> StorageResult<ETag>;
    /// Merges properties into an entity; `NotFound` or `LostRace` when the condition fails.
    async fn patch(&self, table: Table, patch: &Entity, condition: &Match) -> StorageResult<ETag>;
    /// Reads one entity.
    async fn get(&self, table: Table, pk: &str, rk: &str, select: Select) -> StorageResult<Option<Stored>>;
    /// Deletes an entity; one that is not there is `NotFound`.
    async fn delete(&self, table: Table, pk: &str, rk: &str, condition: &Match) -> StorageResult<()>;
    /// Reads one page of a query.
    async fn query(&self, table: Table, query: &Query, after: Option<&Continuation>) -> StorageResult<Page>;
    /// Does up to 100 operations, all or none; a failure names the first operation that failed.
    async fn batch(&self, table: Table, pk: &str, ops: &[BatchOp]) -> StorageResult<()>;

    /// Reads a query to its end. For partitions whose size is bounded by design.
    async fn query_all(&self, table: Table, query: &Query) -> StorageResult<Vec<Stored>> {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = self.query(table, query, after.as_ref()).await?;
            rows.extend(page.rows);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(rows),
            }
        }
    }
}
