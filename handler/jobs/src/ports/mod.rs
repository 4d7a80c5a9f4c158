//! What the control plane asks of the world, as traits: tables, queues, blobs, the clock, child processes and
//! clusters.
//!
//! Functions are written against these traits alone. The real parts live in `azure` (storage) and
//! `engine` (processes); the in-memory parts in [`crate::memory`] obey the same contract, which one
//! shared suite holds both to.

mod blobs;
mod children;
mod clock;
mod cluster;
mod entity;
mod error;
pub mod limits;
mod queues;
mod survey;
mod tables;

pub use blobs::{BlobInfo, BlobPage, BlobStream, Blobs, PutCondition};
pub use children::{Child, ChildExit, ChildSpec, Children};
pub use clock::Clock;
pub use cluster::{
    Cluster, ClusterError, ClusterErrorKind, ClusterResult, Clusters, ContainerEnd, ContainerSeen, JobEnd,
    JobRole, JobSeen, LeaseSeen, LogLine, LogTarget, LogWish, LookWish, NoClusters, NodeSeen, PodSeen,
    Sighting, SubmitSpec,
};
pub use entity::{Entity, Prop, RowError};
pub use error::{StorageError, StorageErrorKind, StorageResult};
pub use queues::{Queues, Received};
pub use survey::{Peeked, Survey};
pub use tables::{BatchOp, Continuation, ETag, Match, Page, Query, Select, Stored, Tables};
