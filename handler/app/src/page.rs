//! The page's files, read into memory once: they are few and small.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// Largest file of the page, in bytes; a larger one is left out with a warning.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// The files of the page by path below its folder.
#[derive(Debug, Default)]
pub struct Page {
    files: BTreeMap<String, Asset>,
}

#[derive(Debug)]
struct Asset {
    body: Bytes,
    kind: &'static str,
    etag: HeaderValue,
}

impl Page {
    /// Reads a folder. One that is not there gives an empty page, which says so when it is asked for.
    pub fn load(root: &Path) -> Self {
        let mut page = Self::default();
        page.read(root, "");
        if page.files.is_empty() {
            tracing::warn!(root = %root.display(), "the page's folder is missing or empty");
        }
        page
    }

    fn read(&mut self, folder: &Path, prefix: &str) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = format!("{prefix}{name}");
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => self.read(&entry.path(), &format!("{path}/")),
                Ok(meta) if meta.len() <= MAX_FILE_BYTES => {
                    if let Ok(body) = std::fs::read(entry.path()) {
                        self.files.insert(path, Asset::new(&name, body));
                    }
                }
                _ => tracing::warn!(path, "file of the page left out"),
            }
        }
    }

    /// Answers a GET or HEAD for a path (without the leading slash): the file, or the page itself, whose own router
    /// knows the rest.
    pub fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response {
        let (asset, lasts) = match self.files.get(path) {
            Some(asset) => (asset, path.starts_with("assets/")),
            None if path.starts_with("assets/") => return StatusCode::NOT_FOUND.into_response(),
            None => match self.files.get("index.html") {
                Some(asset) => (asset, false),
                None => {
                    let text = "The page is not built. Run `make run`, or `npm run build` in web/.";
                    return (StatusCode::NOT_FOUND, text).into_response();
                }
            },
        };
        let keep = if lasts { "public, max-age=31536000, immutable" } else { "no-cache" };
        let known = headers.get(header::IF_NONE_MATCH).is_some_and(|etag| *etag == asset.etag);
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else if *method == Method::HEAD {
            ([(header::CONTENT_LENGTH, asset.body.len())]).into_response()
        } else {
            asset.body.clone().into_response()
        };
        let out = response.headers_mut();
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
        out.insert(header::ETAG, asset.etag.clone());
        response
    }
}

impl Asset {
    fn new(name: &str, body: Vec<u8>) -> Self {
        let digest = hex::encode(Sha256::digest(&body));
        let etag = format!("\"{}\"", digest.get(..32).unwrap_or(&digest));
        let etag = HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\""));
        Self { body: body.into(), kind: kind_of(name), etag }
    }
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
