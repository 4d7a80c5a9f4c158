use super::choice::{filter, page, sort};
use super::open::{hit_error, open};
use crate::api::results::{Alignment, AlignmentList, HitParams};
use crate::http::{ApiResult, OwnedJob, Params};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_blast::alignment::midline;
use blastline_blast::program::{Molecule, Program};
use std::sync::Arc;

/// A page of alignments with their residues.
#[utoipa::path(get, path = "/api/blast/jobs/{id}/results/alignments", tag = "results",
    params(("id" = String, Path, description = "The job"), HitParams),
    responses((status = 200, body = AlignmentList), (status = 400, body = crate::api::problem::Problem),
        (status = 404, body = crate::api::problem::Problem), (status = 409, body = crate::api::problem::Problem)))]
pub async fn alignments(
    State(app): State<Arc<World>>,
    job: OwnedJob,
    Params(params): Params<HitParams>,
) -> ApiResult<Json<AlignmentList>> {
    let (filter, sort, page) = (filter(&params)?, sort(&params)?, page(params.page, params.page_size)?);
    let results = open(&app, &job.row).await?;
    let found = results.reader.alignments(&filter, sort, page).await.map_err(hit_error)?;
    let payload = app.deps.jobs().payload(&job.row.id).await?;
    let (program, matrix) = (payload.search.program(), payload.search.matrix());
    Ok(Json(AlignmentList {
        alignments: found.alignments.into_iter().map(|alignment| shape(alignment, program, matrix)).collect(),
        total_alignments: found.total,
        filtered_alignments: found.filtered,
        page: page.number,
        pages: page.of(found.filtered),
        partial: results.partial,
    }))
}

fn shape(found: blastline_engine::hits::Alignment, program: Program, matrix: Option<&str>) -> Alignment {
    let (query_residues, subject_residues) = found.residues.unwrap_or_default();
    // BLAST+'s tables give proteins a frame too; its reports do not.
    let frame = |frame: i64, of: Molecule| match of {
        Molecule::Nucleotide => i32::try_from(frame).unwrap_or(0),
        Molecule::Protein => 0,
    };
    Alignment {
        query: found.query,
        query_id: found.query_id,
        query_length: found.query_length,
        rank: found.rank,
        alignment: found.alignment,
        subject_id: found.subject_id,
        title: found.title,
        organism: found.organism,
        subject_length: found.subject_length,
        query_start: found.query_start,
        query_end: found.query_end,
        subject_start: found.subject_start,
        subject_end: found.subject_end,
        query_frame: frame(found.query_frame, program.query_molecule()),
        subject_frame: frame(found.subject_frame, program.database_molecule()),
        score: found.score,
        bitscore: found.bitscore,
        evalue: found.evalue,
        identical: found.identical,
        positive: found.positive,
        gaps: found.gaps,
        length: found.length,
        identity: found.identity,
        midline: midline(program, matrix, &query_residues, &subject_residues),
        query_residues,
        subject_residues,
    }
}
