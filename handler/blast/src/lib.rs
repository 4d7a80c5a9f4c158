//! Everything about BLAST+ that needs no network, no clock and no process: a pure crate.
//!
//! | module | idea |
//! |---|---|
//! | [`program`] | the five programs and which molecules they take |
//! | [`fasta`] | reading, checking and normalising queries as a stream |
//! | [`options`] | one definition per option: validation, command line, form and help come from it |
//! | [`command`] | the command line, for running and for showing |
//! | [`table`] | reading and writing tabular hits (`-outfmt 6` and `7`) |
//! | [`elastic`] | ElasticBLAST: configuration, sizes, batches and names, without a cluster |
//! | [`archive`] | hits straight from a BLAST archive, without `blast_formatter` |
//! | [`verdict`] | what an exit code and a standard error really say |
//! | [`alignment`] | score matrices and the line between two aligned sequences |
//! | [`plan`] | cutting a query into parts, and proving that the parts cover it |
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod alignment;
pub mod archive;
pub mod command;
pub mod elastic;
pub mod fasta;
pub mod options;
pub mod plan;
pub mod program;
pub mod table;
pub mod verdict;

pub use program::{Molecule, Program};
