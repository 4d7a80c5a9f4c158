//! Searches on a cluster in memory: the real functions, with the cluster's controllers played by the test.

mod cancelling;
mod cutting;
mod failing;
mod reading;
mod waiting;
mod whole;
mod yard;

use yard::Yard;
