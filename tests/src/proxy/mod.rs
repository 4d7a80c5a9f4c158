//! A TCP proxy between the handler and storage that can delay, freeze, reset, cut off and answer 503.
//!
//! One proxy stands before one service. Every wish may be changed while connections run.

mod connection;
mod http;
#[cfg(test)]
mod tests;

use connection::Connection;
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// A running proxy; dropping it resets what is open and frees its port.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    wishes: Arc<Wishes>,
    accepting: JoinHandle<()>,
}

/// What the proxy is to do, shared with its connections.
#[derive(Debug)]
pub(crate) struct Wishes {
    /// Held back before each piece is passed on: towards the target, and back.
    delays: watch::Sender<(Duration, Duration)>,
    frozen: watch::Sender<bool>,
    /// Each change resets all connections that are open.
    resets: watch::Sender<u64>,
    /// Requests that are still to be answered 503.
    busy: AtomicU64,
    /// Seconds that a 503 asks the client to wait; 0 for none.
    busy_wait: AtomicU64,
    /// Bytes towards the client before its connection is reset; `u64::MAX` for never.
    cut: AtomicU64,
    /// The same for every connection by itself.
    cut_each: AtomicU64,
    /// Requests that were seen.
    requests: AtomicU64,
}

impl Proxy {
    /// Before a target, at a free port of this machine.
    pub async fn start(target: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let wishes = Arc::new(Wishes {
            delays: watch::Sender::new((Duration::ZERO, Duration::ZERO)),
            frozen: watch::Sender::new(false),
            resets: watch::Sender::new(0),
            busy: AtomicU64::new(0),
            busy_wait: AtomicU64::new(0),
            cut: AtomicU64::new(u64::MAX),
            cut_each: AtomicU64::new(u64::MAX),
            requests: AtomicU64::new(0),
        });
        let accepting = tokio::spawn(accept(listener, target, Arc::clone(&wishes)));
        Ok(Self { address, wishes, accepting })
    }

    /// Before a service given as `http://127.0.0.1:40123`.
    pub async fn before(address: &str) -> io::Result<Self> {
        let target = address.trim_start_matches("http://").trim_start_matches("https://");
        Self::start(target.parse().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?).await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as `http://127.0.0.1:40124`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Holds every piece back for so long: towards the target, and back.
    pub fn delay(&self, towards: Duration, back: Duration) {
        self.wishes.delays.send_replace((towards, back));
    }

    /// Passes nothing on any more; connections stay open and are still taken.
    pub fn freeze(&self) {
        self.wishes.frozen.send_replace(true);
    }

    /// Passes on again, what was held back first.
    pub fn thaw(&self) {
        self.wishes.frozen.send_replace(false);
    }

    /// Resets every open connection; new ones are taken as before.
    pub fn reset(&self) {
        self.wishes.resets.send_modify(|count| *count += 1);
    }

    /// Answers the next requests with 503 `ServerBusy` itself.
    pub fn answer_busy(&self, requests: u64) {
        self.answer_busy_for(requests, 0);
    }

    /// The same, asking the client to wait so many seconds.
    pub fn answer_busy_for(&self, requests: u64, retry_after_seconds: u64) {
        self.wishes.busy_wait.store(retry_after_seconds, Ordering::SeqCst);
        self.wishes.busy.store(requests, Ordering::SeqCst);
    }

    /// Passes so many more bytes to the client, then resets the connection that was carrying them. Once.
    pub fn cut_after(&self, bytes: u64) {
        self.wishes.cut.store(bytes, Ordering::SeqCst);
    }

    /// Resets every connection that has passed so many bytes to its client; `u64::MAX` ends that.
    pub fn cut_each_after(&self, bytes: u64) {
        self.wishes.cut_each.store(bytes, Ordering::SeqCst);
    }

    /// Requests that came so far, those answered 503 included. Only plain HTTP is counted.
    pub fn requests(&self) -> u64 {
        self.wishes.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, wishes: Arc<Wishes>) {
    // Dropping the set with this task ends the connections.
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let wishes = Arc::clone(&wishes);
        connections.spawn(async move {
            match TcpStream::connect(target).await {
                Ok(server) => Connection::new(client, server, wishes).run().await,
                // What a client of a dead service sees.
                Err(_) => connection::abort(&client),
            }
        });
        while connections.try_join_next().is_some() {}
    }
}
