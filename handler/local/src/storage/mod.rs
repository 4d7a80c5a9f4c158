//! A small storage client: the calls that a Functions host makes, with shared key.
//!
//! It serves Azurite and accounts with a key. Identity-based connections are the platform's, not this host's.

pub mod blobs;
pub mod connection;
pub mod error;
pub mod messages;
pub mod queues;
pub mod signing;
pub mod tables;
mod transport;
pub mod xml;

pub use error::StorageError;
pub use messages::QueueMessage;
pub use transport::Storage;
