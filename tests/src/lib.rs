//! Shared fixtures of what crosses rooms: Azurite with an account per test, a TCP proxy that misbehaves on demand, the
//! whole chain as a client sees it, a stand-in for a Kubernetes cluster, and a check that nothing is left over.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a fixture that cannot do its work fails the test"
)]

pub mod azurite;
pub mod chain;
pub mod leftovers;
pub mod proxy;
#[cfg(test)]
mod regressions;
pub mod standin;
