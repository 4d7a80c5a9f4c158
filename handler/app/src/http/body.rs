//! Reading what was submitted: JSON, or a form with the sequences as a file. Memory does not grow with the file.

use super::problem::{ApiError, ApiResult};
use crate::api::submit::SubmitRequest;
use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use blastline_engine::error::EngineError;
use blastline_jobs::error_code::ErrorCode;
use std::path::Path;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

/// Largest JSON body and largest `request` part, in bytes.
pub const MAX_JSON_BYTES: u64 = 10 * 1024 * 1024;

/// A submitted search: the request, and the file with its sequences where one was sent.
#[derive(Debug)]
pub struct Submission {
    /// The request.
    pub request: SubmitRequest,
    /// The file, plain or gzip.
    pub file: Option<NamedTempFile>,
}

/// Reads a submission. `max_body` bounds the whole body in bytes; files are spooled to `scratch`.
pub async fn read_submission(request: Request, max_body: u64, scratch: &Path) -> ApiResult<Submission> {
    let declared =
        request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|size| size > max_body) {
        return Err(too_large(max_body));
    }
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/json" => {
            let limit = max_body.min(MAX_JSON_BYTES);
            let body =
                axum::body::to_bytes(request.into_body(), usize::try_from(limit).unwrap_or(usize::MAX)).await;
            let body = body.map_err(|_| too_large(limit))?;
            Ok(Submission { request: parse(&body)?, file: None })
        }
        "multipart/form-data" => read_form(request, max_body, scratch).await,
        _ => {
            let detail = "The request has to be application/json or multipart/form-data.";
            Err(ApiError::new(ErrorCode::UnsupportedMediaType, detail))
        }
    }
}

async fn read_form(request: Request, max_body: u64, scratch: &Path) -> ApiResult<Submission> {
    let mut form =
        Multipart::from_request(request, &()).await.map_err(|_| malformed("The form cannot be read."))?;
    let (mut parsed, mut file, mut left) = (None, None, max_body);
    while let Some(field) = form.next_field().await.map_err(|error| form_error(&error, max_body))? {
        match field.name() {
            Some("request") if parsed.is_none() => {
                let text = collect(field, left.min(MAX_JSON_BYTES)).await?;
                left = left.saturating_sub(text.len() as u64);
                parsed = Some(parse(&text)?);
            }
            Some("query") if file.is_none() => {
                let (spooled, size) = spool(field, left, max_body, scratch).await?;
                left = left.saturating_sub(size);
                file = Some(spooled);
            }
            _ => return Err(malformed("A form has one part `request` and at most one part `query`.")),
        }
    }
    let request = parsed.ok_or_else(|| malformed("The form lacks its part `request`."))?;
    Ok(Submission { request, file })
}

async fn collect(mut field: Field<'_>, limit: u64) -> ApiResult<Bytes> {
    let mut text = Vec::new();
    while let Some(bytes) = field.chunk().await.map_err(|error| form_error(&error, limit))? {
        text.extend_from_slice(&bytes);
        if text.len() as u64 > limit {
            return Err(too_large(limit));
        }
    }
    Ok(text.into())
}

async fn spool(
    mut field: Field<'_>,
    left: u64,
    max_body: u64,
    scratch: &Path,
) -> ApiResult<(NamedTempFile, u64)> {
    let io = |error| ApiError::from(EngineError::io("taking in the file")(error));
    let spooled = blastline_engine::scratch::file(scratch, "upload").map_err(io)?;
    let mut out = tokio::fs::File::from_std(spooled.reopen().map_err(io)?);
    let mut size = 0;
    while let Some(bytes) = field.chunk().await.map_err(|error| form_error(&error, max_body))? {
        size += bytes.len() as u64;
        if size > left {
            return Err(too_large(max_body));
        }
        out.write_all(&bytes).await.map_err(io)?;
    }
    out.flush().await.map_err(io)?;
    Ok((spooled, size))
}

fn parse(body: &[u8]) -> ApiResult<SubmitRequest> {
    serde_json::from_slice(body).map_err(|error| malformed(&format!("The JSON cannot be read: {error}.")))
}

fn malformed(detail: &str) -> ApiError {
    ApiError::new(ErrorCode::MalformedRequest, detail)
}

fn form_error(error: &MultipartError, limit: u64) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(limit);
    }
    malformed("The form ends early or cannot be read.")
}

fn too_large(limit: u64) -> ApiError {
    let detail = format!("The request is larger than {} MiB.", limit / (1024 * 1024));
    ApiError::new(ErrorCode::PayloadTooLarge, detail)
}
