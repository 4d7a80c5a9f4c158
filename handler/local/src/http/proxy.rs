//! The stream between a client and the handler process of the `http` group.

use super::activity::Activity;
use super::body::{self, Body, Cut, Download, Ending, MAX_REQUEST_BYTES, Upload};
use super::client::{Client, address};
use super::headers;
use crate::process::{Endpoint, Worker};
use crate::protocol::encoding::guid;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper_util::client::legacy::Error as SendError;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

const ATTEMPTS: u32 = 10;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// What every proxied request needs.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Connections to handlers.
    pub client: Client,
    /// Longest silence of a request, in both directions together.
    pub idle_limit: Duration,
    /// Longest run of a function; after it the process is killed.
    pub function_timeout: Option<Duration>,
    /// How long a request waits for a process that is starting.
    pub start_limit: Duration,
}

enum Failure {
    /// No process became ready, or none took the connection.
    Unavailable,
    /// The connection broke before an answer.
    Broken,
    /// The stream was cut by us.
    Cut(Cut),
}

impl Proxy {
    /// Sends `request` to `worker` and gives its answer, both streaming.
    pub async fn forward(
        &self,
        worker: &Arc<Worker>,
        request: Request<Incoming>,
        client: IpAddr,
    ) -> Response<Body> {
        let (mut parts, source) = request.into_parts();
        let activity = Activity::new();
        let upload = Upload::new(source, activity.clone());
        let length = parts.headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|bytes| bytes > MAX_REQUEST_BYTES) {
            upload.drain();
            return plain(StatusCode::PAYLOAD_TOO_LARGE);
        }
        headers::for_handler(&mut parts.headers, client, &guid());
        let started = Instant::now();
        match self.attempts(worker, &parts, &upload, &activity, started).await {
            Ok((answer, endpoint)) => self.respond(worker, answer, activity, endpoint, started),
            Err(failure) => {
                let status = match failure {
                    Failure::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                    Failure::Broken => StatusCode::BAD_GATEWAY,
                    Failure::Cut(Cut::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
                    Failure::Cut(Cut::Idle | Cut::FunctionTimeout) => StatusCode::GATEWAY_TIMEOUT,
                };
                tracing::warn!(method = %parts.method, path = parts.uri.path(), status = status.as_u16(), "request failed");
                upload.drain();
                plain(status)
            }
        }
    }

    /// Tries again while the process cannot be connected to: it may be on its way back.
    async fn attempts(
        &self,
        worker: &Arc<Worker>,
        parts: &Parts,
        upload: &Upload,
        activity: &Activity,
        started: Instant,
    ) -> Result<(Response<Incoming>, Endpoint), Failure> {
        let mut pause = FIRST_PAUSE;
        for _ in 0..=ATTEMPTS {
            let endpoint = worker.ready(self.start_limit).await.map_err(|_| Failure::Unavailable)?;
            let request = attempt(parts, upload, endpoint).map_err(|_| Failure::Broken)?;
            activity.touch();
            let sent = tokio::select! {
                sent = self.client.forward(request) => sent,
                cut = self.ending(worker.clone(), endpoint, activity.clone(), started) => return Err(Failure::Cut(cut)),
            };
            match sent {
                Ok(answer) => return Ok((answer, endpoint)),
                Err(_) if upload.is_too_large() => return Err(Failure::Cut(Cut::TooLarge)),
                Err(error) if is_safe_to_repeat(&error) => {
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(error) => {
                    tracing::debug!(%error, "the handler's connection broke");
                    return Err(Failure::Broken);
                }
            }
        }
        Err(Failure::Unavailable)
    }

    fn respond(
        &self,
        worker: &Arc<Worker>,
        answer: Response<Incoming>,
        activity: Activity,
        endpoint: Endpoint,
        started: Instant,
    ) -> Response<Body> {
        let (mut parts, source) = answer.into_parts();
        headers::strip_hop_by_hop(&mut parts.headers);
        activity.touch();
        let ending = self.ending(worker.clone(), endpoint, activity.clone(), started);
        Response::from_parts(parts, Download::watched(source, activity, ending))
    }

    /// Resolves when the request must end. A function's time-out takes the whole process, as on the platform.
    fn ending(
        &self,
        worker: Arc<Worker>,
        endpoint: Endpoint,
        activity: Activity,
        started: Instant,
    ) -> Ending {
        let (idle_limit, function_timeout) = (self.idle_limit, self.function_timeout);
        Box::pin(async move {
            let timeout = async {
                match function_timeout {
                    Some(limit) => sleep_until(started + limit).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = activity.idle_for(idle_limit) => Cut::Idle,
                () = timeout => {
                    tracing::error!(worker = worker.label(), "an HTTP function ran into its time-out; its process is killed");
                    worker.kill(endpoint);
                    Cut::FunctionTimeout
                }
            }
        })
    }
}

fn attempt(parts: &Parts, upload: &Upload, endpoint: Endpoint) -> Result<Request<Body>, http::Error> {
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    let mut request = Request::new(upload.attempt());
    *request.method_mut() = parts.method.clone();
    *request.uri_mut() = address(endpoint.port, path)?;
    *request.headers_mut() = parts.headers.clone();
    Ok(request)
}

/// Nothing was sent yet, so nobody can have acted on it.
fn is_safe_to_repeat(error: &SendError) -> bool {
    error.is_connect()
}

/// An answer of the host itself: a status and nothing else.
#[must_use]
pub fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(body::empty());
    *response.status_mut() = status;
    response
}

/// Whether a request may have enqueued something.
#[must_use]
pub fn may_change_something(method: &Method) -> bool {
    method != Method::GET
}
