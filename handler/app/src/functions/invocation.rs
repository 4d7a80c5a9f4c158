//! What the host sends to a function, read tolerantly: values are JSON text inside a string, sometimes twice.

use super::outputs::FunctionError;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use blastline_engine::serverless::Delivery;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Largest invocation, in bytes: a queue message has at most 64 KiB, encoded several times.
const MAX_BYTES: usize = 1024 * 1024;

/// An invocation as the host posts it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Invocation {
    /// Trigger data by binding name.
    #[serde(default)]
    data: BTreeMap<String, Box<RawValue>>,
    /// What the host knows of the trigger.
    #[serde(default)]
    metadata: BTreeMap<String, Box<RawValue>>,
    /// Id of the invocation, from the request's headers.
    #[serde(skip)]
    id: String,
}

/// A queue trigger: the message, and how it was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueTrigger<T> {
    /// The message.
    pub message: T,
    /// Its delivery.
    pub delivery: Delivery,
}

impl Invocation {
    /// Reads a body.
    pub fn parse(body: &[u8], id: &str) -> Result<Self, FunctionError> {
        let mut invocation: Self =
            serde_json::from_slice(body).map_err(|error| FunctionError::unreadable(&error))?;
        id.clone_into(&mut invocation.id);
        Ok(invocation)
    }

    /// The queue message of the binding `message`.
    pub fn queue<T: DeserializeOwned>(&self) -> Result<QueueTrigger<T>, FunctionError> {
        let raw = self.data.get("message").ok_or_else(|| FunctionError::missing("message"))?;
        let message = decode(raw.get()).ok_or_else(|| FunctionError::missing("message"))?;
        let delivery = Delivery {
            message_id: self.text("Id").unwrap_or_default(),
            dequeue_count: self.text("DequeueCount").and_then(|count| count.parse().ok()).unwrap_or(1),
            invocation_id: self.id.clone(),
        };
        Ok(QueueTrigger { message, delivery })
    }

    /// A metadata value as text, whatever its nesting. Names are compared without case, as the host does.
    fn text(&self, name: &str) -> Option<String> {
        let (_, raw) = self.metadata.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        let mut text = raw.get().to_owned();
        while let Ok(inner) = serde_json::from_str::<String>(&text) {
            text = inner;
        }
        Some(text)
    }
}

/// Reads a value that may be wrapped in up to two strings.
fn decode<T: DeserializeOwned>(raw: &str) -> Option<T> {
    let mut text = raw.to_owned();
    for _ in 0..3 {
        if let Ok(value) = serde_json::from_str(&text) {
            return Some(value);
        }
        text = serde_json::from_str::<String>(&text).ok()?;
    }
    None
}

impl<S: Send + Sync> FromRequest<S> for Invocation {
    type Rejection = FunctionError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, FunctionError> {
        let id = invocation_id(request.headers());
        let body = axum::body::to_bytes(request.into_body(), MAX_BYTES).await;
        let body = body.map_err(|error| FunctionError::unreadable(&error))?;
        Self::parse(&body, &id)
    }
}

fn invocation_id(headers: &HeaderMap) -> String {
    let id = headers.get("x-azure-functions-invocationid").and_then(|id| id.to_str().ok());
    id.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use blastline_jobs::message::ChunkMessage;

    #[derive(Deserialize)]
    struct Golden {
        request: GoldenRequest,
    }

    #[derive(Deserialize)]
    struct GoldenRequest {
        body: Box<RawValue>,
    }

    fn golden(name: &str) -> String {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/goldens/functions");
        let text = std::fs::read_to_string(format!("{dir}/{name}")).unwrap();
        serde_json::from_str::<Golden>(&text).unwrap().request.body.get().to_owned()
    }

    fn with_message(message: &str) -> String {
        let nested = serde_json::to_string(&serde_json::to_string(message).unwrap()).unwrap();
        format!(r#"{{"Data":{{"message":{nested}}},"Metadata":{{"DequeueCount":"3","Id":"\"52d5\""}}}}"#)
    }

    #[test]
    fn a_message_is_read_through_three_layers_of_json() {
        let id = "job-0123456789abcdef0123456789abcdef";
        let body = with_message(&format!(r#"{{"jobId":"{id}","firstQuery":7}}"#));
        let trigger = Invocation::parse(body.as_bytes(), "inv").unwrap().queue::<ChunkMessage>().unwrap();
        assert_eq!((trigger.message.job_id.as_str(), trigger.message.first_query), (id, 7));
        let delivery = Delivery { message_id: "52d5".into(), dequeue_count: 3, invocation_id: "inv".into() };
        assert_eq!(trigger.delivery, delivery);
    }

    #[test]
    fn every_golden_request_is_read() {
        for name in [
            "request-queue-json.json",
            "request-timer.json",
            "request-timer-first.json",
            "request-manual.json",
        ] {
            let invocation = Invocation::parse(golden(name).as_bytes(), "inv").unwrap();
            assert!(!invocation.data.is_empty(), "{name}");
        }
        let queue = Invocation::parse(golden("request-queue-json.json").as_bytes(), "inv").unwrap();
        assert!(queue.text("dequeuecount").unwrap().parse::<u64>().is_ok());
        assert!(!queue.text("id").unwrap().contains('"'));
    }

    #[test]
    fn what_is_no_message_fails() {
        assert!(Invocation::parse(b"nonsense", "").is_err());
        let other = Invocation::parse(with_message("hello").as_bytes(), "").unwrap();
        assert!(other.queue::<ChunkMessage>().is_err());
    }
}
