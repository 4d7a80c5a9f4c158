//! The host against the conformance list of the Functions protocol: the real `functions-local` binary, a handler
//! that obeys the test, and a real Azurite.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail tests")]

mod account;
mod fixture;
mod http;
mod outputs;
mod processes;
mod queues;
mod rows;
mod scripted;
mod timers;
