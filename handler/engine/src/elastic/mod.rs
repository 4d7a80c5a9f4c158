//! The elastic engine: the search runs on a Kubernetes cluster as ElasticBLAST makes it of the query, for databases that
//! no function instance can hold. What it finds is read in, part by part, by the same code as on the serverless engine.
//!
//! A search waits in line in front of its cluster ([`line`]), is submitted by a Job that runs `elastic-blast submit`
//! ([`submission`]), and is looked at until all its batches are done ([`observe`]). Each of these is one short look
//! ([`watch`]): nothing holds an invocation while the cluster works. The next look is a delayed message; the reconciler
//! sends it again where it was lost.

mod again;
mod batches;
mod cancel;
mod config;
mod eyes;
mod lease;
mod line;
mod looked;
mod noted;
mod observe;
mod paths;
mod prepare;
mod results;
mod settings;
mod snapshot;
mod submission;
#[cfg(test)]
pub(crate) mod tests;
mod verdict;
mod watch;

pub(crate) use cancel::{clear_cluster, lease_of_who_was_next};
pub(crate) use eyes::last_words;
pub(crate) use line::leave as leave_line;
pub(crate) use prepare::{first_look, hand_over};
pub use settings::ElasticSettings;
pub(crate) use snapshot::refresh_clusters;
pub use watch::watch;
