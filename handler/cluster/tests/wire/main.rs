//! What goes over the wire, against an API server that each test scripts.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a check that cannot go on fails its test")]

mod support;

mod arm;
mod breaker;
mod connect;
mod deletion;
mod errors;
mod lease;
mod log;
mod look;
mod paging;
mod script;
mod searches;
mod submit;
mod throttle;
