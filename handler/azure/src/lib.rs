//! Azure Storage behind the ports of `blastline-jobs`: tables, queues and blobs, one factory that knows how
//! they are reached, and the mapping of the service's errors to ours.
//!
//! Blobs and queues go through the official crates; tables through a thin client of our own on the same
//! pipeline, since no official crate exists. Nothing here knows what a job is.

mod blobs;
mod bootstrap;
mod call;
mod clock;
mod credential;
mod endpoints;
mod error;
mod factory;
mod patience;
mod payload;
mod queues;
mod settings;
mod shared_key;
mod storage;
mod survey;
mod tables;

pub use call::CallLimits;
pub use clock::SystemClock;
pub use credential::CredentialSource;
pub use endpoints::Endpoints;
pub use error::ConnectError;
pub use factory::Factory;
pub use payload::{PayloadError, PayloadRef, Payloads};
pub use settings::{ConnectionString, StorageSettings};
pub use storage::Storage;
