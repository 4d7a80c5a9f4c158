//! Searches on a cluster in memory: the real functions, with the cluster's controllers played by the test.

mod cancelling;
mod counted;
mod cutting;
mod failing;
mod finishing;
pub(crate) mod histories;
mod many;
mod reading;
mod unseen;
mod waiting;
mod whole;
pub(crate) mod yard;

use yard::Yard;
