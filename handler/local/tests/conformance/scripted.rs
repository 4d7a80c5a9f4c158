//! The test's side of the toy handler: it receives what the handler received, and decides.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::stream::unfold;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);

/// What the handler received.
#[derive(Debug, Clone, Deserialize)]
pub struct Seen {
    pub pid: u32,
    pub method: String,
    pub target: String,
    pub headers: BTreeMap<String, String>,
    pub body_bytes: usize,
    pub body: String,
    pub environment: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    Respond { status: u16, content_type: Option<String>, body: String },
    Exit(i32),
    Hang,
}

/// An invocation that waits for its answer.
#[derive(Debug)]
pub struct Invocation {
    pub seen: Seen,
    reply: oneshot::Sender<Reply>,
}

/// The script of one test.
#[derive(Debug)]
pub struct Script {
    pub url: String,
    invocations: mpsc::UnboundedReceiver<Invocation>,
    pieces: Option<mpsc::UnboundedSender<Bytes>>,
}

#[derive(Clone)]
struct Shared {
    invocations: mpsc::UnboundedSender<Invocation>,
    pieces: Arc<Mutex<Option<mpsc::UnboundedReceiver<Bytes>>>>,
}

impl Script {
    pub async fn start() -> Self {
        let (invocations, inbox) = mpsc::unbounded_channel();
        let (pieces, outbox) = mpsc::unbounded_channel();
        let shared = Shared { invocations, pieces: Arc::new(Mutex::new(Some(outbox))) };
        let app = Router::new()
            .route("/invocation", post(invocation))
            .route("/pieces", get(stream))
            .with_state(shared);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, invocations: inbox, pieces: Some(pieces) }
    }

    /// The next invocation; fails the test when none comes.
    pub async fn next(&mut self) -> Invocation {
        timeout(PATIENCE, self.invocations.recv()).await.expect("no invocation came").unwrap()
    }

    /// Asserts that no invocation is waiting.
    pub fn assert_quiet(&mut self) {
        assert!(self.invocations.try_recv().is_err(), "an invocation that nobody expected");
    }

    /// Sends a piece through `/stream`.
    pub fn send(&self, piece: &'static str) {
        self.pieces.as_ref().unwrap().send(Bytes::from_static(piece.as_bytes())).unwrap();
    }

    /// Ends `/stream`.
    pub fn end(&mut self) {
        self.pieces = None;
    }
}

impl Invocation {
    pub fn succeed(self) {
        self.answer("{}");
    }

    /// Answers 200 with a JSON body.
    pub fn answer(self, body: impl Into<String>) {
        let content_type = Some("application/json".to_owned());
        self.reply(Reply::Respond { status: 200, content_type, body: body.into() });
    }

    pub fn fail(self) {
        self.reply(Reply::Respond { status: 500, content_type: None, body: "told to fail".to_owned() });
    }

    pub fn reply(self, reply: Reply) {
        // A handler that was killed meanwhile does not listen any more.
        let _ = self.reply.send(reply);
    }

    pub fn payload(&self) -> serde_json::Value {
        serde_json::from_str(&self.seen.body).unwrap()
    }
}

async fn invocation(State(shared): State<Shared>, Json(seen): Json<Seen>) -> Json<Reply> {
    let (reply, answer) = oneshot::channel();
    let _ = shared.invocations.send(Invocation { seen, reply });
    // A test that ends without an answer leaves the handler hanging; it is killed with the host.
    Json(answer.await.unwrap_or(Reply::Hang))
}

async fn stream(State(shared): State<Shared>) -> Body {
    let pieces = shared.pieces.lock().await.take().unwrap();
    Body::from_stream(unfold(pieces, |mut pieces| async move {
        pieces.recv().await.map(|piece| (Ok::<_, std::io::Error>(piece), pieces))
    }))
}
