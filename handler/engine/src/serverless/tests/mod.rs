//! The control plane in memory: the real functions on in-memory storage, with a workbench that finds a hit a query.
//! Messages are lost, doubled and delivered late here; what runs is killed by dropping it.

mod accepting;
mod bench;
mod cancelling;
mod delivery;
mod failing;
mod fairness;
mod house;
mod joining;
mod losing;
mod poisoned;
mod releasing;
mod tricky;
mod whole;

pub(crate) use bench::{Bench, Part, lock, manifest_of};
pub(crate) use house::House;
