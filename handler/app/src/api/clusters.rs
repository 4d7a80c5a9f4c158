use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The clusters that searches may run on, as they were seen last.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ClusterList {
    /// By name.
    pub clusters: Vec<ClusterSummary>,
    /// Whether something here is older than it should be.
    pub degraded: bool,
    /// `cluster_unreachable`: the latest look at one of them, or several, failed.
    pub degraded_reason: Option<String>,
    /// When the list was read.
    pub meta: super::meta::Meta,
}

/// A cluster, as it was seen last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClusterSummary {
    /// Name.
    pub name: String,
    /// Whether a search can be given to it.
    pub takes_searches: bool,
    /// Why not, or what is wrong with it although it can, in words.
    pub trouble: Option<String>,
    /// Type of the machines that take searches.
    pub machine_type: Option<String>,
    /// Machines that take searches and are ready.
    pub nodes_ready: u64,
    /// Machines that take searches.
    pub nodes_total: u64,
    /// Memory of the smallest machine that takes searches, in bytes.
    pub memory_bytes_per_node: Option<u64>,
    /// Largest database that fits, in bytes: what its machine type leaves to searches.
    pub fits_database_bytes: Option<u64>,
    /// Searches that run on it, those of other installations among them.
    pub running_searches: u64,
    /// Searches that it runs at a time.
    pub searches_at_a_time: u64,
    /// Searches of this installation that wait in line for it or are being submitted.
    pub waiting_searches: u64,
    /// When it answered last, RFC 3339; none where it never did.
    pub seen_at: Option<String>,
    /// Seconds since then.
    pub age_seconds: Option<u64>,
}
