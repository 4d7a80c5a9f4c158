//! An Azure Functions host for one machine.
//!
//! It speaks the custom-handler protocol of Functions v4: it finds functions in `function.json` folders, runs one
//! handler process per scale group, proxies HTTP to it, feeds it queue messages and timer ticks, and performs the
//! output bindings it answers with. It knows the protocol and storage, and nothing of what the handler does.
//!
//! Where the platform's behaviour is surprising (base64-looking outputs, time-outs that kill the process), it is
//! kept on purpose, so that a mistake shows here and not in Azure. What differs is listed in the crate's README.

pub mod cli;
pub mod config;
pub mod host;
pub mod http;
pub mod invoke;
pub mod process;
pub mod protocol;
pub mod queue;
pub mod storage;
pub mod timer;
pub mod wake;
