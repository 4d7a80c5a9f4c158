//! Child processes that cannot outlive their parent.
//!
//! Two halves. [`HandlerChildren`] starts `handler child …`, and that process ([`exec_self`]) sets its own process
//! group, limits and parent-death signal by safe calls and then replaces itself with the program. So a handler that is
//! killed without a word (the Functions host knows no other way) leaves no search behind.

mod exec;
mod group;
mod reap;
mod spawn;
#[cfg(test)]
pub(crate) mod tests;

pub use exec::{EXIT_NOT_STARTED, exec_self};
pub use spawn::HandlerChildren;
