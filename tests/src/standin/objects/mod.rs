//! The objects that the stand-in keeps: types of its own, so that it cannot share a misconception with the client.
//!
//! Every field is one of the Kubernetes API; one that is not named here is refused as unknown, whatever the request
//! says of field validation. Where a client needs another field of the real API, it is added here.

mod job;
mod meta;
mod others;
mod pod;
mod pod_spec;
mod quantity;
mod time;
mod volume;

pub use job::{Job, JobSpec, JobStatus, PodTemplate, Selector};
pub use meta::{ObjectMeta, OwnerReference, Words};
pub use others::{ConfigMap, Lease, Node, NodeSpec, NodeStatus, Secret, Taint};
pub use pod::{
    Condition, ContainerState, ContainerStatus, Pod, PodStatus, Running, Terminated, set_condition,
};
pub use pod_spec::{Container, EnvVar, PodSpec, Resources, Toleration, VolumeMount};
pub use quantity::Quantity;
pub use time::{MicroTime, Time, nanos};
pub use volume::{ConfigMapSource, EmptyDir, HostPath, Volume};

use serde::{Serialize, de::DeserializeOwned};

/// A kind of object.
pub trait Kind: Clone + Default + Serialize + DeserializeOwned + PartialEq + Send + Sync + 'static {
    /// `Job`.
    const KIND: &'static str;
    /// `batch`; empty for the core group.
    const GROUP: &'static str;
    /// `batch/v1`.
    const API_VERSION: &'static str;
    /// `jobs`.
    const PLURAL: &'static str;
    /// Whether it lives in a namespace.
    const NAMESPACED: bool;

    /// Its metadata.
    fn meta(&self) -> &ObjectMeta;
    /// Its metadata, to be changed.
    fn meta_mut(&mut self) -> &mut ObjectMeta;
    /// What it says of its version and kind.
    fn type_mut(&mut self) -> (&mut Option<String>, &mut Option<String>);
}

macro_rules! kinds {
    ($($type:ident, $group:literal, $version:literal, $plural:literal, $namespaced:literal;)+) => {
        $(impl Kind for $type {
            const KIND: &'static str = stringify!($type);
            const GROUP: &'static str = $group;
            const API_VERSION: &'static str = $version;
            const PLURAL: &'static str = $plural;
            const NAMESPACED: bool = $namespaced;

            fn meta(&self) -> &ObjectMeta {
                &self.metadata
            }
            fn meta_mut(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }
            fn type_mut(&mut self) -> (&mut Option<String>, &mut Option<String>) {
                (&mut self.api_version, &mut self.kind)
            }
        })+
    };
}

kinds! {
    Job, "batch", "batch/v1", "jobs", true;
    Pod, "", "v1", "pods", true;
    Secret, "", "v1", "secrets", true;
    ConfigMap, "", "v1", "configmaps", true;
    Lease, "coordination.k8s.io", "coordination.k8s.io/v1", "leases", true;
    Node, "", "v1", "nodes", false;
}

/// `jobs.batch`, `pods`: how messages name a kind.
pub fn qualified<K: Kind>(name: &str) -> String {
    if K::GROUP.is_empty() { name.to_owned() } else { format!("{name}.{}", K::GROUP) }
}
