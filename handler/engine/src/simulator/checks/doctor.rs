//! What the doctor says.

use super::Found;
use crate::doctor::Doctor;
use crate::simulator::search::Scenario;
use crate::simulator::world::{Caller, Violation};
use blastline_jobs::memory::MemorySurvey;
use futures::FutureExt;
use std::sync::Arc;

/// Rows that the doctor reads at a time: so few that it has to page.
const PAGE: usize = 7;

/// What the doctor finds. It takes nothing that is under way for a contradiction, so it may look at any time.
pub fn examined(scenario: &Scenario, caller: &Caller) -> Vec<Violation> {
    let stores = &caller.world.stores;
    let survey =
        MemorySurvey { tables: stores.tables.clone(), queues: stores.queues.clone(), page_size: PAGE };
    let doctor =
        Doctor { deps: scenario.functions.deps_at_rest(caller), survey: Arc::new(survey), machine: None };
    let mut found = Found::default();
    match doctor.examine().now_or_never() {
        Some(Ok(report)) => {
            for finding in report.findings {
                found.claim(false, "nothing-contradicts", || {
                    format!("{}: {} {}", finding.kind.as_str(), finding.subject, finding.detail)
                });
            }
        }
        Some(Err(error)) => found.claim(false, "nothing-contradicts", || format!("cannot be told: {error}")),
        None => found.claim(false, "nothing-contradicts", || "the doctor waits".to_owned()),
    }
    found.0
}
