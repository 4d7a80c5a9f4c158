//! One invocation: the request to the handler, its answer, and what follows from it.

use crate::config::connections::{Connections, UnusableConnection};
use crate::config::{Function, MessageEncoding};
use crate::http::body::BoxError;
use crate::http::client::{Client, InvokeError};
use crate::process::worker::NotReady;
use crate::process::{Endpoint, Worker};
use crate::protocol::effects::{self, Effect};
use crate::protocol::encoding::guid;
use crate::protocol::{
    Answer, AnswerError, HOST_VERSION, HOST_VERSION_HEADER, INVOCATION_ID, OutputError, Payload,
};
use crate::storage::StorageError;
use crate::wake::Wake;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt as _, Limited};
use std::time::Duration;
use thiserror::Error;
use tokio::time::Instant;

/// More than any answer that a queue and a table take; keeps a broken handler from filling the host's memory.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;
const RECONNECTS: u32 = 10;
const RECONNECT_PAUSE: Duration = Duration::from_millis(50);

/// Why an invocation failed. Every kind is handled alike: the message comes again, or goes to poison.
#[derive(Debug, Error)]
pub enum InvocationError {
    /// No process took it.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// The connection broke: usually the process died.
    #[error("the handler did not answer: {0}")]
    Transport(#[from] InvokeError),
    /// The connection broke in the middle of an answer, or the answer is too long.
    #[error("the handler's answer broke off: {0}")]
    BrokenAnswer(BoxError),
    /// It ran too long; its process was killed.
    #[error("the function ran into its time-out of {} s; its process was killed", .0.as_secs())]
    TimedOut(Duration),
    /// Not an answer.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// An output does not fit its binding.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// An output's storage is not configured.
    #[error(transparent)]
    Connection(#[from] UnusableConnection),
    /// An output could not be written.
    #[error("output to `{target}`: {error}")]
    Storage {
        /// The queue or table.
        target: String,
        /// What storage said.
        error: StorageError,
    },
    /// The payload cannot be written as JSON.
    #[error("the payload cannot be written: {0}")]
    Payload(#[from] serde_json::Error),
}

/// Runs invocations.
#[derive(Debug)]
pub struct Invoker {
    /// Connections to handlers.
    pub client: Client,
    /// Storage, for outputs.
    pub connections: Connections,
    /// Rings after every invocation.
    pub wake: Wake,
    /// Longest run; `None` is unbounded.
    pub function_timeout: Option<Duration>,
    /// How long an invocation waits for its process.
    pub start_limit: Duration,
    /// How queue outputs are written down.
    pub encoding: MessageEncoding,
}

impl Invoker {
    /// Runs `function` once on `worker` and performs its outputs.
    ///
    /// # Errors
    /// [`InvocationError`]; outputs that were written before a later one failed stay written.
    pub async fn run(
        &self,
        function: &Function,
        worker: &Worker,
        payload: &Payload,
    ) -> Result<(), InvocationError> {
        let id = guid();
        let started = Instant::now();
        let result = self.attempt(function, worker, payload, &id).await;
        // The handler may have put messages itself, whatever came of it.
        self.wake.ring();
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &result {
            Ok(()) => tracing::info!(function = function.name, id, elapsed_ms, "succeeded"),
            Err(error) => tracing::error!(function = function.name, id, elapsed_ms, %error, "failed"),
        }
        result
    }

    async fn attempt(
        &self,
        function: &Function,
        worker: &Worker,
        payload: &Payload,
        id: &str,
    ) -> Result<(), InvocationError> {
        let payload = Bytes::from(serde_json::to_vec(payload)?);
        let mut left = RECONNECTS;
        let answer = loop {
            match self.timed(function, worker, id, payload.clone()).await {
                // The process is gone and its end not noticed yet: nobody acted, so this uses up no try.
                Err(InvocationError::Transport(error)) if error.nothing_sent && left > 0 => left -= 1,
                other => break other?,
            }
            tokio::time::sleep(RECONNECT_PAUSE).await;
        };
        for line in answer.logs.iter().flatten() {
            tracing::info!(target: "handler", "[{}] {line}", function.name);
        }
        for name in effects::unbound(function, &answer) {
            tracing::warn!(function = function.name, output = name, "no binding takes this output");
        }
        let mut effects = effects::effects(function, &answer, self.encoding)?;
        // The next function need not wait for rows that tell of this one.
        effects.sort_by_key(|effect| matches!(effect, Effect::Row { .. }));
        for effect in effects {
            self.perform(effect).await?;
        }
        Ok(())
    }

    async fn timed(
        &self,
        function: &Function,
        worker: &Worker,
        id: &str,
        payload: Bytes,
    ) -> Result<Answer, InvocationError> {
        let endpoint = worker.ready(self.start_limit).await?;
        let call = self.call(endpoint, &function.name, id, payload);
        let Some(limit) = self.function_timeout else { return call.await };
        match tokio::time::timeout(limit, call).await {
            Ok(answer) => answer,
            Err(_) => {
                worker.kill(endpoint);
                Err(InvocationError::TimedOut(limit))
            }
        }
    }

    async fn call(
        &self,
        endpoint: Endpoint,
        name: &str,
        id: &str,
        payload: Bytes,
    ) -> Result<Answer, InvocationError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        headers.insert(HOST_VERSION_HEADER, HeaderValue::from_static(HOST_VERSION));
        if let Ok(id) = HeaderValue::from_str(id) {
            headers.insert(INVOCATION_ID, id);
        }
        if let Ok(agent) = HeaderValue::from_str(&format!("Azure-Functions-Host/{HOST_VERSION}")) {
            headers.insert(USER_AGENT, agent);
        }
        let response = self.client.invoke(endpoint, name, headers, payload).await?;
        let (parts, body) = response.into_parts();
        let body =
            Limited::new(body, MAX_ANSWER_BYTES).collect().await.map_err(InvocationError::BrokenAnswer)?;
        let content_type = parts.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
        Ok(Answer::read(parts.status.as_u16(), content_type, &body.to_bytes())?)
    }

    async fn perform(&self, effect: Effect) -> Result<(), InvocationError> {
        match effect {
            Effect::Message { connection, queue, text } => {
                let storage = self.connections.get(&connection)?;
                let put = storage.put_message(&queue, &text, Duration::ZERO).await;
                put.map_err(|error| InvocationError::Storage { target: queue, error })?;
                self.wake.ring();
            }
            Effect::Row { connection, table, row } => {
                let storage = self.connections.get(&connection)?;
                let insert = storage.insert_row(&table, &row).await;
                insert.map_err(|error| InvocationError::Storage { target: table, error })?;
            }
        }
        Ok(())
    }
}
