//! Shared fixtures of the tests: Azurite with an account per test, a TCP proxy that misbehaves on demand, and a
//! check that nothing is left over.
#![expect(clippy::panic, clippy::expect_used, reason = "a fixture that cannot do its work fails the test")]

pub mod azurite;
pub mod leftovers;
pub mod proxy;
