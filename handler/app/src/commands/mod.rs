//! What the binary does besides answering the host.

pub mod database;
pub mod doctor;
pub mod serve;
