//! The whole chain on this machine: the local Functions host, the handler's processes, Azurite and BLAST+, reached
//! the way a client reaches them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a check that cannot go on fails its test")]

mod bad_bodies;
mod bad_names;
mod bad_options;
mod bad_sequences;
mod cancel;
mod databases;
mod deliveries;
mod doctor;
mod elastic;
mod forged;
mod formats;
mod functions;
mod idempotency;
mod kills;
mod listing;
mod logs;
mod programs;
mod routes;
mod storage;
mod watched;
