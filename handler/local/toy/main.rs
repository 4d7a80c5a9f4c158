//! A handler whose every move is decided by the test that started the host.
//!
//! It answers `GET /` itself. `/echo…` tells what it received, `/stream` sends what the test hands it piece by piece,
//! and every invocation is reported to the test, which decides the answer: a response, a crash, or silence.

use bytes::Bytes;
use futures::StreamExt as _;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Error;
use std::net::Ipv4Addr;
use std::sync::LazyLock;
use tokio::net::TcpListener;

type Body = UnsyncBoxBody<Bytes, Error>;
static TEST: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// What was received, as the test sees it.
#[derive(Serialize)]
struct Seen {
    pid: u32,
    method: String,
    target: String,
    headers: BTreeMap<String, String>,
    body_bytes: usize,
    body: String,
    environment: BTreeMap<String, String>,
}

/// What the test wants.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Respond { status: u16, content_type: Option<String>, body: String },
    Exit(i32),
    Hang,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), AnyError> {
    let port: u16 = std::env::var("FUNCTIONS_CUSTOMHANDLER_PORT")?.parse()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("toy handler says hello");
    eprintln!("toy handler has a warning");
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let serve = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(serve);
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Body>, AnyError> {
    let path = request.uri().path().to_owned();
    if path == "/" {
        return Ok(Response::new(whole("toy")));
    }
    if path.starts_with("/stream") {
        return stream().await;
    }
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let seen = Seen {
        pid: std::process::id(),
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: texts(&parts.headers),
        body_bytes: body.len(),
        body: String::from_utf8_lossy(&body[..body.len().min(100_000)]).into_owned(),
        environment: std::env::vars().filter(|(name, _)| is_told(name)).collect(),
    };
    if path.starts_with("/echo") {
        let mut response = Response::new(whole(serde_json::to_vec(&seen)?));
        response.headers_mut().insert("x-toy", "1".parse()?);
        response.headers_mut().insert("keep-alive", "timeout=5".parse()?);
        return Ok(response);
    }
    let url = format!("{}/invocation", std::env::var("TOY_TEST")?);
    match TEST.post(url).json(&seen).send().await?.json().await? {
        Reply::Respond { status, content_type, body } => {
            let mut response = Response::new(whole(body));
            *response.status_mut() = StatusCode::from_u16(status)?;
            if let Some(kind) = content_type {
                response.headers_mut().insert(CONTENT_TYPE, kind.parse()?);
            }
            Ok(response)
        }
        Reply::Exit(code) =>
        {
            #[expect(
                clippy::disallowed_methods,
                reason = "crashing with a chosen code is what this handler is for"
            )]
            std::process::exit(code)
        }
        Reply::Hang => std::future::pending().await,
    }
}

/// Passes the pieces on that the test sends, each as it comes.
async fn stream() -> Result<Response<Body>, AnyError> {
    let url = format!("{}/pieces", std::env::var("TOY_TEST")?);
    let pieces = TEST.get(url).send().await?.bytes_stream();
    let frames = pieces.map(|piece| piece.map(Frame::data).map_err(Error::other));
    let mut response = Response::new(StreamBody::new(frames).boxed_unsync());
    response.headers_mut().insert(CONTENT_TYPE, "text/event-stream".parse()?);
    Ok(response)
}

fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    headers.iter().map(text).collect()
}

fn is_told(name: &str) -> bool {
    name.starts_with("FUNCTIONS_")
        || ["AZURE_FUNCTIONS_ENVIRONMENT", "WEBSITE_HOSTNAME", "TOY_VALUE"].contains(&name)
}
