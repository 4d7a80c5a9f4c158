//! `/api/blast/jobs/{id}/logs…`: what a search said, while it runs and long afterwards.

pub mod download;
pub mod events;
pub mod lines;
pub mod targets;

mod frames;
#[cfg(test)]
mod tests;
