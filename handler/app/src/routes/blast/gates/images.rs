use super::super::checks::{Found, check};
use crate::api::preflight::Check;
use crate::world::World;
use blastline_engine::error::EngineResult;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::OwnerId;
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::Phase;

/// Searches of the caller that are looked back at.
const LOOKED_BACK: usize = 20;

/// Whether the programs of a search can be pulled on a cluster. No registry is asked: what the caller's latest search
/// there met tells it, and where there is none nobody knows before a search begins.
pub async fn images(app: &World, owner: &OwnerId, cluster: &str) -> EngineResult<Check> {
    let (id, title) = ("runner_images", "Search program on the cluster");
    let page = app.deps.index().page(owner, None, LOOKED_BACK, None).await?;
    let on = |row: &&JobRow| row.elastic.as_ref().is_some_and(|state| state.cluster == cluster);
    let told = page.jobs.iter().filter(on).find_map(evidence);
    let image = &app.deps.elastic.image;
    Ok(match told {
        Some(Ok(())) => {
            let detail = "Your latest search on this cluster had its programs.";
            check(id, title, Found::Pass, detail)
        }
        Some(Err(words)) => {
            let detail = format!("Your latest search here ended because a program was missing. {words}");
            let fix =
                "Ask an operator to put the image into the registry; the search can be tried meanwhile.";
            check(id, title, Found::Warn, detail).fix("copy_command", fix).with_command(command(image))
        }
        None => {
            let detail =
                format!("Whether {image} can be had shows when a search begins; none of yours did here yet.");
            check(id, title, Found::Unknown, detail)
        }
    })
}

/// What a search tells of the images; `None` where it did not get that far.
fn evidence(row: &JobRow) -> Option<Result<(), String>> {
    match &row.fault {
        Some(fault) if fault.code == ErrorCode::ImageNotPulled => Some(Err(fault.detail.clone())),
        _ => matches!(row.phase, Phase::Running | Phase::ResultsPending | Phase::Completed).then_some(Ok(())),
    }
}

/// The command that builds the runner's image in its registry.
fn command(image: &str) -> String {
    let (host, rest) = image.split_once('/').unwrap_or(("", image));
    let registry = host.split('.').next().unwrap_or_default();
    format!("az acr build --registry {registry} --image {rest} infra/runner")
}
