//! What one look sees of its search: lists are taken once, and serve the judgement and the logs alike.

use crate::deps::Deps;
use crate::error::EngineResult;
use crate::logs::{Collected, Collector, cluster_id};
use blastline_jobs::ports::{Cluster, LookWish, Sighting};
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::Phase;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Pods that a look takes.
const PODS: u32 = 500;

/// The eyes of one look.
pub(super) struct Eyes<'a> {
    deps: &'a Deps,
    logs: Option<Collector<'a>>,
    seen: Option<(Arc<dyn Cluster>, Sighting)>,
    said: Collected,
}

impl<'a> Eyes<'a> {
    /// Of a look at a search. Logs are looked at, never decided on: where what is stored of them cannot be listed the search
    /// goes on, and the next look asks for them again.
    pub async fn open(deps: &'a Deps, row: &JobRow) -> Self {
        let looks = matches!(
            row.phase,
            Phase::StagingDb
                | Phase::Submitting
                | Phase::Submitted
                | Phase::Running
                | Phase::Cancelling
                | Phase::Completed
        );
        let submitted = row.elastic.as_ref().is_some_and(|state| state.attempt > 0);
        let mut logs = None;
        if looks && submitted {
            logs = Collector::open(deps, row).await.map_err(|error| untold(row, &error)).ok();
        }
        Self { deps, logs, seen: None, said: Collected::default() }
    }

    /// Looks at the Jobs and pods of a search: three lists.
    pub async fn look(&mut self, row: &JobRow, cluster: &Arc<dyn Cluster>) -> EngineResult<&Sighting> {
        let none = BTreeSet::new();
        // While a search is being submitted its few Jobs are all wanted: their pods tell how that ended.
        let made = !matches!(row.phase, Phase::StagingDb | Phase::Submitting);
        let told = self.logs.as_ref().filter(|_| made).map_or(&none, Collector::told);
        let id = cluster_id(self.deps, row).await?;
        let seen = cluster.look(&id, &LookWish { pods: PODS, told }).await?;
        let (_, seen) = self.seen.insert((cluster.clone(), seen));
        Ok(seen)
    }

    /// Stores what the containers that were seen have said, once.
    pub async fn listen(&mut self, row: &JobRow) {
        let Some(mut logs) = self.logs.take() else { return };
        let Some((cluster, seen)) = &self.seen else { return };
        match logs.collect(cluster.as_ref(), seen).await {
            Ok(said) => self.said = said,
            Err(error) => untold(row, &error),
        }
    }

    /// What was said.
    pub fn said(self) -> Collected {
        self.said
    }
}

/// Stores what the containers of a search said after the last look at it, for who is about to delete them.
pub(crate) async fn last_words(deps: &Deps, row: &JobRow, cluster: &Arc<dyn Cluster>) -> EngineResult<()> {
    let mut eyes = Eyes::open(deps, row).await;
    eyes.look(row, cluster).await?;
    eyes.listen(row).await;
    Ok(())
}

fn untold(row: &JobRow, error: &crate::error::EngineError) {
    tracing::warn!(job_id = %row.id, %error, "logs were not stored");
}
