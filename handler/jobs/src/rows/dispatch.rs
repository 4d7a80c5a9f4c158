use crate::ids::{JobId, OwnerId};
use crate::ports::{Entity, RowError};
use time::OffsetDateTime;

/// Partition of `limits` that holds one row for each job with parts to release or in flight.
pub const DISPATCH_PARTITION: &str = "dispatch";

/// What the dispatcher knows of a job without reading its parts. Only an index: the rows of the parts are the truth,
/// and every function of the job writes this row anew from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DispatchRow {
    /// The job.
    pub job: JobId,
    /// Its owner; places are shared between owners first.
    pub owner: OwnerId,
    /// When the job was accepted; older jobs of an owner come first.
    pub created_at: OffsetDateTime,
    /// Parts that are released or running.
    pub in_flight: u64,
    /// Whether queries are left that no part holds yet.
    pub more: bool,
}

impl DispatchRow {
    /// The row as stored.
    pub fn to_entity(&self) -> Entity {
        Entity::new(DISPATCH_PARTITION, self.job.as_str())
            .text("owner_oid", self.owner.as_str())
            .time("created_at", self.created_at)
            .int("in_flight", self.in_flight)
            .bool("more", self.more)
    }

    /// The row from what was stored.
    pub fn from_entity(entity: &Entity) -> Result<Self, RowError> {
        let owner = entity.get_text("owner_oid")?;
        Ok(Self {
            job: entity.rk.parse().map_err(|_| entity.error("RowKey", "is no job id"))?,
            owner: owner.parse().map_err(|_| entity.error("owner_oid", "is no owner id"))?,
            created_at: entity.get_time("created_at")?,
            in_flight: entity.get_int("in_flight")?,
            more: entity.get_bool("more")?,
        })
    }
}
