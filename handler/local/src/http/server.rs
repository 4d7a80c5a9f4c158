//! The host's own HTTP server.

use super::body::Body;
use super::proxy::{Proxy, may_change_something, plain};
use super::routes::Routes;
use super::{admin, guard};
use crate::process::Fleet;
use crate::wake::Wake;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// What a request may need.
#[derive(Debug)]
pub struct Server {
    /// Which function answers.
    pub routes: Routes,
    /// The processes.
    pub fleet: Arc<Fleet>,
    /// The stream to them.
    pub proxy: Proxy,
    /// `/admin`.
    pub admin: admin::Admin,
    /// Rings after requests that may have put a message.
    pub wake: Wake,
    /// Origins besides our own that may change something.
    pub allowed_origins: Vec<String>,
}

impl Server {
    /// Serves connections for as long as the future is polled.
    pub async fn listen(self: Arc<Self>, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let server = self.clone();
                    tokio::spawn(async move { server.serve(stream, peer.ip()).await });
                }
                Err(error) => {
                    // Usually out of file descriptors; going on at once would spin.
                    tracing::error!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    async fn serve(self: Arc<Self>, stream: TcpStream, client: IpAddr) {
        // Events must not wait for company.
        let _ = stream.set_nodelay(true);
        let service = service_fn(|request| {
            let server = self.clone();
            async move { Ok::<_, Infallible>(server.answer(request, client).await) }
        });
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new()).half_close(false);
        if let Err(error) = http.serve_connection(TokioIo::new(stream), service).await {
            tracing::debug!(%error, "a connection ended early");
        }
    }

    async fn answer(&self, request: Request<Incoming>, client: IpAddr) -> Response<Body> {
        if let Err(refusal) = guard::check(request.method(), request.headers(), &self.allowed_origins) {
            tracing::warn!(path = request.uri().path(), ?refusal, "request refused");
            return plain(refusal.status());
        }
        if guard::is_host_path(request.uri()) {
            return self.admin.answer(request).await;
        }
        let found = self.routes.find(request.method(), request.uri().path());
        let worker = found.and_then(|function| self.fleet.of(&function.group()).first());
        let Some(worker) = worker else { return plain(StatusCode::NOT_FOUND) };
        let changes = may_change_something(request.method());
        let response = self.proxy.forward(worker, request, client).await;
        if changes {
            self.wake.ring();
        }
        response
    }
}
