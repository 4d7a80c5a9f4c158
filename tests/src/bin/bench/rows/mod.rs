//! What is measured, one idea a file.

mod fasta;
mod first_hits;
mod growth;
mod idle;
mod large;
mod logs;
mod pairs;
mod single;
mod submit;

use crate::Row;

/// Rows of `search`.
pub const SEARCH: &[Row] = &[
    ("nucleotides", || Box::pin(pairs::nucleotides())),
    ("proteins", || Box::pin(pairs::proteins())),
    ("reads", || Box::pin(pairs::reads())),
    ("many-queries", || Box::pin(pairs::many_queries())),
    ("single", || Box::pin(single::measure())),
    ("first-hits", || Box::pin(first_hits::measure())),
    ("fasta", || Box::pin(fasta::measure())),
    ("large", || Box::pin(large::measure())),
];

/// Rows of `app`.
pub const APP: &[Row] = &[
    ("submit", || Box::pin(submit::measure())),
    ("growth", || Box::pin(growth::measure())),
    ("calls", || Box::pin(growth::calls())),
    ("idle", || Box::pin(idle::measure())),
];

/// Rows of `logs`.
pub const LOGS: &[Row] = &[
    ("latency", || Box::pin(logs::latency())),
    ("readers", || Box::pin(logs::readers())),
    ("look", || Box::pin(logs::look())),
    ("submit", || Box::pin(logs::submit())),
];
