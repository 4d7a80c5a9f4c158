use super::super::checks::{Found, check as found};
use crate::api::preflight::Check;
use crate::clusters::{Known, Standing};
use crate::world::World;
use blastline_engine::error::EngineResult;

/// Whether there is room, and the place in line where there is none. Waiting is no fault.
pub(super) async fn check(app: &World, cluster: &Known, standing: &Standing) -> EngineResult<Check> {
    let (id, title, name) = ("capacity", "Room", &cluster.name);
    let waiting = app.deps.slots().line(name).await?.len() as u64;
    let running = cluster.row.as_ref().map_or(0, |row| row.running);
    if !matches!(standing, Standing::Ready { .. }) {
        let detail = format!("How many searches run on {name} is not known while it does not answer.");
        return Ok(found(id, title, Found::Unknown, detail));
    }
    let most = app.deps.elastic.searches_per_cluster;
    let searches = |count: u64| match count {
        0 => "no search".to_owned(),
        1 => "1 search".to_owned(),
        more => format!("{more} searches"),
    };
    let runs = if running < 2 { "runs" } else { "run" };
    let (level, detail) = match (running >= most, waiting) {
        (false, 0) => {
            let free = most - running;
            let places = if free == 1 { "1 place is".to_owned() } else { format!("{free} places are") };
            (Found::Pass, format!("{places} free on {name}, of {most}. This one is submitted at once."))
        }
        (true, 0) => {
            let detail = format!(
                "{} {runs} on {name}, as many as may. This one is the next, as soon as one of them ends.",
                searches(running)
            );
            (Found::Warn, detail)
        }
        (_, before) => {
            let verb = if before == 1 { "is" } else { "are" };
            let detail = format!(
                "{} {verb} to be submitted to {name} before this one, and {} {runs}. Yours is number {} in line.",
                searches(before),
                searches(running),
                before + 1
            );
            (Found::Warn, detail)
        }
    };
    Ok(found(id, title, level, detail))
}
