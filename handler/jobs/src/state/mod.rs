//! What a task can be and become: status, phase, steps, history events.

mod event;
mod phase;
mod status;
mod steps;

pub use event::{EventName, EventValue, HistoryEvent};
pub use phase::Phase;
pub use status::Status;
pub use steps::{MAX_DETAIL_CHARS, Progress, Step, StepName, StepStatus};
