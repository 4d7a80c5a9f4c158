//! `host.json`: the keys that a host for one machine obeys.
//!
//! A setting `AzureFunctionsJobHost__a__b=…` overrides the key `a.b`, as on the platform.

use super::settings::Settings;
use super::time_span::{self, TimeSpanError};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

const OVERRIDE_PREFIX: &str = "AzureFunctionsJobHost__";

/// Why `host.json` could not be used. The host does not start without it.
#[derive(Debug, Error)]
pub enum HostJsonError {
    /// The script root has none.
    #[error("{path}: {source}; the script root is the folder that holds host.json", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is no JSON of the known shape.
    #[error("host.json: {0}")]
    Shape(#[from] serde_json::Error),
    /// A duration is none.
    #[error("host.json: {0}")]
    TimeSpan(#[from] TimeSpanError),
    /// There is no handler to start.
    #[error("host.json: customHandler.description.defaultExecutablePath is missing")]
    NoHandler,
}

/// How queue messages are written down; the setting holds for the whole host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub enum MessageEncoding {
    /// Base64, the platform's default.
    #[default]
    Base64,
    /// As it is.
    None,
}

/// `extensions.queues`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSettings {
    /// Messages taken at once, 1 to 32.
    pub batch_size: usize,
    /// The next batch is taken when at most this many are running.
    pub new_batch_threshold: usize,
    /// Longest pause between two looks at an empty queue.
    pub max_polling_interval: Duration,
    /// Delay before a failed message is seen again.
    pub visibility_timeout: Duration,
    /// A message that failed this often goes to the poison queue.
    pub max_dequeue_count: u64,
    /// How bodies are written down.
    pub message_encoding: MessageEncoding,
}

/// `customHandler.description` and its start-up limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlerSettings {
    /// The program, `%NAME%` replaced.
    pub executable: String,
    /// Its arguments, `%NAME%` replaced.
    pub arguments: Vec<String>,
    /// Its working directory, relative to the script root; empty for the script root itself.
    pub working_directory: String,
    /// How long it may take until it answers HTTP.
    pub initialization_timeout: Duration,
    /// Whether HTTP requests reach the handler as they are. Both flags of the platform lead here.
    pub raw_http: bool,
}

/// Everything that `host.json` says to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostJson {
    /// Longest run of one invocation; `None` is unbounded.
    pub function_timeout: Option<Duration>,
    /// The functions to run; all when absent.
    pub functions: Option<Vec<String>>,
    /// Path prefix of HTTP functions, without slashes at its ends.
    pub route_prefix: String,
    /// Queue triggers and bindings.
    pub queues: QueueSettings,
    /// The handler.
    pub handler: HandlerSettings,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Raw {
    function_timeout: Option<String>,
    functions: Option<Vec<String>>,
    extensions: RawExtensions,
    custom_handler: RawHandler,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawExtensions {
    http: RawHttp,
    queues: RawQueues,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawHttp {
    route_prefix: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawQueues {
    batch_size: Option<usize>,
    new_batch_threshold: Option<usize>,
    max_polling_interval: Option<String>,
    visibility_timeout: Option<String>,
    max_dequeue_count: Option<u64>,
    message_encoding: Option<MessageEncoding>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawHandler {
    description: RawDescription,
    enable_forwarding_http_request: bool,
    enable_proxying_http_request: bool,
    initialization_timeout: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawDescription {
    default_executable_path: String,
    arguments: Vec<String>,
    working_directory: String,
}

impl HostJson {
    /// Reads `<root>/host.json` with the overrides among `settings`.
    ///
    /// # Errors
    /// [`HostJsonError`] when it is missing, malformed, or names no handler.
    pub fn load(root: &Path, settings: &Settings) -> Result<Self, HostJsonError> {
        let path = root.join("host.json");
        let text = std::fs::read_to_string(&path).map_err(|source| HostJsonError::Read { path, source })?;
        Self::parse(text.trim_start_matches('\u{feff}'), settings)
    }

    fn parse(text: &str, settings: &Settings) -> Result<Self, HostJsonError> {
        let mut document: Value = serde_json::from_str(text)?;
        for (name, value) in settings.iter() {
            if let Some(path) = name.strip_prefix(OVERRIDE_PREFIX) {
                let path: Vec<&str> = path.split("__").collect();
                set(&mut document, &path, override_value(value));
            }
        }
        let raw: Raw = serde_json::from_value(document)?;
        let function_timeout = match raw.function_timeout.as_deref() {
            None => Some(Duration::from_secs(30 * 60)),
            Some("-1") => None,
            Some(text) => Some(time_span::parse(text)?),
        };
        let prefix = raw.extensions.http.route_prefix.unwrap_or_else(|| "api".to_owned());
        Ok(Self {
            function_timeout,
            functions: raw.functions,
            route_prefix: prefix.trim_matches('/').to_owned(),
            queues: queues(&raw.extensions.queues)?,
            handler: handler(&raw.custom_handler, settings)?,
        })
    }
}

fn queues(raw: &RawQueues) -> Result<QueueSettings, TimeSpanError> {
    let span =
        |text: &Option<String>, default: Duration| text.as_deref().map_or(Ok(default), time_span::parse);
    let batch_size = raw.batch_size.unwrap_or(16).clamp(1, 32);
    Ok(QueueSettings {
        batch_size,
        new_batch_threshold: raw.new_batch_threshold.unwrap_or(batch_size / 2),
        max_polling_interval: span(&raw.max_polling_interval, Duration::from_secs(60))?,
        visibility_timeout: span(&raw.visibility_timeout, Duration::ZERO)?,
        max_dequeue_count: raw.max_dequeue_count.unwrap_or(5).max(1),
        message_encoding: raw.message_encoding.unwrap_or_default(),
    })
}

fn handler(raw: &RawHandler, settings: &Settings) -> Result<HandlerSettings, HostJsonError> {
    if raw.description.default_executable_path.trim().is_empty() {
        return Err(HostJsonError::NoHandler);
    }
    // 30 s is the default in the platform's code (the documentation says 60 s).
    let limit = raw.initialization_timeout.as_deref();
    let expand = |text: &String| settings.expand_or_empty(text);
    Ok(HandlerSettings {
        executable: expand(&raw.description.default_executable_path),
        arguments: raw.description.arguments.iter().map(expand).collect(),
        working_directory: expand(&raw.description.working_directory),
        initialization_timeout: limit.map_or(Ok(Duration::from_secs(30)), time_span::parse)?,
        raw_http: raw.enable_proxying_http_request || raw.enable_forwarding_http_request,
    })
}

/// An override is JSON where it reads as a number or a truth value, else text.
fn override_value(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) if text != "-1" => value,
        _ => match text {
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            _ => Value::String(text.to_owned()),
        },
    }
}

/// Sets the value at `path`, whose names match keys in any case, as .NET configuration does.
fn set(document: &mut Value, path: &[&str], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        *document = value;
        return;
    };
    if !document.is_object() {
        *document = Value::Object(Map::new());
    }
    if let Value::Object(map) = document {
        let known = map.keys().find(|key| key.eq_ignore_ascii_case(first)).cloned();
        let key = known.unwrap_or_else(|| lower_first(first));
        set(map.entry(key).or_insert(Value::Null), rest, value);
    }
}

/// `Queues` names the key `queues`: the keys of `host.json` are in camel case.
fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str =
        r#"{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"h"}}}"#;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let pairs = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Settings::load(Path::new("/nowhere/local.settings.json"), pairs).unwrap()
    }

    #[test]
    fn defaults_are_the_platforms() {
        let got = HostJson::parse(MINIMAL, &settings(&[])).unwrap();
        assert_eq!(got.function_timeout, Some(Duration::from_secs(1800)));
        assert_eq!(got.route_prefix, "api");
        assert_eq!((got.queues.batch_size, got.queues.new_batch_threshold), (16, 8));
        assert_eq!(got.queues.max_polling_interval, Duration::from_secs(60));
        assert_eq!(got.queues.max_dequeue_count, 5);
        assert_eq!(got.queues.message_encoding, MessageEncoding::Base64);
        assert_eq!(got.handler.initialization_timeout, Duration::from_secs(30));
        assert!(!got.handler.raw_http);
    }

    #[test]
    fn every_key_is_read() {
        let text = r#"{"functionTimeout":"01:00:00","functions":["a"],"extensions":{"http":{"routePrefix":""},
            "queues":{"batchSize":1,"newBatchThreshold":0,"maxPollingInterval":"00:00:05","visibilityTimeout":"00:00:30",
            "maxDequeueCount":3,"messageEncoding":"none"}},"customHandler":{"description":{"defaultExecutablePath":"%EXE%",
            "arguments":["serve","%NO%x"],"workingDirectory":"w"},"enableProxyingHttpRequest":true,
            "initializationTimeout":"00:00:10"}}"#;
        let got = HostJson::parse(text, &settings(&[("EXE", "handler")])).unwrap();
        assert_eq!(got.function_timeout, Some(Duration::from_secs(3600)));
        assert_eq!(got.functions.as_deref(), Some(["a".to_owned()].as_slice()));
        assert_eq!(got.route_prefix, "");
        assert_eq!((got.queues.batch_size, got.queues.new_batch_threshold), (1, 0));
        assert_eq!(got.queues.visibility_timeout, Duration::from_secs(30));
        assert_eq!(got.queues.message_encoding, MessageEncoding::None);
        assert_eq!(got.handler.executable, "handler");
        assert_eq!(got.handler.arguments, ["serve", "x"]);
        assert!(got.handler.raw_http);
    }

    #[test]
    fn settings_override_keys_in_any_case() {
        let s = settings(&[
            ("AzureFunctionsJobHost__extensions__Queues__batchsize", "4"),
            ("AzureFunctionsJobHost__functionTimeout", "-1"),
            ("AzureFunctionsJobHost__CustomHandler__EnableProxyingHttpRequest", "true"),
        ]);
        let text = MINIMAL.replace(r#""version":"2.0""#, r#""extensions":{"queues":{"batchSize":9}}"#);
        let got = HostJson::parse(&text, &s).unwrap();
        assert_eq!(got.queues.batch_size, 4);
        assert_eq!(got.function_timeout, None);
        assert!(got.handler.raw_http);
    }

    #[test]
    fn a_root_without_a_handler_does_not_start() {
        assert!(matches!(HostJson::parse("{}", &settings(&[])), Err(HostJsonError::NoHandler)));
        assert!(matches!(HostJson::parse("{", &settings(&[])), Err(HostJsonError::Shape(_))));
    }
}
