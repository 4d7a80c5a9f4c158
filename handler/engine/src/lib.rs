//! The engines that run searches: the serverless one, which cuts the query into parts, and the elastic one, which hands it
//! to a cluster. Owns no HTTP and no Functions types.

#[cfg(test)]
mod both_engines;
pub mod child;
pub mod database;
pub mod deps;
pub mod doctor;
pub mod elastic;
pub mod error;
pub mod hits;
pub mod logs;
mod planted;
pub mod query;
pub mod scratch;
pub mod serverless;
#[cfg(test)]
mod simulator;
pub mod store;
pub mod workbench;
