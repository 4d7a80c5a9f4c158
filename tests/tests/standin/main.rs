//! The stand-in cluster, driven by plain HTTP: it refuses what a real one refuses, and a search on it ends with the
//! bytes of BLAST+.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a check that cannot go on fails its test")]

mod adapter;
mod client;
mod deletes;
mod faults;
mod logs;
mod reads;
mod search;
mod submits;
mod writes;
