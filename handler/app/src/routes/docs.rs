//! `/api/docs`: the API document, to read and to fetch, and what each error code means.

use crate::world::World;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use blastline_jobs::error_code::ErrorCode;
use std::fmt::Write;
use std::sync::Arc;

/// Routes of the documents. They describe the API, so they are not in it.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/api/docs", get(reader))
        .route("/api/docs/", get(reader))
        .route("/api/docs/openapi.json", get(openapi))
        .route("/api/docs/errors", get(errors))
}

/// The reader, a page of its own beside the app.
async fn reader(State(app): State<Arc<World>>, headers: HeaderMap) -> Response {
    app.page.answer(&Method::GET, "docs.html", &headers)
}

async fn openapi() -> Response {
    let text = super::document().to_json().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Every error code in a table: where problems' `type` points.
async fn errors() -> Response {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Error codes · Blastline</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>body{font:14px/1.5 system-ui,sans-serif;\
         max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}table{border-collapse:collapse}\
         td,th{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8885}\
         tr:target{outline:2px solid}</style></head><body><h1>Error codes</h1><table><thead><tr><th>Code</th>\
         <th>Status</th><th>What it means</th><th>What to do</th></tr></thead><tbody>",
    );
    for code in ErrorCode::ALL {
        // Writing to a string cannot fail; none of these texts holds a character of HTML.
        let _ = write!(
            page,
            "<tr id=\"{code}\"><td><code>{code}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            code.http_status(),
            code.title(),
            code.hint()
        );
    }
    page.push_str("</tbody></table></body></html>");
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}
