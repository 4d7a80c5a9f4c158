//! What every request goes through: its number, its caller, its limits, and how faults become problems.

pub mod body;
pub mod caller;
pub mod params;
pub mod problem;
pub mod read_on;
pub mod request_id;
pub mod security;

pub use caller::{Caller, OwnedJob};
pub use params::Params;
pub use problem::{ApiError, ApiResult};
pub use request_id::RequestId;
