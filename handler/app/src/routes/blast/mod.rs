//! `/api/blast/…` but results.

mod asked;
pub mod cancel;
mod checks;
mod cluster_choice;
pub mod configuration;
pub mod databases;
pub mod delete;
pub mod events;
pub mod list;
pub mod options;
pub mod parts;
pub mod preflight;
pub mod query;
pub mod show;
pub mod submit;

mod cursor;
mod examined;
mod gates;
