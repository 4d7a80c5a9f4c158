//! The `handler` binary.
mod api;
fn main() {}
