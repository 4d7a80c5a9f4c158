//! Queue triggers: looking, taking, renewing, ending.

pub mod backoff;
pub mod lease;
pub mod listener;
