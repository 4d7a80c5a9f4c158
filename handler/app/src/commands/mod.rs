//! What the binary does besides answering the host.

pub mod database;
pub mod serve;
