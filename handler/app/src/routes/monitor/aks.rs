use crate::api::clusters::{ClusterList, ClusterSummary};
use crate::clusters::{Known, Standing, known, standing};
use crate::http::{ApiResult, Caller, RequestId};
use crate::routes::shape::{meta, moment};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_jobs::rows::ClusterRow;
use std::sync::Arc;

/// The clusters that searches may run on, from what was stored of them: no cluster is asked.
#[utoipa::path(get, path = "/api/monitor/aks", tag = "catalogue", responses((status = 200, body = ClusterList)))]
pub async fn clusters(
    State(app): State<Arc<World>>,
    _caller: Caller,
    RequestId(request_id): RequestId,
) -> ApiResult<Json<ClusterList>> {
    let mut clusters = Vec::new();
    let mut degraded = false;
    for cluster in known(&app.deps).await? {
        let waiting = app.deps.slots().line(&cluster.name).await?.len() as u64;
        degraded |= cluster.row.as_ref().is_some_and(|row| !row.trouble.is_empty());
        clusters.push(shape(&app, &cluster, waiting));
    }
    Ok(Json(ClusterList {
        clusters,
        degraded,
        degraded_reason: degraded.then(|| "cluster_unreachable".to_owned()),
        meta: meta(&request_id),
    }))
}

fn shape(app: &World, cluster: &Known, waiting: u64) -> ClusterSummary {
    let now = app.deps.clock.now();
    let standing = standing(cluster, now);
    let row = cluster.row.as_ref();
    let nodes = row.map_or(&[][..], |row| row.nodes.as_slice());
    let seen_at = row.and_then(|row| row.seen_at);
    let first = nodes.iter().find(|node| node.takes_searches);
    ClusterSummary {
        name: cluster.name.clone(),
        takes_searches: !matches!(standing, Standing::NotReady(_)),
        trouble: standing.trouble(),
        machine_type: first.map(|node| node.machine_type.clone()),
        nodes_ready: row.map_or(0, |row| row.ready_nodes().count() as u64),
        nodes_total: nodes.iter().filter(|node| node.takes_searches).count() as u64,
        memory_bytes_per_node: row.and_then(ClusterRow::node_memory_bytes),
        fits_database_bytes: standing.machine().map(|machine| u64::from(machine.usable_gib()) << 30),
        running_searches: row.map_or(0, |row| row.running),
        searches_at_a_time: app.deps.elastic.searches_per_cluster,
        waiting_searches: waiting,
        seen_at: seen_at.map(moment),
        age_seconds: seen_at.map(|seen| u64::try_from((now - seen).whole_seconds()).unwrap_or(0)),
    }
}
