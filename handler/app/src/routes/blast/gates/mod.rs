//! What has to be the case before a search can run on a cluster, beside a request that is right in itself. All of it is
//! read from stored rows and from storage; no cluster is asked.

mod capacity;
mod cluster;
mod database;
mod images;
#[cfg(test)]
mod tests;

use super::checks::Found;
use crate::api::preflight::Check;
use crate::clusters::{Known, Standing, standing};
use crate::http::ApiError;
use crate::world::World;
use blastline_engine::database::Manifest;
use blastline_engine::error::EngineResult;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::OwnerId;

pub use images::images;

/// The gates of a search on a cluster: those that may stop it. `database` is left out where there is none to look at.
pub async fn gates(app: &World, cluster: &Known, database: Option<&Manifest>) -> EngineResult<Vec<Check>> {
    let standing: Standing = standing(cluster, app.deps.clock.now());
    let mut checks = vec![cluster::check(cluster, &standing)];
    if let Some(manifest) = database {
        checks.extend(database::checks(app, manifest, &standing).await);
    }
    checks.push(capacity::check(app, cluster, &standing).await?);
    Ok(checks)
}

/// Everything that a person is shown of them.
pub async fn all(
    app: &World,
    owner: &OwnerId,
    cluster: &Known,
    database: Option<&Manifest>,
) -> EngineResult<Vec<Check>> {
    let mut checks = gates(app, cluster, database).await?;
    checks.push(images(app, owner, &cluster.name).await?);
    Ok(checks)
}

/// Refuses a search that a gate stops, with the gates' names.
pub fn pass(checks: &[Check]) -> Result<(), ApiError> {
    let shut: Vec<_> = checks.iter().filter(|check| Found::of(check) == Found::Fail).collect();
    let Some(first) = shut.first() else { return Ok(()) };
    let detail = shut.iter().map(|check| check.detail.as_str()).collect::<Vec<_>>().join(" ");
    let fault = Fault::new(ErrorCode::BlockedByPreflight, detail);
    let fault = match &first.action {
        Some(action) => fault.with_hint(action.clone()),
        None => fault,
    };
    Err(ApiError::gates(fault, shut.iter().map(|check| check.id.clone()).collect()))
}
