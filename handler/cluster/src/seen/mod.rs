//! What is read of the cluster's objects: a few fields of each, turned at once into the port's terms.

mod job;
mod meta;
mod node;
mod pod;
mod quantity;

pub use job::{JobRead, job_seen};
pub use meta::Meta;
pub use node::{NodeRead, node_seen};
pub use pod::{PodRead, pod_seen, restarts_of};
