//! The question that a submission may ask the cluster itself (`BLAST_SUBMIT_SYNC_CAPACITY_CHECK`).

use crate::http::ApiError;
use crate::world::World;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ports::{ClusterErrorKind, ClusterResult, NodeSeen};

/// Asks a cluster whether it has a machine that is ready, where the settings say so; else asks nobody.
pub async fn ask_cluster(app: &World, name: &str) -> Result<(), ApiError> {
    if !app.settings.sync_capacity_check {
        return Ok(());
    }
    match nodes(app, name).await {
        Ok(nodes) if nodes.iter().any(|node| node.takes_searches && node.ready) => Ok(()),
        Ok(_) => {
            let detail = format!("No machine of the cluster {name} is ready to take searches.");
            Err(Fault::new(ErrorCode::ClusterNotReady, detail).into())
        }
        Err(error) => {
            tracing::warn!(cluster = name, %error, "a submission asked a cluster in vain");
            let (code, detail) = match error.kind {
                ClusterErrorKind::Unknown | ClusterErrorKind::NotFound => {
                    (ErrorCode::ClusterNotFound, format!("The cluster {name} is gone."))
                }
                _ => (ErrorCode::ClusterNotReady, format!("The cluster {name} did not answer.")),
            };
            Err(Fault::new(code, detail).into())
        }
    }
}

async fn nodes(app: &World, name: &str) -> ClusterResult<Vec<NodeSeen>> {
    app.deps.clusters.open(name)?.nodes().await
}
