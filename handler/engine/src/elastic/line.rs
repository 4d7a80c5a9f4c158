//! The line in front of a cluster: one submission at a time, so many searches at a time, in the order of arrival.

use super::lease;
use super::looked::Looked;
use super::submission;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::store::VersionedJob;
use blastline_jobs::ports::Cluster;
use blastline_jobs::rows::{JobRow, SlotRow};
use blastline_jobs::state::{Phase, StepName};
use std::time::Duration;

/// The place of a search in line.
fn slot(row: &JobRow, cluster: &str) -> SlotRow {
    SlotRow { cluster: cluster.to_owned(), job: row.id.clone(), created_at: row.created_at }
}

/// Puts a search in line in front of its cluster.
pub(super) async fn enter(deps: &Deps, row: &JobRow) -> EngineResult<()> {
    match &row.elastic {
        Some(state) => deps.slots().enter(&slot(row, &state.cluster)).await,
        None => Ok(()),
    }
}

/// Takes a search out of the line.
pub(crate) async fn leave(deps: &Deps, row: &JobRow) -> EngineResult<()> {
    match &row.elastic {
        Some(state) => deps.slots().leave(&slot(row, &state.cluster)).await,
        None => Ok(()),
    }
}

/// A look from in line: submits when it is this one's turn and there is room.
pub(super) async fn look(
    deps: &Deps,
    known: &mut VersionedJob,
    name: &str,
    cluster: &dyn Cluster,
) -> EngineResult<Looked> {
    let row = &known.row;
    // Objects of an earlier look that was killed before its row was written are taken over.
    if let Some(adopted) = submission::adopt(row, &cluster.jobs_of(&row.id).await?) {
        return Ok(adopted);
    }
    let Some(before) = deps.slots().before(name, &row.id).await? else {
        enter(deps, row).await?;
        return Ok(Looked::same().after(Duration::ZERO));
    };
    if before > 0 {
        let_the_first_go(deps, name).await?;
        let searches =
            if before == 1 { "One search is".to_owned() } else { format!("{before} searches are") };
        let words = format!("{searches} to be submitted to {name} before this one.");
        return Ok(wait(row, Phase::WaitingForSubmitSlot, words));
    }
    let own = row.id.as_str();
    let running = cluster.active_searches().await?.iter().filter(|id| *id != own).count() as u64;
    if running >= deps.elastic.searches_per_cluster {
        let words = format!("{name} runs {running} searches, as many as it may. This one is next.");
        return Ok(wait(row, Phase::WaitingForCapacity, words));
    }
    if !lease::hold(cluster, &row.id, deps.clock.now()).await? {
        let words = format!("Another search is being submitted to {name}. This one is next.");
        return Ok(wait(row, Phase::WaitingForSubmitSlot, words));
    }
    submission::begin(deps, known, name, cluster).await
}

/// Waiting, and why.
pub(super) fn wait(row: &JobRow, phase: Phase, words: impl Into<String>) -> Looked {
    let looked = if row.phase == phase { Looked::same() } else { Looked::enter(phase) };
    looked.saying(StepName::WarmingUp, words)
}

/// Takes the first one out of the line where its search is over: it was cut off before it could leave.
async fn let_the_first_go(deps: &Deps, name: &str) -> EngineResult<()> {
    let Some(first) = deps.slots().line(name).await?.into_iter().next() else { return Ok(()) };
    let row = deps.jobs().summary(&first.job).await?;
    if row.is_none_or(|row| row.status().is_terminal()) {
        deps.slots().leave(&first).await?;
    }
    Ok(())
}
