use super::choice::filter;
use super::file::attachment;
use super::open::{hit_error, open};
use super::result_file::{RESULT_FILE, result_file};
use crate::api::results::HitParams;
use crate::http::{ApiError, ApiResult, OwnedJob, Params};
use crate::world::World;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use blastline_blast::table::{
    csv_header, csv_row, json_line, outfmt7_block_header, outfmt7_footer, push_outfmt6_row, tsv_header,
    tsv_row, version_line,
};
use blastline_engine::hits::{ExportBatch, ExportItem, ExportRequest};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::rows::JobRow;
use futures::{StreamExt, stream};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which format.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    /// `tsv`, `csv`, `jsonl`, `outfmt6` or `outfmt7`; `result_file` for the one file of a search on a cluster that was
    /// submitted with a format of its own.
    pub format: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Tsv,
    Csv,
    Jsonl,
    Outfmt6,
    Outfmt7,
}

/// Downloads alignments in a format, all or as filtered, in BLAST+'s order. Streams; memory does not grow with it.
#[utoipa::path(get, path = "/api/blast/jobs/{id}/results/export", tag = "results",
    params(("id" = String, Path, description = "The job"), ExportParams, HitParams),
    responses((status = 200, description = "The table", content_type = "text/plain"),
        (status = 400, body = crate::api::problem::Problem), (status = 404, body = crate::api::problem::Problem),
        (status = 409, body = crate::api::problem::Problem)))]
pub async fn export(
    State(app): State<Arc<World>>,
    job: OwnedJob,
    Params(params): Params<HitParams>,
    Params(wanted): Params<ExportParams>,
) -> ApiResult<Response> {
    let filter = filter(&params)?;
    if wanted.format == RESULT_FILE {
        return result_file(&app, &job.row, &filter).await;
    }
    let format = Format::parse(&wanted.format)?;
    let results = open(&app, &job.row).await?;
    let request =
        ExportRequest { filter, queries: format == Format::Outfmt7, residues: format == Format::Jsonl };
    let mut batches = results.reader.export(request);
    // The first batch is read before the answer begins, so that what is broken is told as a problem.
    let first = batches.next().await.transpose().map_err(hit_error)?;
    let writer = Writer {
        format,
        head: version_line(job.row.program, &job.row.blast_version),
        database: database(&job.row),
    };
    let queries = results.reader.totals().queries;
    let counted = if params.query.is_some() { 1 } else { queries };
    let header = stream::iter([Ok(Bytes::from(format.header()))]);
    let footer = stream::iter([Ok(Bytes::from(format.footer(counted)))]);
    let body = stream::iter(first.map(Ok)).chain(batches).map(move |batch| match batch {
        Ok(batch) => Ok(Bytes::from(writer.write(&batch))),
        Err(error) => {
            tracing::error!(%error, "an export ended early");
            Err(std::io::Error::other(error.to_string()))
        }
    });
    let mut response = Response::new(Body::from_stream(header.chain(body).chain(footer)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    let part = if results.partial { "-so-far" } else { "" };
    headers.insert(
        header::CONTENT_DISPOSITION,
        attachment(&format!("{}{part}.{}", job.row.id, format.extension())),
    );
    Ok(response)
}

fn database(row: &JobRow) -> String {
    row.databases.first().map(|database| database.name.to_string()).unwrap_or_default()
}

struct Writer {
    format: Format,
    head: String,
    database: String,
}

impl Writer {
    fn write(&self, batch: &ExportBatch) -> String {
        let mut out = String::new();
        batch.for_each(|item| match (item, self.format) {
            (ExportItem::Query(line), Format::Outfmt7) => {
                let defline = if line.title.is_empty() {
                    line.id.clone()
                } else {
                    format!("{} {}", line.id, line.title)
                };
                out.push_str(&outfmt7_block_header(&self.head, &defline, &self.database, line.alignments));
            }
            (ExportItem::Query(_), _) => {}
            (ExportItem::Hsp(hsp), Format::Outfmt6 | Format::Outfmt7) => push_outfmt6_row(&mut out, hsp),
            (ExportItem::Hsp(hsp), Format::Tsv) => out.push_str(&tsv_row(hsp)),
            (ExportItem::Hsp(hsp), Format::Csv) => out.push_str(&csv_row(hsp)),
            (ExportItem::Hsp(hsp), Format::Jsonl) => out.push_str(&json_line(hsp).unwrap_or_default()),
        });
        out
    }
}

impl Format {
    fn parse(text: &str) -> ApiResult<Self> {
        match text {
            "tsv" => Ok(Self::Tsv),
            "csv" => Ok(Self::Csv),
            "jsonl" => Ok(Self::Jsonl),
            "outfmt6" => Ok(Self::Outfmt6),
            "outfmt7" => Ok(Self::Outfmt7),
            _ => {
                let detail = "`format` has to be tsv, csv, jsonl, outfmt6, outfmt7 or result_file.";
                Err(ApiError::new(ErrorCode::InvalidParameter, detail))
            }
        }
    }

    fn header(self) -> String {
        match self {
            Self::Tsv => tsv_header(),
            Self::Csv => csv_header(),
            Self::Jsonl | Self::Outfmt6 | Self::Outfmt7 => String::new(),
        }
    }

    fn footer(self, queries: u64) -> String {
        match self {
            Self::Outfmt7 => outfmt7_footer(queries),
            Self::Tsv | Self::Csv | Self::Jsonl | Self::Outfmt6 => String::new(),
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
            Self::Tsv | Self::Outfmt6 => "text/tab-separated-values; charset=utf-8",
            Self::Outfmt7 => "text/plain; charset=utf-8",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Tsv | Self::Outfmt6 => "tsv",
            Self::Outfmt7 => "txt",
        }
    }
}
