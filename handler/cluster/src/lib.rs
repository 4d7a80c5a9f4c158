//! Kubernetes behind the port [`blastline_jobs::ports::Cluster`]: how clusters are reached, what is created there, what
//! is read, and the mapping of the cluster's errors to ours.
//!
//! The transport, authentication and TLS are those of `kube`; requests, paging and what is read of an object are our own,
//! so that a list of thousands of objects costs the memory of what is used of it. Nothing here starts `kubectl`, and
//! nothing concludes from silence.

mod clusters;
mod connect;
mod error;
mod guard;
mod kube_cluster;
mod lease;
mod logs;
mod names;
mod searches;
mod seen;
mod settings;
mod submit;
mod telling;
mod wire;

pub use clusters::KubeClusters;
pub use connect::{ArmCluster, Identity};
pub use error::ConnectError;
pub use kube_cluster::KubeCluster;
pub use settings::{CallLimits, ClusterSettings};
