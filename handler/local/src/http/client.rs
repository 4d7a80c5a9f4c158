//! The HTTP client towards handler processes on loopback.

use super::body::{self, Body, BoxError};
use crate::process::Endpoint;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Uri};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client as Legacy, Error as SendError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::time::Duration;
use thiserror::Error;

/// Keeps connections to handlers for a while; clones share them.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Legacy<HttpConnector, Body>,
}

/// An invocation that got no answer.
#[derive(Debug, Error)]
#[error("{source}")]
pub struct InvokeError {
    /// No connection came about, so the handler cannot have acted.
    pub nothing_sent: bool,
    /// What the transport said.
    pub source: BoxError,
}

impl Default for Client {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let mut builder = Legacy::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new()).pool_idle_timeout(Duration::from_secs(15));
        Self { inner: builder.build(connector) }
    }
}

impl Client {
    /// Whether `GET /` on `port` gets any HTTP answer at all.
    pub async fn answers(&self, port: u16) -> bool {
        let Ok(uri) = address(port, "/") else { return false };
        let mut probe = Request::new(body::empty());
        *probe.uri_mut() = uri;
        self.inner.request(probe).await.is_ok()
    }

    /// Posts an invocation. The body goes out chunked, as the platform sends it.
    ///
    /// # Errors
    /// [`InvokeError`]; a handler that dies meanwhile is one.
    pub async fn invoke(
        &self,
        endpoint: Endpoint,
        function: &str,
        headers: HeaderMap,
        payload: Bytes,
    ) -> Result<Response<Incoming>, InvokeError> {
        let mut request = Request::new(body::chunked(payload));
        *request.method_mut() = Method::POST;
        let unusable = |e: http::Error| InvokeError { nothing_sent: false, source: e.into() };
        *request.uri_mut() = address(endpoint.port, &format!("/{function}")).map_err(unusable)?;
        *request.headers_mut() = headers;
        let failed = |e: SendError| InvokeError { nothing_sent: e.is_connect(), source: e.into() };
        self.inner.request(request).await.map_err(failed)
    }

    /// Sends a proxied request, whose URI must name the endpoint (see [`address`]).
    ///
    /// # Errors
    /// The transport's error; `is_connect` tells that nothing was sent.
    pub async fn forward(&self, request: Request<Body>) -> Result<Response<Incoming>, SendError> {
        self.inner.request(request).await
    }
}

/// `http://127.0.0.1:<port><path and query>`.
///
/// # Errors
/// When `path_and_query` is none.
pub fn address(port: u16, path_and_query: &str) -> Result<Uri, http::Error> {
    Uri::builder()
        .scheme("http")
        .authority(format!("127.0.0.1:{port}"))
        .path_and_query(path_and_query)
        .build()
}
