//! What this crate says about BLAST+, asked of the installed BLAST+ itself.
//!
//! BLAST+ is a requirement of the project, so these tests fail where it is absent. The databases are a few sequences
//! from a fixed generator, built in a folder that goes with the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod archives;
mod bed;
mod coordinates;
mod elastic;
mod midlines;
mod options;
mod queries;
mod scores;
mod tables;
mod verdicts;
