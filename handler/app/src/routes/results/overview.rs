use super::open::{hit_error, open};
use crate::api::results::{CoverageBin, Histogram, Overview, OverviewParams, RegionGroup};
use crate::http::{ApiResult, OwnedJob, Params};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use std::sync::Arc;

/// All hits of a query at a glance, in constant size.
#[utoipa::path(get, path = "/api/blast/jobs/{id}/results/overview", tag = "results",
    params(("id" = String, Path, description = "The job"), OverviewParams),
    responses((status = 200, body = Overview), (status = 400, body = crate::api::problem::Problem),
        (status = 404, body = crate::api::problem::Problem), (status = 409, body = crate::api::problem::Problem)))]
pub async fn overview(
    State(app): State<Arc<World>>,
    job: OwnedJob,
    Params(params): Params<OverviewParams>,
) -> ApiResult<Json<Overview>> {
    let results = open(&app, &job.row).await?;
    let found = results.reader.overview(params.query).await.map_err(hit_error)?;
    let histogram = |found: blastline_engine::hits::Histogram| Histogram {
        from: found.from,
        to: found.to,
        counts: found.counts,
    };
    Ok(Json(Overview {
        query: params.query,
        letters: found.letters,
        hits: found.hits,
        coverage: found
            .coverage
            .into_iter()
            .map(|bin| CoverageBin { from: bin.from, to: bin.to, counts: bin.counts.to_vec() })
            .collect(),
        evalue: histogram(found.evalue),
        identity: histogram(found.identity),
        groups: found
            .groups
            .into_iter()
            .map(|group| RegionGroup { class: group.class, from: group.from, to: group.to, hits: group.hits })
            .collect(),
        other_hits: found.other_hits,
        partial: results.partial,
    }))
}
