use crate::ports::{Entity, NodeSeen, RowError};
use time::OffsetDateTime;

/// Partition of `clusters`.
pub const CLUSTERS_PARTITION: &str = "cluster";

/// A cluster that searches may run on, and what was last seen of it. Requests are answered from this row, never by
/// asking the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterRow {
    /// Name: that of its context in the kubeconfig.
    pub name: String,
    /// When it was first seen by this installation.
    pub created_at: OffsetDateTime,
    /// When it answered last; `None` where it never did.
    pub seen_at: Option<OffsetDateTime>,
    /// When it was asked last.
    pub asked_at: OffsetDateTime,
    /// Why it did not answer the last time, in words for a person; empty where it did.
    pub trouble: String,
    /// Its machines as they were seen last.
    pub nodes: Vec<NodeSeen>,
    /// Searches that ran on it when it was seen last, those of other installations among them.
    pub running: u64,
}

impl ClusterRow {
    /// Machines that take searches and are ready.
    pub fn ready_nodes(&self) -> impl Iterator<Item = &NodeSeen> {
        self.nodes.iter().filter(|node| node.takes_searches && node.ready)
    }

    /// Memory of the smallest machine that takes searches, in bytes: a database has to fit on each of them.
    pub fn node_memory_bytes(&self) -> Option<u64> {
        self.nodes.iter().filter(|node| node.takes_searches).map(|node| node.memory_bytes).min()
    }

    /// The row as stored.
    pub fn to_entity(&self) -> Entity {
        Entity::new(CLUSTERS_PARTITION, self.name.as_str())
            .time("created_at", self.created_at)
            .opt_time("seen_at", self.seen_at)
            .time("asked_at", self.asked_at)
            .text("trouble", self.trouble.clone())
            .text("nodes_json", serde_json::to_string(&self.nodes).unwrap_or_default())
            .int("running", self.running)
    }

    /// The row from what was stored.
    pub fn from_entity(entity: &Entity) -> Result<Self, RowError> {
        let nodes = match entity.get_text("nodes_json")? {
            "" => Vec::new(),
            text => serde_json::from_str(text).map_err(|e| entity.error("nodes_json", e.to_string()))?,
        };
        Ok(Self {
            name: entity.rk.clone(),
            created_at: entity.get_time("created_at")?,
            seen_at: entity.opt_time_of("seen_at")?,
            asked_at: entity.get_time("asked_at")?,
            trouble: entity.get_text("trouble")?.to_owned(),
            nodes,
            running: entity.get_int("running")?,
        })
    }
}
