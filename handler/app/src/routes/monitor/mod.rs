//! `/api/monitor/…`: how things that searches stand on are, as they were seen last.

pub mod aks;
