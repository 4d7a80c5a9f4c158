use super::choice::{filter, page, sort};
use super::open::{hit_error, open};
use crate::api::results::{Hit, HitList, HitParams, Span};
use crate::http::{ApiResult, OwnedJob, Params};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use std::sync::Arc;

/// A page of hits: one row a query and subject.
#[utoipa::path(get, path = "/api/blast/jobs/{id}/results/hits", tag = "results",
    params(("id" = String, Path, description = "The job"), HitParams),
    responses((status = 200, body = HitList), (status = 400, body = crate::api::problem::Problem),
        (status = 404, body = crate::api::problem::Problem), (status = 409, body = crate::api::problem::Problem)))]
pub async fn hits(
    State(app): State<Arc<World>>,
    job: OwnedJob,
    Params(params): Params<HitParams>,
) -> ApiResult<Json<HitList>> {
    let (filter, sort, page) = (filter(&params)?, sort(&params)?, page(params.page, params.page_size)?);
    let results = open(&app, &job.row).await?;
    let found = results.reader.hits(&filter, sort, page).await.map_err(hit_error)?;
    Ok(Json(HitList {
        hits: found.hits.into_iter().map(shape).collect(),
        total_hits: found.total,
        filtered_hits: found.filtered,
        page: page.number,
        pages: page.of(found.filtered),
        partial: results.partial,
    }))
}

fn shape(hit: blastline_engine::hits::Hit) -> Hit {
    let span =
        |span: blastline_engine::hits::Span| Span { from: span.from, to: span.to, bitscore: span.bitscore };
    Hit {
        query: hit.query,
        rank: hit.rank,
        subject_id: hit.subject_id,
        title: hit.title,
        organism: hit.organism,
        taxid: hit.taxid,
        subject_length: hit.subject_length,
        alignments: hit.alignments,
        bitscore: hit.bitscore,
        total_bitscore: hit.total_bitscore,
        evalue: hit.evalue,
        identity: hit.identity,
        query_cover: hit.query_cover,
        spans: hit.spans.into_iter().map(span).collect(),
    }
}
