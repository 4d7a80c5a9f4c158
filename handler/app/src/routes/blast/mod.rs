//! `/api/blast/…` but results.

pub mod cancel;
mod cluster_choice;
pub mod databases;
pub mod delete;
pub mod events;
pub mod list;
pub mod options;
pub mod preflight;
pub mod query;
pub mod show;
pub mod submit;

mod cursor;
mod examined;
