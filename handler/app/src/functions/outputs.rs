//! What a function answers: effects as output bindings, or a failure that makes the host deliver the message again.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use blastline_engine::error::EngineError;
use blastline_jobs::effects::Effects;
use blastline_jobs::message::Message;
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::{Entity, Prop};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::fmt;
use time::format_description::well_known::Rfc3339;

/// The answer's body. Never empty: the host waits for ever for an empty one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    outputs: Outputs,
}

/// Outputs by binding name, as in every `function.json`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outputs {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blast_submit: Vec<Message>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blast_chunks: Vec<Message>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blast_artifacts: Vec<Message>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blast_watch: Vec<Message>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    history: Vec<Row>,
}

/// A table row as a flat object.
#[derive(Debug)]
struct Row(Entity);

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("PartitionKey", &self.0.pk)?;
        map.serialize_entry("RowKey", &self.0.rk)?;
        for (name, prop) in &self.0.props {
            match prop {
                Prop::Text(text) => map.serialize_entry(name, text)?,
                Prop::Int(number) => map.serialize_entry(name, number)?,
                Prop::Float(number) => map.serialize_entry(name, number)?,
                Prop::Bool(value) => map.serialize_entry(name, value)?,
                Prop::Time(at) => map.serialize_entry(name, &at.format(&Rfc3339).unwrap_or_default())?,
            }
        }
        map.end()
    }
}

/// Effects as the host performs them. History rows get a fresh row key for each delivery.
pub fn answer(effects: Effects) -> Response {
    let mut outputs = Outputs::default();
    for message in effects.messages {
        match message.queue() {
            QueueName::BlastSubmit => outputs.blast_submit.push(message),
            QueueName::BlastArtifacts => outputs.blast_artifacts.push(message),
            QueueName::BlastWatch => outputs.blast_watch.push(message),
            QueueName::BlastChunks
            | QueueName::BlastSubmitPoison
            | QueueName::BlastChunksPoison
            | QueueName::BlastArtifactsPoison
            | QueueName::BlastWatchPoison => outputs.blast_chunks.push(message),
        }
    }
    outputs.history = effects.history.iter().map(|event| Row(event.to_entity(rand::random()))).collect();
    Json(Answer { outputs }).into_response()
}

/// A function that failed. The host delivers the message again.
#[derive(Debug)]
pub struct FunctionError {
    status: StatusCode,
    what: String,
}

impl FunctionError {
    /// The invocation cannot be read.
    pub fn unreadable(cause: &dyn fmt::Display) -> Self {
        Self { status: StatusCode::BAD_REQUEST, what: format!("the invocation cannot be read: {cause}") }
    }

    /// The invocation lacks its trigger.
    pub fn missing(name: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, what: format!("the invocation has no readable `{name}`") }
    }
}

impl From<EngineError> for FunctionError {
    fn from(error: EngineError) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, what: error.to_string() }
    }
}

/// What the host logs of a failure.
#[derive(Debug, Serialize)]
struct Failure {
    error: String,
}

impl IntoResponse for FunctionError {
    fn into_response(self) -> Response {
        tracing::warn!(error = self.what, "function failed; its message is delivered again");
        (self.status, Json(Failure { error: self.what })).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use blastline_jobs::ids::JobId;
    use blastline_jobs::message::ChunkMessage;
    use blastline_jobs::state::{EventName, HistoryEvent};

    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Read {
        outputs:
            std::collections::BTreeMap<String, Vec<std::collections::BTreeMap<String, serde_json::Value>>>,
    }

    async fn body(effects: Effects) -> Read {
        let response = answer(effects);
        assert_eq!(response.headers()["content-type"], "application/json");
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn outputs_are_objects_under_the_names_of_their_bindings() {
        let job_id = JobId::from_random([5; 16]);
        let read = body(Effects {
            messages: vec![Message::Chunk(ChunkMessage { job_id: job_id.clone(), first_query: 4 })],
            history: vec![HistoryEvent::once(&job_id, &EventName::Created, time::OffsetDateTime::UNIX_EPOCH)],
        })
        .await;
        assert_eq!(read.outputs["blastChunks"][0]["firstQuery"], 4);
        assert_eq!(read.outputs["history"][0]["PartitionKey"], job_id.as_str());
        assert_eq!(read.outputs["history"][0]["event"], "created");
    }

    #[tokio::test]
    async fn no_effects_are_an_object_too() {
        assert!(body(Effects::none()).await.outputs.is_empty());
    }
}
