//! ElasticBLAST without a cluster: its configuration, what it will make of a query, and what it said.
//!
//! ElasticBLAST searches a query in batches on a Kubernetes cluster. Everything that can be known before is known here:
//!
//! | module | idea |
//! |---|---|
//! | [`config`] | the configuration: only keys that the pinned version takes, only values that survive its templates |
//! | [`location`] | addresses of queries, databases and results, which cannot leave their container |
//! | [`options`], [`outfmt`] | BLAST+'s options on their way to the cluster; what each format gives and rules out |
//! | [`sizing`], [`machine`], [`fit`] | batch lengths, requests, concurrency; whether a database fits a machine |
//! | [`plan`], [`split`], [`fill`], [`names`] | which queries make which batch; how objects and Jobs will be called |
//! | [`join`] | from the results of batches to one file |
//! | [`said`] | what the submission said |
//!
//! What is wrong is told as [`FieldError`](crate::options::FieldError)s before anything is created. Figures and rules are
//! those of the pinned ElasticBLAST for Azure with the changes that the runner image lists.

mod check;
pub mod config;
pub mod fill;
pub mod fit;
mod ini;
pub mod join;
pub mod location;
pub mod machine;
pub mod memory;
pub mod names;
pub mod options;
pub mod outfmt;
pub mod plan;
pub mod said;
pub mod sizing;
pub mod split;
#[cfg(test)]
mod tests;

pub use config::ElasticConfig;
pub use fill::Blanks;
pub use location::{BlobEndpoint, BlobUrl, Place};
pub use options::ElasticOptions;
pub use outfmt::ElasticOutfmt;
pub use plan::SearchPlan;
pub use said::{Category, CliExit, CliSaid, Decision};
pub use split::{BatchPlan, plan_batches};
