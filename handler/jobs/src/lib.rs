//! Job and task model of the control plane: names, ids, rows, states, messages, retry rules and the traits
//! through which functions reach the world. Pure: no runtime, no HTTP, no Azure.

pub mod blob_path;
pub mod database_name;
pub mod ids;
pub mod memory;
pub mod names;
pub mod ports;
