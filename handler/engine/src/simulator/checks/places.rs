//! Claims about how much is in flight.

use super::{Found, Model};
use crate::simulator::world::{Event, Line};
use blastline_jobs::names::Table;

/// How many parts may be in flight beyond the bound: two dispatchers that read the same rows at once may both give out
/// the places that are free.
fn slack(model: &Model) -> usize {
    usize::try_from(model.in_flight).unwrap()
}

/// Parts of a search that is being cancelled do not count: they stop within seconds or nobody runs them any more, and their
/// places are given to others at once.
pub fn see(model: &Model, line: &Line, found: &mut Found) {
    let Event::Row { table: Table::JobChunks, old: None, new: Some(_), .. } = &line.event else { return };
    let open = |job: &String| {
        model.jobs.get(job).is_some_and(|row| !row.status().is_terminal() && !row.is_cancelling())
    };
    let jobs = model.parts.iter().filter(|(job, _)| open(job));
    let in_flight =
        jobs.flat_map(|(_, parts)| parts.values()).filter(|part| part.state.is_in_flight()).count();
    let most = usize::try_from(model.in_flight).unwrap() + slack(model);
    found.claim(in_flight <= most, "places-bounded", || {
        format!("{in_flight} parts are in flight, {} are allowed", model.in_flight)
    });
}
