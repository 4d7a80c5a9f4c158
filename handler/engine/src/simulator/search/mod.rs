//! Searches, the first kind of task in the simulator.

mod bench;
mod client;
mod functions;
mod requests;
mod scenario;
mod truth;

pub use functions::Yard;
pub use scenario::Scenario;
pub use truth::{hits_of, read_listing};
