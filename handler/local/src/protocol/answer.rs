//! What counts as an answer to an invocation.

use serde::Deserialize;
use serde_json::{Map, Value};
use thiserror::Error;

const EXCERPT: usize = 300;

/// Why an answer fails the invocation.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum AnswerError {
    /// Anything but 2xx.
    #[error("the handler answered {status}: {excerpt}")]
    Status {
        /// HTTP status.
        status: u16,
        /// The beginning of the body.
        excerpt: String,
    },
    /// 2xx of another kind.
    #[error("the handler answered with content type `{0}`; it must be application/json")]
    ContentType(String),
    /// 2xx without a result. On the platform this call would hang until the function's time-out.
    #[error("the handler answered with an empty body or null; it must answer at least {{}}")]
    Empty,
    /// 2xx that is no result object.
    #[error("the handler's answer is no result object: {0}")]
    Shape(String),
}

/// A usable answer.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Answer {
    /// Values by output binding. Their shape is the handler's own.
    #[serde(alias = "outputs")]
    pub outputs: Option<Map<String, Value>>,
    /// Lines for the log, written after completion.
    #[serde(alias = "logs")]
    pub logs: Option<Vec<String>>,
    /// The value of the binding `$return`.
    #[serde(alias = "returnValue")]
    pub return_value: Option<Value>,
}

impl Answer {
    /// Judges an answer.
    ///
    /// # Errors
    /// [`AnswerError`] for everything that the platform takes for a failure.
    pub fn read(status: u16, content_type: Option<&str>, body: &[u8]) -> Result<Self, AnswerError> {
        if !(200..300).contains(&status) {
            let text = String::from_utf8_lossy(body);
            return Err(AnswerError::Status { status, excerpt: text.trim().chars().take(EXCERPT).collect() });
        }
        if body.trim_ascii().is_empty() {
            return Err(AnswerError::Empty);
        }
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") && !essence.eq_ignore_ascii_case("text/json") {
            return Err(AnswerError::ContentType(essence.to_owned()));
        }
        // An array would be read as the fields of the struct in their order.
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(AnswerError::Shape("it is an array".to_owned()));
        }
        let answer =
            serde_json::from_slice::<Option<Self>>(body).map_err(|e| AnswerError::Shape(e.to_string()))?;
        answer.ok_or(AnswerError::Empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_needs_status_type_and_a_body() {
        let read = |status, kind, body: &str| Answer::read(status, Some(kind), body.as_bytes());
        assert_eq!(read(200, "application/json; charset=utf-8", "{}"), Ok(Answer::default()));
        assert_eq!(read(204, "text/json", "{}"), Ok(Answer::default()));
        assert_eq!(read(200, "application/json", " "), Err(AnswerError::Empty));
        assert_eq!(read(200, "application/json", "null"), Err(AnswerError::Empty));
        assert_eq!(read(200, "text/plain", "{}"), Err(AnswerError::ContentType("text/plain".to_owned())));
        assert!(matches!(read(302, "application/json", "{}"), Err(AnswerError::Status { status: 302, .. })));
        assert!(matches!(read(200, "application/json", "[1]"), Err(AnswerError::Shape(_))));
        assert!(matches!(Answer::read(200, None, b"{}"), Err(AnswerError::ContentType(_))));
    }

    #[test]
    fn a_long_refusal_is_cut() {
        let Err(AnswerError::Status { excerpt, .. }) = Answer::read(500, None, "ä".repeat(1000).as_bytes())
        else {
            panic!("a 500 is a failure");
        };
        assert_eq!(excerpt.chars().count(), EXCERPT);
    }
}
