//! The body of `POST /<FunctionName>`.

use super::encoding::{self, Bound, ticks};
use crate::storage::QueueMessage;
use serde::Serialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;

/// What one invocation is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Payload {
    data: Map<String, Value>,
    metadata: Map<String, Value>,
}

/// `Metadata.sys`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sys {
    /// The function's name.
    pub method_name: String,
    /// A fresh identifier.
    pub rand_guid: String,
    /// The moment of the invocation.
    pub utc_now: OffsetDateTime,
}

/// A timer's memory as the payload shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduleStatus {
    /// The last tick.
    pub last: String,
    /// The tick after it.
    pub next: String,
    /// When this was written down.
    pub last_updated: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TimerInfo<'a> {
    schedule: TimerSchedule,
    schedule_status: Option<&'a ScheduleStatus>,
    is_past_due: bool,
}

#[derive(Serialize)]
struct TimerSchedule {
    #[serde(rename = "AdjustForDST")]
    adjust_for_dst: bool,
}

impl Sys {
    /// For an invocation of `function` that starts now.
    #[must_use]
    pub fn now(function: &str) -> Self {
        Self {
            method_name: function.to_owned(),
            rand_guid: encoding::guid(),
            utc_now: OffsetDateTime::now_utc(),
        }
    }

    fn metadata(&self) -> Map<String, Value> {
        let sys = [
            ("MethodName", self.method_name.clone()),
            ("RandGuid", self.rand_guid.clone()),
            ("UtcNow", ticks(self.utc_now)),
        ];
        let sys: Map<String, Value> =
            sys.map(|(name, text)| (name.to_owned(), Value::String(text))).into_iter().collect();
        [("sys".to_owned(), Value::Object(sys))].into_iter().collect()
    }
}

impl Payload {
    /// For a received message. `body` is the message's body after base64 decoding.
    #[must_use]
    pub fn queue(binding: &str, binary: bool, message: &QueueMessage, body: &[u8], sys: &Sys) -> Self {
        let mut payload = Self::input(binding, binary, body, sys);
        let system = [
            ("DequeueCount", Bound::Number(message.dequeue_count)),
            ("ExpirationTime", Bound::Moment(message.expires)),
            ("Id", Bound::Text(message.id.clone())),
            ("InsertionTime", Bound::Moment(message.inserted)),
            ("NextVisibleTime", Bound::Moment(message.next_visible)),
            ("PopReceipt", Bound::Text(message.pop_receipt.clone())),
        ];
        for (name, value) in system {
            payload.metadata.insert(name.to_owned(), value.encode());
        }
        if !binary {
            payload.apply_properties(body);
        }
        payload
    }

    /// For `POST /admin/functions/<name>`: an input without a message around it.
    #[must_use]
    pub fn manual(binding: &str, binary: bool, input: &str, sys: &Sys) -> Self {
        let mut payload = Self::input(binding, binary, input.as_bytes(), sys);
        if !binary {
            payload.apply_properties(input.as_bytes());
        }
        payload
    }

    /// For a tick. `status` is absent when the timer keeps no memory.
    #[must_use]
    pub fn timer(binding: &str, status: Option<&ScheduleStatus>, is_past_due: bool, sys: &Sys) -> Self {
        let schedule = TimerSchedule { adjust_for_dst: true };
        let info = TimerInfo { schedule, schedule_status: status, is_past_due };
        // A struct of texts and truth values always becomes an object.
        let info = serde_json::to_value(info).unwrap_or_default();
        Self { data: [(binding.to_owned(), info)].into_iter().collect(), metadata: sys.metadata() }
    }

    fn input(binding: &str, binary: bool, body: &[u8], sys: &Sys) -> Self {
        let value = if binary {
            Bound::Bytes(body.to_vec())
        } else {
            Bound::Text(String::from_utf8_lossy(body).into_owned())
        };
        Self { data: [(binding.to_owned(), value.encode())].into_iter().collect(), metadata: sys.metadata() }
    }

    /// Each top-level property of a JSON object joins the metadata, and overwrites what has its name in any case:
    /// the platform's dictionary does not tell `id` from `Id`.
    fn apply_properties(&mut self, body: &[u8]) {
        let Ok(Value::Object(properties)) = serde_json::from_slice(body) else { return };
        for (name, value) in properties {
            // Keys that end so are the platform's own and never sent.
            if name.to_ascii_lowercase().ends_with("trigger") {
                continue;
            }
            let value = match value {
                Value::Null | Value::Array(_) => continue,
                Value::Object(object) => Bound::Object(object),
                Value::String(text) => Bound::Text(text),
                Value::Bool(truth) => Bound::Text(if truth { "True" } else { "False" }.to_owned()),
                Value::Number(number) => Bound::Text(number.to_string()),
            };
            let known = self.metadata.keys().find(|key| key.eq_ignore_ascii_case(&name)).cloned();
            self.metadata.insert(known.unwrap_or(name), value.encode());
        }
    }
}
