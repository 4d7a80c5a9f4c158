use crate::http::{ApiError, ApiResult, OwnedJob};
use crate::world::World;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use blastline_blast::elastic::ElasticOutfmt;
use blastline_engine::error::EngineResult;
use blastline_engine::serverless::{ResultPaths, joined_files};
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::Status;
use std::sync::Arc;

/// A file that can be downloaded as it is stored.
pub struct Downloadable {
    /// Where it is.
    pub path: BlobPath,
    /// Its length where more follows in the blob, in bytes.
    pub cut_at: Option<u64>,
    /// Name for people.
    pub name: String,
    /// What it is, in words.
    pub description: &'static str,
    /// Its format.
    pub format: &'static str,
}

/// The files of a job that can be downloaded, whether or not they are there yet: the joined result of one that is
/// completed, and the sequences.
pub fn downloadable(job: &JobRow) -> EngineResult<Vec<Downloadable>> {
    let mut files = if job.status() == Status::Completed { of_result(job)? } else { Vec::new() };
    files.push(Downloadable {
        path: ResultPaths::of(&job.id).query(&job.query_digest)?,
        cut_at: Some(job.query_bytes),
        name: format!("{}-query.fa", job.id),
        description: "The sequences that were searched",
        format: "fasta",
    });
    Ok(files)
}

fn of_result(job: &JobRow) -> EngineResult<Vec<Downloadable>> {
    let joined = joined_files(job)?;
    let stem = &job.id;
    let outfmt = job.outfmt();
    if outfmt != ElasticOutfmt::Hits {
        return Ok(vec![Downloadable {
            path: joined.archive,
            cut_at: None,
            name: format!("{stem}.{}.gz", outfmt.extension()),
            description: "What BLAST+ wrote, all batches in query order, compressed",
            format: packed(outfmt.extension()),
        }]);
    }
    let file = |path, end: &str, description, format| Downloadable {
        path,
        cut_at: None,
        name: format!("{stem}{end}"),
        description,
        format,
    };
    Ok(vec![
        file(joined.archive, ".asn.gz", "BLAST archive; blast_formatter makes any format of it", "asn1.gz"),
        file(joined.hits, "-hits.parquet", "Alignments as a Parquet table", "parquet"),
        file(joined.residues, "-residues.parquet", "Aligned residues as a Parquet table", "parquet"),
        file(
            joined.queries,
            "-queries.parquet",
            "Queries with their best hits as a Parquet table",
            "parquet",
        ),
    ])
}

/// Word for a compressed file.
fn packed(extension: &str) -> &'static str {
    match extension {
        "xml" => "xml.gz",
        "json" => "json.gz",
        "csv" => "csv.gz",
        "tsv" => "tsv.gz",
        _ => "txt.gz",
    }
}

/// A file's id: its place in storage, in URL-safe base64.
pub fn file_id(path: &BlobPath) -> String {
    format!("b64_{}", BASE64_URL_SAFE_NO_PAD.encode(path.to_string()))
}

/// Downloads a file as it is stored. Only ids that the manifest gives are taken.
#[utoipa::path(get, path = "/api/blast/jobs/{id}/results/files/{file_id}", tag = "results",
    params(("id" = String, Path, description = "The job"), ("file_id" = String, Path, description = "From the manifest")),
    responses((status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = 404, body = crate::api::problem::Problem)))]
pub async fn file(
    State(app): State<Arc<World>>,
    job: OwnedJob,
    names: Path<(String, String)>,
) -> ApiResult<Response> {
    let (_, wanted) = &*names;
    let missing = || ApiError::new(ErrorCode::NotFound, "This search has no such file.");
    let found = downloadable(&job.row)?
        .into_iter()
        .find(|file| file_id(&file.path) == *wanted)
        .ok_or_else(missing)?;
    let info = app.deps.blobs.head(&found.path).await?.ok_or_else(missing)?;
    let stream = app.deps.blobs.open(&found.path, found.cut_at.map(|end| 0..end)).await?;
    let mut response = Response::new(Body::from_stream(stream));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(found.cut_at.unwrap_or(info.size_bytes)));
    headers.insert(header::CONTENT_DISPOSITION, attachment(&found.name));
    Ok(response)
}

/// `Content-Disposition` for a name of letters, digits, dots and hyphens.
pub fn attachment(name: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"))
}
