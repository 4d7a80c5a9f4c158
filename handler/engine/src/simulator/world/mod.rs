//! Time, gates, processes and storage behind gates.

mod caller;
mod executor;
mod gate;
mod history;
mod invoke;
mod process;
mod schedule;
mod state;
mod storage;
mod wish;

pub use caller::Caller;
pub use executor::Executor;
pub use history::{Checker, Event, Line, Stores, Violation};
pub use invoke::invoke;
pub use process::{Boot, ProcessId, Role};
pub use state::World;
