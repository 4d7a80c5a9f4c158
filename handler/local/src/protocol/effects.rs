//! What follows from an answer: messages and rows, in the order of the function's bindings.

use super::answer::Answer;
use super::encoding::dotnet_base64;
use super::rows::{self, RowError};
use crate::config::{Function, MessageEncoding, Output, OutputTarget};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use thiserror::Error;

/// One thing for the host to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Put a message.
    Message {
        /// Setting that holds the connection.
        connection: String,
        /// The queue.
        queue: String,
        /// The body as stored.
        text: String,
    },
    /// Insert a row.
    Row {
        /// Setting that holds the connection.
        connection: String,
        /// The table.
        table: String,
        /// The row in the table service's JSON.
        row: Map<String, Value>,
    },
}

/// An output that cannot be performed. It fails the invocation before anything is written.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum OutputError {
    /// A row that no table takes.
    #[error("output `{binding}`: {error}")]
    Row {
        /// The binding.
        binding: String,
        /// What is wrong.
        error: RowError,
    },
}

/// The effects of `answer`. Values for names that are no output binding are ignored, as on the platform.
///
/// # Errors
/// [`OutputError`] when a value does not fit its binding.
pub fn effects(
    function: &Function,
    answer: &Answer,
    encoding: MessageEncoding,
) -> Result<Vec<Effect>, OutputError> {
    let mut all = Vec::new();
    for output in &function.outputs {
        let returned = (output.name == "$return").then_some(answer.return_value.as_ref()).flatten();
        let named = answer.outputs.as_ref().and_then(|values| values.get(&output.name));
        if let Some(value) = returned.or(named).filter(|v| !v.is_null()) {
            all.extend(of_output(output, value, encoding)?);
        }
    }
    Ok(all)
}

/// Names in `answer` that no binding takes.
#[must_use]
pub fn unbound<'a>(function: &Function, answer: &'a Answer) -> Vec<&'a str> {
    let names = answer.outputs.iter().flat_map(|values| values.keys());
    names.filter(|name| !function.outputs.iter().any(|o| o.name == **name)).map(String::as_str).collect()
}

fn of_output(output: &Output, value: &Value, encoding: MessageEncoding) -> Result<Vec<Effect>, OutputError> {
    match &output.target {
        OutputTarget::Queue { queue } => {
            let message = |body: Vec<u8>| Effect::Message {
                connection: output.connection.clone(),
                queue: queue.clone(),
                text: stored(body, encoding),
            };
            Ok(bodies(value, output.binary).into_iter().map(message).collect())
        }
        OutputTarget::Table { table, partition_key, row_key } => {
            let keys = (partition_key.as_deref(), row_key.as_deref());
            let rows = rows::of_value(value, keys)
                .map_err(|error| OutputError::Row { binding: output.name.clone(), error })?;
            let row = |row| Effect::Row { connection: output.connection.clone(), table: table.clone(), row };
            Ok(rows.into_iter().map(row).collect())
        }
    }
}

/// The message bodies in a value. Only a string by itself may be taken for base64; strings in an array are not.
fn bodies(value: &Value, binary: bool) -> Vec<Vec<u8>> {
    match value {
        Value::Array(items) => items.iter().filter(|i| !i.is_null()).map(plain).collect(),
        Value::String(text) if !binary => {
            vec![dotnet_base64(text).unwrap_or_else(|| text.clone().into_bytes())]
        }
        other => vec![plain(other)],
    }
}

fn plain(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    }
}

fn stored(body: Vec<u8>, encoding: MessageEncoding) -> String {
    match encoding {
        MessageEncoding::Base64 => STANDARD.encode(body),
        MessageEncoding::None => String::from_utf8_lossy(&body).into_owned(),
    }
}
