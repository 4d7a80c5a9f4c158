//! `/api/blast/jobs/{id}/results…`: reading what a search found, while it runs and afterwards.

pub mod alignments;
pub mod export;
pub mod file;
pub mod hits;
pub mod manifest;
pub mod overview;
pub mod queries;
pub mod result_file;

mod choice;
mod open;
