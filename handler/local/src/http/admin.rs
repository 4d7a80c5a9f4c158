//! The host's own paths: run a function by hand, and see how the host is.

use super::body::{self, Body};
use super::proxy::plain;
use crate::config::{Discovered, Function, Trigger};
use crate::invoke::Invoker;
use crate::process::worker::State;
use crate::process::{Fleet, Worker};
use crate::protocol::{HOST_VERSION, Payload, Sys};
use crate::timer::listener::Timer;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// More than any queue message.
const MAX_INPUT_BYTES: usize = 1024 * 1024;

/// What `/admin` knows.
#[derive(Debug)]
pub struct Admin {
    /// The host's id, under which timers keep their status.
    pub host_id: String,
    /// The functions that run.
    pub functions: Vec<Arc<Function>>,
    /// The timers among them.
    pub timers: BTreeMap<String, Arc<Timer>>,
    /// Names and reasons of those that do not.
    pub rejected: Vec<Rejected>,
    /// Names of those that are switched off.
    pub disabled: Vec<String>,
    /// The processes.
    pub fleet: Arc<Fleet>,
    /// Runs invocations.
    pub invoker: Arc<Invoker>,
}

/// A function that cannot run.
#[derive(Debug, Clone, Serialize)]
pub struct Rejected {
    name: String,
    reason: String,
}

#[derive(Deserialize, Default)]
struct Manual {
    #[serde(default)]
    input: String,
}

#[derive(Serialize)]
struct Status<'a> {
    id: &'a str,
    state: &'static str,
    version: &'static str,
    functions: Vec<&'a str>,
    disabled: &'a [String],
    rejected: &'a [Rejected],
    processes: Vec<Process<'a>>,
}

#[derive(Serialize)]
struct Process<'a> {
    group: Option<&'a str>,
    instance: usize,
    state: &'static str,
    pid: Option<i32>,
    port: Option<u16>,
    restarts: u64,
}

impl Rejected {
    /// The rejected functions of a discovery.
    #[must_use]
    pub fn of(found: &Discovered) -> Vec<Self> {
        let one = |(name, error): &(String, crate::config::function::FunctionError)| Self {
            name: name.clone(),
            reason: error.to_string(),
        };
        found.rejected.iter().map(one).collect()
    }
}

impl Admin {
    /// Answers a request below `/admin` or `/runtime/webhooks`.
    pub async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let path = request.uri().path().trim_end_matches('/').to_owned();
        if request.method() == Method::GET && path.eq_ignore_ascii_case("/admin/host/status") {
            return self.status();
        }
        match path.strip_prefix("/admin/functions/") {
            Some(name) if request.method() == Method::POST => {
                let named = |f: &&Arc<Function>| f.name.eq_ignore_ascii_case(name);
                match self.functions.iter().find(named).cloned() {
                    Some(function) => self.run(function, request.into_body()).await,
                    None => plain(StatusCode::NOT_FOUND),
                }
            }
            _ => plain(StatusCode::NOT_FOUND),
        }
    }

    /// Starts the function and answers before it ends, as the platform does.
    async fn run(&self, function: Arc<Function>, input: Incoming) -> Response<Body> {
        let Ok(input) = Limited::new(input, MAX_INPUT_BYTES).collect().await else {
            return plain(StatusCode::PAYLOAD_TOO_LARGE);
        };
        let input = input.to_bytes();
        let manual =
            if input.is_empty() { Ok(Manual::default()) } else { serde_json::from_slice::<Manual>(&input) };
        let Ok(manual) = manual else { return plain(StatusCode::BAD_REQUEST) };
        match &function.trigger {
            // These are called at their own address.
            Trigger::Http { .. } => return plain(StatusCode::BAD_REQUEST),
            Trigger::Timer { .. } => {
                let Some(timer) = self.timers.get(&function.name).cloned() else {
                    return plain(StatusCode::SERVICE_UNAVAILABLE);
                };
                tokio::spawn(async move { timer.run(false).await });
            }
            Trigger::Queue { binary, .. } => {
                let sys = Sys::now(&function.name);
                let payload = Payload::manual(&function.trigger_name, *binary, &manual.input, &sys);
                let Some(worker) = self.fleet.of(&function.group()).first().cloned() else {
                    return plain(StatusCode::SERVICE_UNAVAILABLE);
                };
                let invoker = self.invoker.clone();
                tokio::spawn(async move { invoker.run(&function, &worker, &payload).await });
            }
        }
        plain(StatusCode::ACCEPTED)
    }

    fn status(&self) -> Response<Body> {
        let status = Status {
            id: &self.host_id,
            state: "Running",
            version: HOST_VERSION,
            functions: self.functions.iter().map(|f| f.name.as_str()).collect(),
            disabled: &self.disabled,
            rejected: &self.rejected,
            processes: self.fleet.workers().iter().map(|w| process(w)).collect(),
        };
        let Ok(text) = serde_json::to_vec(&status) else { return plain(StatusCode::INTERNAL_SERVER_ERROR) };
        let mut response = Response::new(body::full(text));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

fn process(worker: &Worker) -> Process<'_> {
    let (state, pid, port) = match worker.state() {
        State::Starting { pid } => ("starting", pid, None),
        State::Ready(endpoint) => ("ready", Some(endpoint.pid), Some(endpoint.port)),
    };
    let pid = pid.map(|pid| pid.as_raw_nonzero().get());
    let (group, instance, restarts) = (worker.group.as_deref(), worker.instance, worker.restarts());
    Process { group, instance, state, pid, port, restarts }
}
