//! The control plane in one thread from one seed: the real functions and the real reconciler on in-memory storage, with
//! a host, processes, clients and a workbench that are played here. Who goes on next, what is killed, what fails and
//! what comes twice is drawn from the seed, so a run is the same each time. `docs/simulator.md` is its manual.
//!
//! - `world`: time, gates, processes, storage behind gates, the history. Knows no task.
//! - `host`: what the Functions host does: listeners, leases, outputs, poison, the timer. Knows functions by a trait.
//! - `cluster`: a Kubernetes cluster with its controllers, ElasticBLAST and other installations on it.
//! - `search`: searches as the first kind of task: functions, clients, workbench.
//! - `checks`: what must hold, each with its name, told from the history and from storage at rest.

mod chance;
mod checks;
mod cluster;
mod coverage;
mod host;
mod report;
mod run;
mod search;
mod settings;
mod tests;
mod weather;
mod world;
