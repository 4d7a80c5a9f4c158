//! The whole chain on this machine: the local Functions host, the handler's processes, Azurite and BLAST+, reached
//! the way a client reaches them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a check that cannot go on fails its test"
)]

mod cancel;
mod deliveries;
mod fixture;
mod idempotency;
mod kills;
mod programs;
mod storage;
