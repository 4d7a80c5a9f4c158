//! The host's HTTP side: who may call, which function answers, and the stream to its process.

pub mod activity;
pub mod admin;
pub mod body;
pub mod client;
pub mod guard;
pub mod headers;
pub mod proxy;
pub mod routes;
pub mod server;
pub mod template;
