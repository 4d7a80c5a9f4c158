use crate::ids::{JobId, OwnerId};
use crate::ports::{Entity, RowError};
use time::OffsetDateTime;

/// Greatest 13-digit number: inverted times sort newest first.
const LAST_MS: i128 = 9_999_999_999_999;

/// Row key of a listing: inverted milliseconds and the job, so that the newest comes first.
pub fn index_row_key(created_at: OffsetDateTime, job: &JobId) -> String {
    let ms = created_at.unix_timestamp_nanos() / 1_000_000;
    format!("{:013}-{job}", (LAST_MS - ms).clamp(0, LAST_MS))
}

/// An entry of an owner's listing: one row of `jobindex`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRow {
    /// Owner.
    pub owner: OwnerId,
    /// The job.
    pub job: JobId,
    /// When it was accepted.
    pub created_at: OffsetDateTime,
}

impl IndexRow {
    /// The entry of a job.
    pub fn of(job: &super::JobRow) -> Self {
        Self { owner: job.owner.clone(), job: job.id.clone(), created_at: job.created_at }
    }

    /// The row as stored.
    pub fn to_entity(&self) -> Entity {
        Entity::new(self.owner.as_str(), index_row_key(self.created_at, &self.job))
            .text("job_id", self.job.as_str())
            .time("created_at", self.created_at)
    }

    /// The row from what was stored.
    pub fn from_entity(entity: &Entity) -> Result<Self, RowError> {
        let job = entity.get_text("job_id")?;
        Ok(Self {
            owner: entity.pk.parse().map_err(|_| entity.error("PartitionKey", "is no owner id"))?,
            job: job.parse().map_err(|_| entity.error("job_id", "is no job id"))?,
            created_at: entity.get_time("created_at")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_jobs_sort_before_older_ones() {
        let job = JobId::from_random([3; 16]);
        let at = |s| index_row_key(OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(s), &job);
        assert!(at(2_000_000_000) < at(1_999_999_999));
        assert_eq!(at(0).len(), at(4_000_000_000).len());
    }
}
