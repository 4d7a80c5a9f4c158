//! What the host reads from disk and from the environment, once, at start.

pub mod binding;
pub mod connections;
pub mod discovery;
pub mod function;
pub mod host_json;
pub mod settings;
pub mod time_span;

pub use discovery::{Discovered, discover};
pub use function::{Function, Output, OutputTarget, Trigger};
pub use host_json::{HostJson, MessageEncoding, QueueSettings};
pub use settings::Settings;
