//! Logs of a search on the stand-in cluster, from its containers to readers at the API; what a look and a submission ask
//! of a cluster.

mod counted;
mod latency;
mod reader;
mod readers;
mod yard;

pub use counted::{look, submit};
pub use latency::latency;
pub use readers::readers;

/// Batches of the search whose containers speak, each a pod.
const PODS: usize = 20;
