use super::file::{downloadable, file_id};
use super::open::hits_absent;
use super::result_file::RESULT_FILE;
use crate::api::results::{ExportFormat, ResultFile, ResultManifest};
use crate::http::{ApiResult, OwnedJob};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_blast::elastic::ElasticOutfmt;
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::Status;
use std::sync::Arc;

/// Version of the manifest's shape.
const SCHEMA_VERSION: u32 = 1;

/// What a job's result consists of.
#[utoipa::path(get, path = "/api/blast/jobs/{id}/results", tag = "results",
    params(("id" = String, Path, description = "The job")),
    responses((status = 200, body = ResultManifest), (status = 404, body = crate::api::problem::Problem)))]
pub async fn manifest(State(app): State<Arc<World>>, job: OwnedJob) -> ApiResult<Json<ResultManifest>> {
    let row = &job.row;
    let completed = row.status() == Status::Completed;
    let mut files = Vec::new();
    for file in downloadable(row)? {
        // Whether a file is there is looked up, not assumed.
        if let Some(found) = app.deps.blobs.head(&file.path).await? {
            files.push(ResultFile {
                file_id: file_id(&found.path),
                name: file.name,
                description: file.description.to_owned(),
                size_bytes: file.cut_at.unwrap_or(found.size_bytes),
                format: file.format.to_owned(),
            });
        }
    }
    let status = match (completed, row.queries_done) {
        (true, _) => "available",
        (false, 0) => "no_result_files",
        (false, _) => "partial",
    };
    Ok(Json(ResultManifest {
        job_id: row.id.to_string(),
        status: status.to_owned(),
        files,
        formats: formats(row),
        shows_hits: hits_absent(row).is_none(),
        hits_absent: hits_absent(row).map(str::to_owned),
        queries_total: row.queries_total,
        queries_done: row.queries_done,
        hits: row.hits,
        alignments: row.hsps,
        schema_version: SCHEMA_VERSION,
    }))
}

/// Formats that can be had now.
fn formats(row: &JobRow) -> Vec<ExportFormat> {
    let outfmt = row.outfmt();
    match row.queries_done {
        0 => Vec::new(),
        _ if outfmt == ElasticOutfmt::Hits => of_hits(),
        _ if row.status() != Status::Completed => Vec::new(),
        _ => vec![ExportFormat {
            format: RESULT_FILE.to_owned(),
            label: format!("{} (outfmt {})", outfmt.statement().label, outfmt.statement().number),
            extension: outfmt.extension().to_owned(),
        }],
    }
}

fn of_hits() -> Vec<ExportFormat> {
    let format = |format: &str, label: &str, extension: &str| ExportFormat {
        format: format.to_owned(),
        label: label.to_owned(),
        extension: extension.to_owned(),
    };
    vec![
        format("tsv", "Table with all columns, tab-separated", "tsv"),
        format("csv", "Table with all columns, for spreadsheets", "csv"),
        format("jsonl", "JSON, one alignment a line", "jsonl"),
        format("outfmt6", "BLAST+ tabular (outfmt 6)", "tsv"),
        format("outfmt7", "BLAST+ tabular with comments (outfmt 7)", "txt"),
    ]
}
