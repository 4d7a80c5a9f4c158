//! Timer triggers: the schedule, the remembered status and the loop that ticks.

pub mod listener;
pub mod schedule;
pub mod status;

pub use schedule::Schedule;
