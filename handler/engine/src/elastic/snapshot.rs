//! What was last seen of the clusters, so that no request has to ask one.

use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::ports::{ClusterErrorKind, ClusterResult, NodeSeen};
use blastline_jobs::rows::ClusterRow;

/// Asks every cluster that is known here and writes what it said. One that does not answer keeps what it said before, with
/// the reason; its row's age tells the rest.
pub(crate) async fn refresh_clusters(deps: &Deps) {
    let names = deps.clusters.names();
    let looks = names.iter().map(|name| async move {
        if let Err(error) = refresh(deps, name).await {
            tracing::error!(cluster = name, %error, "what was seen of a cluster could not be written");
        }
    });
    futures::future::join_all(looks).await;
}

async fn refresh(deps: &Deps, name: &str) -> EngineResult<()> {
    let before = deps.cluster_rows().get(name).await?;
    let now = deps.clock.now();
    let mut row = before.unwrap_or_else(|| ClusterRow {
        name: name.to_owned(),
        created_at: now,
        seen_at: None,
        asked_at: now,
        trouble: String::new(),
        nodes: Vec::new(),
        running: 0,
    });
    row.asked_at = now;
    match ask(deps, name).await {
        Ok((nodes, running)) => {
            row.seen_at = Some(deps.clock.now());
            row.trouble.clear();
            row.nodes = nodes;
            row.running = running;
        }
        Err(error) => {
            tracing::warn!(cluster = name, %error, "a cluster did not say how it is");
            row.trouble = trouble(error.kind).to_owned();
        }
    }
    deps.cluster_rows().put(&row).await
}

async fn ask(deps: &Deps, name: &str) -> ClusterResult<(Vec<NodeSeen>, u64)> {
    let cluster = deps.clusters.open(name)?;
    let nodes = cluster.nodes().await?;
    let running = cluster.active_searches().await?.len() as u64;
    Ok((nodes, running))
}

/// Why a cluster did not answer, in words for a person.
pub(super) fn trouble(kind: ClusterErrorKind) -> &'static str {
    match kind {
        ClusterErrorKind::Unknown | ClusterErrorKind::NotFound => "The cluster is not known here any more.",
        ClusterErrorKind::Denied => "The cluster refuses this installation's identity.",
        ClusterErrorKind::Throttled => "The cluster is busy and asks to wait.",
        ClusterErrorKind::Quota => "A quota of the cluster is used up.",
        ClusterErrorKind::Unavailable => "The cluster does not answer: it may be stopped, or the network is.",
        ClusterErrorKind::AlreadyExists
        | ClusterErrorKind::LostRace
        | ClusterErrorKind::Invalid
        | ClusterErrorKind::Corrupt => "The cluster gave an answer that cannot be used.",
    }
}
