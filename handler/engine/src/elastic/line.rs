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

/// A look from in line: submits when it is this one's turn and there is room. A search that was configured before may have
/// something on the cluster already; that is looked for in a look of its own, so that none takes more than three lists.
pub(super) async fn look(
    deps: &Deps,
    known: &mut VersionedJob,
    name: &str,
    cluster: &dyn Cluster,
) -> EngineResult<Looked> {
    let row = &known.row;
    let its_turn = row.phase == Phase::Configuring;
    if its_turn {
        // Objects of an earlier look that was killed before its row was written are taken over, or taken away.
        let jobs = cluster.jobs_of(&row.id).await?;
        if let Some(adopted) = submission::adopt(row, &jobs) {
            return Ok(adopted);
        }
        if submission::clear_leftovers(cluster, &row.id, &jobs).await? {
            return Ok(Looked::same().after(submission::LOOK));
        }
    }
    let Some(before) = deps.slots().before(name, &row.id).await? else {
        return enter_again(deps, row).await;
    };
    if before > 0 && !has_the_lease(cluster, row).await {
        let_the_first_go(deps, name).await?;
        let searches =
            if before == 1 { "One search is".to_owned() } else { format!("{before} searches are") };
        let words = format!("{searches} to be submitted to {name} before this one.");
        return Ok(wait(row, Phase::WaitingForSubmitSlot, words));
    }
    if !its_turn && let Some(full) = is_full(deps, row, name, cluster).await? {
        return Ok(full);
    }
    if !lease::hold(cluster, &row.id, deps.clock.now()).await? {
        let words = format!("Another search is being submitted to {name}. This one is next.");
        return Ok(wait(row, Phase::WaitingForSubmitSlot, words));
    }
    let configured = row.elastic.as_ref().is_some_and(|state| state.batches > 0);
    if configured && !its_turn {
        return Ok(Looked::enter(Phase::Configuring).after(Duration::ZERO));
    }
    submission::begin(deps, known, name, cluster).await
}

/// Whether a search that is not the first in line holds the Lease. It was the first when it took it: its look was cut off
/// after that, and a search that came earlier, but took longer to prepare, came into line before it. It goes on, because
/// else the two wait for each other until the Lease runs out. Where the cluster does not say who holds it, it waits on.
async fn has_the_lease(cluster: &dyn Cluster, row: &JobRow) -> bool {
    lease::is_held_by(cluster, &row.id).await.unwrap_or(false)
}

/// Waits where the cluster runs as many searches as it may.
async fn is_full(
    deps: &Deps,
    row: &JobRow,
    name: &str,
    cluster: &dyn Cluster,
) -> EngineResult<Option<Looked>> {
    let own = row.id.as_str();
    let running = cluster.active_searches().await?.iter().filter(|id| *id != own).count() as u64;
    if running < deps.elastic.searches_per_cluster {
        return Ok(None);
    }
    let searches = if running == 1 { "one search".to_owned() } else { format!("{running} searches") };
    let words = format!("{name} runs {searches}, as many as it may. This one is next.");
    Ok(Some(wait(row, Phase::WaitingForCapacity, words)))
}

/// Puts a search that waits and stands in no line into it. A look that stood still may come to that after its search went
/// on: then it is taken out again.
async fn enter_again(deps: &Deps, row: &JobRow) -> EngineResult<Looked> {
    enter(deps, row).await?;
    let look = |row: &JobRow| row.elastic.as_ref().map(|state| state.look);
    let now = deps.jobs().state(&row.id).await?;
    if now.is_none_or(|now| now.phase != row.phase || look(&now) != look(row)) {
        leave(deps, row).await?;
    }
    Ok(Looked::same().after(Duration::ZERO))
}

/// Waiting, and why.
pub(super) fn wait(row: &JobRow, phase: Phase, words: impl Into<String>) -> Looked {
    let looked = if row.phase == phase { Looked::same() } else { Looked::enter(phase) };
    looked.saying(StepName::WarmingUp, words)
}

/// Takes the first one out of the line where its search has been submitted or is over: it was cut off before it could
/// leave, or came late.
async fn let_the_first_go(deps: &Deps, name: &str) -> EngineResult<()> {
    let Some(first) = deps.slots().line(name).await?.into_iter().next() else { return Ok(()) };
    let row = deps.jobs().summary(&first.job).await?;
    let gone_on = |row: JobRow| {
        let submitted = matches!(row.phase, Phase::Submitted | Phase::Running | Phase::ResultsPending);
        submitted || row.status().is_terminal()
    };
    if row.is_none_or(gone_on) {
        deps.slots().leave(&first).await?;
    }
    Ok(())
}
