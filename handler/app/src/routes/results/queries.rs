use super::choice::page;
use super::open::{hit_error, open};
use crate::api::results::{BestHit, QueryList, QueryListParams, QueryRow};
use crate::http::{ApiResult, OwnedJob, Params};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_engine::hits::QueryLine;
use std::sync::Arc;

/// The queries of a job with their best hits, in input order.
#[utoipa::path(get, path = "/api/blast/jobs/{id}/results/queries", tag = "results",
    params(("id" = String, Path, description = "The job"), QueryListParams),
    responses((status = 200, body = QueryList), (status = 404, body = crate::api::problem::Problem),
        (status = 409, body = crate::api::problem::Problem)))]
pub async fn queries(
    State(app): State<Arc<World>>,
    job: OwnedJob,
    Params(params): Params<QueryListParams>,
) -> ApiResult<Json<QueryList>> {
    let page = page(params.page, params.page_size)?;
    let results = open(&app, &job.row).await?;
    let only_without = params.without_hits.unwrap_or(false);
    let found = results.reader.queries(page, only_without).await.map_err(hit_error)?;
    let listed = if only_without { found.without_hits } else { found.total };
    Ok(Json(QueryList {
        queries: found.queries.into_iter().map(row).collect(),
        total: found.total,
        without_hits: found.without_hits,
        page: page.number,
        pages: page.of(listed),
        partial: results.partial,
    }))
}

fn row(line: QueryLine) -> QueryRow {
    QueryRow {
        query: line.query,
        id: line.id,
        title: line.title,
        letters: line.letters,
        hits: line.hits,
        alignments: line.alignments,
        best: line.best.map(|best| BestHit {
            subject_id: best.subject_id,
            title: best.title,
            organism: best.organism,
            bitscore: best.bitscore,
            evalue: best.evalue,
            identity: best.identity,
        }),
    }
}
