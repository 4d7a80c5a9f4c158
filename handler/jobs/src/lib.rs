//! Job and task model of the control plane: names, ids, rows, states, messages, retry rules and the traits
//! through which functions reach the world. Pure: no runtime, no HTTP, no Azure.

pub mod blob_path;
pub mod database_name;
pub mod effects;
pub mod elastic;
pub mod engine;
pub mod error_code;
pub mod ids;
pub mod logs;
pub mod memory;
pub mod message;
pub mod names;
pub mod ports;
pub mod retry;
pub mod rows;
pub mod state;
pub mod timing;
