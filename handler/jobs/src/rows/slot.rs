use crate::ids::JobId;
use crate::ports::{Entity, RowError};
use time::OffsetDateTime;

/// A search that wants to be, or is being, submitted to a cluster: the line in front of it. One row of `limits`, in a
/// partition for each cluster; the oldest comes first. The row goes when the submission ended or the search did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotRow {
    /// Cluster.
    pub cluster: String,
    /// The search.
    pub job: JobId,
    /// When the search was accepted.
    pub created_at: OffsetDateTime,
}

impl SlotRow {
    /// Partition of `limits` that holds a cluster's line.
    pub fn partition(cluster: &str) -> String {
        format!("slots:{cluster}")
    }

    /// Row key: by time, then by job.
    pub fn row_key(&self) -> String {
        format!("{:013}-{}", self.created_at.unix_timestamp_nanos() / 1_000_000, self.job)
    }

    /// The row as stored.
    pub fn to_entity(&self) -> Entity {
        Entity::new(Self::partition(&self.cluster), self.row_key())
            .text("cluster_name", self.cluster.clone())
            .text("job_id", self.job.as_str())
            .time("created_at", self.created_at)
    }

    /// The row from what was stored.
    pub fn from_entity(entity: &Entity) -> Result<Self, RowError> {
        Ok(Self {
            cluster: entity.get_text("cluster_name")?.to_owned(),
            job: entity.get_text("job_id")?.parse().map_err(|_| entity.error("job_id", "is no job id"))?,
            created_at: entity.get_time("created_at")?,
        })
    }
}
