//! Handler processes: started, probed, watched, restarted, and ended with SIGKILL only.

pub mod exec_child;
pub mod fleet;
pub mod launch;
pub mod output;
pub mod restart;
pub mod spawner;
pub mod worker;

pub use fleet::Fleet;
pub use worker::{Endpoint, Worker};
