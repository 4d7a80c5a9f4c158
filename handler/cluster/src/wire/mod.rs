//! Requests to one API server: with limits of time and size, the breaker, and short waits that the cluster asks for.

mod ask;
mod list;

pub use ask::{Ask, JSON, MERGE_PATCH};
pub use list::Lists;

use crate::{
    CallLimits,
    connect::Connector,
    error::{client_error, corrupt, no_answer, status_error},
    guard::Guard,
};
use blastline_jobs::ports::{Clock, ClusterError, ClusterErrorKind, ClusterResult};
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use kube::client::Body;
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

/// Largest answer that is read, in bytes. A page of 500 Jobs with a long history of edits is a tenth of it.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// Largest body of a failed call that is read, in bytes.
const MAX_FAILURE_BYTES: usize = 256 * 1024;
/// Times that a call is made again because the cluster asked to wait for a moment.
const SHORT_WAITS: u32 = 2;
/// So many times longer may a call take that the cluster is known to be slow at.
const SLOW_TIMES: u32 = 3;

/// One API server.
pub struct Wire {
    connector: Connector,
    limits: CallLimits,
    guard: Guard,
    clock: Arc<dyn Clock>,
}

/// A successful answer.
#[derive(Debug)]
pub struct Answer {
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// The body as a type of ours.
    pub fn json<T: DeserializeOwned>(&self, what: &str) -> ClusterResult<T> {
        serde_json::from_slice(&self.body).map_err(|error| corrupt(what, describe(&error)))
    }

    /// The cluster's clock when it answered, to the second.
    pub fn date(&self) -> Option<OffsetDateTime> {
        let text = self.headers.get(http::header::DATE)?.to_str().ok()?;
        OffsetDateTime::parse(text, &Rfc2822).ok()
    }
}

/// Where reading failed, without what was read.
fn describe(error: &serde_json::Error) -> String {
    format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column())
}

impl Wire {
    /// Through a connector.
    pub fn new(connector: Connector, limits: CallLimits, clock: Arc<dyn Clock>) -> Self {
        Self { connector, limits, guard: Guard::new(limits), clock }
    }

    /// Limits of calls.
    pub fn limits(&self) -> &CallLimits {
        &self.limits
    }

    /// Our own clock.
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Makes a call and reads the whole answer.
    pub async fn call(&self, ask: &Ask) -> ClusterResult<Answer> {
        self.attempt(ask).await.map_err(|failed| failed.error)
    }

    /// Makes a call whose answer is one object.
    pub async fn object<T: DeserializeOwned>(&self, ask: &Ask) -> ClusterResult<T> {
        self.call(ask).await?.json(&ask.what)
    }

    /// Makes a call whose answer is read bit by bit by who asks; the limit of time ends with the answer's head.
    pub async fn stream(&self, ask: &Ask) -> ClusterResult<Body> {
        let head = self.once(ask, self.head(ask)).await.map_err(|failed| failed.error)?;
        Ok(head.into_body())
    }

    /// The call with the short waits that the cluster asks for.
    async fn attempt(&self, ask: &Ask) -> Result<Answer, Failed> {
        let mut waits = 0;
        loop {
            let failed = match self.once(ask, self.exchange(ask)).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            waits += 1;
            let Some(wait) = self.short_wait(&failed.error).filter(|_| waits <= SHORT_WAITS) else {
                return Err(failed);
            };
            self.clock.sleep(wait).await;
        }
    }

    async fn once<T>(&self, ask: &Ask, call: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
        let permit = self.guard.admit(&ask.what, self.clock.now())?;
        let limit = if ask.slow { self.limits.whole * SLOW_TIMES } else { self.limits.whole };
        let result = match tokio::time::timeout(limit, call).await {
            Ok(result) => result,
            Err(_) => Err(no_answer(&ask.what, limit).into()),
        };
        let failed = result.as_ref().err();
        let error = failed.map(|failed| &failed.error);
        permit.report(error, failed.is_none_or(|failed| failed.heard), self.clock.now());
        if let Some(error) = error {
            tracing::debug!(what = ask.what, kind = ?error.kind, cause = error.cause, "a call to a cluster failed");
        }
        result
    }

    async fn exchange(&self, ask: &Ask) -> Result<Answer, Failed> {
        let (parts, body) = self.head(ask).await?.into_parts();
        Ok(Answer { headers: parts.headers, body: whole(&ask.what, body, MAX_ANSWER_BYTES).await? })
    }

    /// Sends and waits for the head of a successful answer.
    async fn head(&self, ask: &Ask) -> Result<Response<Body>, Failed> {
        let request =
            ask.request().map_err(|error| ClusterError::new(ClusterErrorKind::Invalid, &ask.what, error))?;
        let client = self.connector.client(&ask.what).await?;
        let response = client.send(request).await.map_err(|error| client_error(&ask.what, &error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        if parts.status == StatusCode::UNAUTHORIZED {
            self.connector.forget().await;
        }
        let body = whole(&ask.what, body, MAX_FAILURE_BYTES).await.unwrap_or_default();
        let error = status_error(&ask.what, parts.status, &parts.headers, &body, ask.discreet);
        Err(Failed { error, gone: parts.status == StatusCode::GONE, heard: !parts.status.is_server_error() })
    }

    /// How long to wait before the same call may be made again, where the cluster said so and it is a moment.
    fn short_wait(&self, error: &ClusterError) -> Option<Duration> {
        let throttled = error.kind == ClusterErrorKind::Throttled;
        error.retry_after.filter(|&wait| throttled && wait <= self.limits.longest_wait)
    }
}

/// A failed call, and what is of use within this room alone.
struct Failed {
    error: ClusterError,
    /// 410: the page of a list is too old.
    gone: bool,
    /// The cluster answered, and not that it cannot.
    heard: bool,
}

impl From<ClusterError> for Failed {
    fn from(error: ClusterError) -> Self {
        Self { error, gone: false, heard: false }
    }
}

async fn whole(what: &str, body: Body, limit: usize) -> ClusterResult<Bytes> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) => match error.downcast_ref::<kube::Error>() {
            Some(error) => Err(client_error(what, error)),
            None => Err(corrupt(what, format_args!("more than {limit} bytes"))),
        },
    }
}
