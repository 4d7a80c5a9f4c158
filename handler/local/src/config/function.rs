//! A function that can run: one trigger and its outputs, checked.

use super::binding::{Binding, Direction, FunctionJson};
use super::settings::{MissingSetting, Settings};
use crate::http::template::{Template, TemplateError};
use crate::timer::Schedule;
use crate::timer::schedule::ScheduleError;
use http::Method;
use thiserror::Error;

/// The setting that holds the storage connection when a binding names none.
pub const DEFAULT_CONNECTION: &str = "AzureWebJobsStorage";

/// Why a function is skipped. The host goes on without it.
#[derive(Debug, Error)]
pub enum FunctionError {
    /// The folder's name is no function name.
    #[error(
        "a function's name begins with a letter, has at most 128 of letters, digits, `_` and `-`, and is not `host`"
    )]
    Name,
    /// `function.json` cannot be read.
    #[error("function.json: {0}")]
    Read(#[from] std::io::Error),
    /// `function.json` is malformed.
    #[error("function.json: {0}")]
    Shape(#[from] serde_json::Error),
    /// Not exactly one trigger.
    #[error("it has {0} triggers; exactly one is needed")]
    Triggers(usize),
    /// A kind of binding that this host has not.
    #[error("the binding `{name}` ({kind}, {direction:?}) is not one that this host has")]
    Binding {
        /// The binding's name.
        name: String,
        /// Its type.
        kind: String,
        /// Its direction.
        direction: Direction,
    },
    /// A required property is missing.
    #[error("the binding `{binding}` has no `{property}`")]
    Missing {
        /// The binding's name.
        binding: String,
        /// The missing property.
        property: &'static str,
    },
    /// A queue or table name that only a running function could complete.
    #[error("the binding `{0}` uses a {{placeholder}} in a name; this host takes %SETTING% only")]
    Placeholder(String),
    /// An HTTP function whose requests would need the JSON envelope.
    #[error(
        "an HTTP function needs one `http` output, no other, and customHandler.enableProxyingHttpRequest in host.json"
    )]
    Envelope,
    /// The route cannot be used.
    #[error(transparent)]
    Route(#[from] TemplateError),
    /// A method that HTTP has not.
    #[error("`{0}` is no HTTP method")]
    Method(String),
    /// The schedule cannot be used.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// A `%SETTING%` is not set.
    #[error(transparent)]
    Setting(#[from] MissingSetting),
}

/// What starts a function.
#[derive(Debug, Clone)]
pub enum Trigger {
    /// A request.
    Http {
        /// Its route below the prefix.
        route: Template,
        /// The methods it answers; all when absent.
        methods: Option<Vec<Method>>,
    },
    /// A message.
    Queue {
        /// The queue.
        queue: String,
        /// Setting that holds the connection.
        connection: String,
        /// The body travels as base64 bytes.
        binary: bool,
    },
    /// The clock.
    Timer {
        /// When.
        schedule: Schedule,
        /// Also at start.
        run_on_startup: bool,
        /// Whether ticks are remembered, when the function says so.
        use_monitor: Option<bool>,
    },
}

/// Where an output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputTarget {
    /// A message, or several.
    Queue {
        /// The queue.
        queue: String,
    },
    /// A row, or several; insert only.
    Table {
        /// The table.
        table: String,
        /// Key of rows that name none.
        partition_key: Option<String>,
        /// Key of rows that name none.
        row_key: Option<String>,
    },
}

/// One output binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The name under which the handler returns it; `$return` is its return value.
    pub name: String,
    /// Where it goes.
    pub target: OutputTarget,
    /// Setting that holds the connection.
    pub connection: String,
    /// Strings stay strings even when they look like base64.
    pub binary: bool,
}

/// One function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its folder's name, which is its name.
    pub name: String,
    /// The trigger binding's name, under which the payload carries the value.
    pub trigger_name: String,
    /// What starts it.
    pub trigger: Trigger,
    /// What may come out of it.
    pub outputs: Vec<Output>,
}

impl Function {
    /// The scale group: all HTTP functions share one, every other function is alone.
    #[must_use]
    pub fn group(&self) -> String {
        match self.trigger {
            Trigger::Http { .. } => "http".to_owned(),
            Trigger::Queue { .. } | Trigger::Timer { .. } => format!("function:{}", self.name),
        }
    }

    /// Checks a `function.json` and fills settings in.
    ///
    /// # Errors
    /// [`FunctionError`] says what the author of the function has to change.
    pub fn build(
        name: &str,
        json: &FunctionJson,
        settings: &Settings,
        prefix: &str,
        raw_http: bool,
    ) -> Result<Self, FunctionError> {
        if !is_function_name(name) {
            return Err(FunctionError::Name);
        }
        let is_trigger = |b: &&Binding| b.kind.to_ascii_lowercase().ends_with("trigger");
        let triggers: Vec<&Binding> = json.bindings.iter().filter(is_trigger).collect();
        let [trigger] = triggers.as_slice() else { return Err(FunctionError::Triggers(triggers.len())) };
        let mut responses = 0;
        let mut outputs = Vec::new();
        for binding in json.bindings.iter().filter(|b| !is_trigger(b)) {
            if binding.is("http") && binding.direction == Direction::Out {
                responses += 1;
            } else {
                outputs.push(output(binding, settings)?);
            }
        }
        let trigger_name = trigger.name.clone();
        let trigger = self::trigger(name, trigger, settings, prefix)?;
        if matches!(trigger, Trigger::Http { .. }) && (!raw_http || responses != 1 || !outputs.is_empty()) {
            return Err(FunctionError::Envelope);
        }
        Ok(Self { name: name.to_owned(), trigger_name, trigger, outputs })
    }
}

fn is_function_name(name: &str) -> bool {
    let rest = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(rest)
        && name.len() <= 128
        && !name.eq_ignore_ascii_case("host")
}

fn trigger(
    name: &str,
    binding: &Binding,
    settings: &Settings,
    prefix: &str,
) -> Result<Trigger, FunctionError> {
    if binding.is("httpTrigger") {
        let route = binding.route.as_deref().filter(|r| !r.is_empty()).unwrap_or(name);
        let route = Template::parse(prefix, &settings.expand(route)?)?;
        let method = |text: &String| {
            Method::from_bytes(text.to_ascii_uppercase().as_bytes())
                .map_err(|_| FunctionError::Method(text.clone()))
        };
        let methods = binding.methods.as_ref().filter(|list| !list.is_empty());
        let methods = methods.map(|list| list.iter().map(method).collect::<Result<_, _>>()).transpose()?;
        return Ok(Trigger::Http { route, methods });
    }
    if binding.is("queueTrigger") {
        let queue = named(binding, binding.queue_name.as_deref(), "queueName", settings)?;
        return Ok(Trigger::Queue { queue, connection: connection(binding), binary: binding.is_binary() });
    }
    if binding.is("timerTrigger") {
        let schedule = named(binding, binding.schedule.as_deref(), "schedule", settings)?;
        return Ok(Trigger::Timer {
            schedule: Schedule::parse(&schedule)?,
            run_on_startup: binding.run_on_startup,
            use_monitor: binding.use_monitor,
        });
    }
    Err(unknown(binding))
}

fn output(binding: &Binding, settings: &Settings) -> Result<Output, FunctionError> {
    let target = if binding.direction == Direction::Out && binding.is("queue") {
        OutputTarget::Queue { queue: named(binding, binding.queue_name.as_deref(), "queueName", settings)? }
    } else if binding.direction == Direction::Out && binding.is("table") {
        OutputTarget::Table {
            table: named(binding, binding.table_name.as_deref(), "tableName", settings)?,
            partition_key: binding.partition_key.clone(),
            row_key: binding.row_key.clone(),
        }
    } else {
        return Err(unknown(binding));
    };
    Ok(Output {
        name: binding.name.clone(),
        target,
        connection: connection(binding),
        binary: binding.is_binary(),
    })
}

fn named(
    binding: &Binding,
    value: Option<&str>,
    property: &'static str,
    settings: &Settings,
) -> Result<String, FunctionError> {
    let missing = || FunctionError::Missing { binding: binding.name.clone(), property };
    let value = settings.expand(value.filter(|v| !v.trim().is_empty()).ok_or_else(missing)?)?;
    if value.contains('{') {
        return Err(FunctionError::Placeholder(binding.name.clone()));
    }
    Ok(value)
}

fn connection(binding: &Binding) -> String {
    binding.connection.clone().filter(|c| !c.is_empty()).unwrap_or_else(|| DEFAULT_CONNECTION.to_owned())
}

fn unknown(binding: &Binding) -> FunctionError {
    FunctionError::Binding {
        name: binding.name.clone(),
        kind: binding.kind.clone(),
        direction: binding.direction,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn build(name: &str, json: &str) -> Result<Function, FunctionError> {
        let pairs = [("QUEUE", "jobs"), ("CRON", "0 * * * * *")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let settings = Settings::load(Path::new("/nowhere/x.json"), pairs).unwrap();
        Function::build(name, &serde_json::from_str(json).unwrap(), &settings, "", true)
    }

    #[test]
    fn a_queue_function_with_its_outputs() {
        let json = r#"{"bindings":[{"type":"queueTrigger","direction":"in","name":"message","queueName":"%QUEUE%"},
            {"type":"queue","direction":"out","name":"next","queueName":"more"},
            {"type":"table","direction":"out","name":"history","tableName":"t","partitionKey":"p","connection":"C"}]}"#;
        let got = build("task-a", json).unwrap();
        assert_eq!(got.group(), "function:task-a");
        assert!(matches!(&got.trigger, Trigger::Queue { queue, connection, binary: false }
            if queue == "jobs" && connection == DEFAULT_CONNECTION));
        assert_eq!(got.outputs[0].target, OutputTarget::Queue { queue: "more".to_owned() });
        assert_eq!(got.outputs[1].connection, "C");
    }

    #[test]
    fn http_functions_share_a_group_and_need_raw_requests() {
        let trigger =
            r#"{"type":"httpTrigger","direction":"in","name":"req","methods":["get"],"route":"x/{*p}"}"#;
        let whole = format!(r#"{{"bindings":[{trigger},{{"type":"http","direction":"out","name":"res"}}]}}"#);
        assert_eq!(build("api-x", &whole).unwrap().group(), "http");
        let alone = format!(r#"{{"bindings":[{trigger}]}}"#);
        assert!(matches!(build("api-x", &alone), Err(FunctionError::Envelope)));
    }

    #[test]
    fn a_timer_reads_its_schedule_from_a_setting() {
        let json =
            r#"{"bindings":[{"type":"timerTrigger","direction":"in","name":"timer","schedule":"%CRON%"}]}"#;
        assert!(matches!(build("t", json).unwrap().trigger, Trigger::Timer { run_on_startup: false, .. }));
        let unset = json.replace("CRON", "NO");
        assert!(matches!(build("t", &unset), Err(FunctionError::Setting(_))));
        let broken = json.replace("%CRON%", "00:05:00");
        assert!(matches!(build("t", &broken), Err(FunctionError::Schedule(_))));
    }

    #[test]
    fn what_cannot_run_is_named() {
        let queue = r#"{"bindings":[{"type":"queueTrigger","name":"m","queueName":"q"}]}"#;
        for name in ["host", "1a", "a b", "", "ä"] {
            assert!(matches!(build(name, queue), Err(FunctionError::Name)), "{name}");
        }
        assert!(matches!(build("a", r#"{"bindings":[]}"#), Err(FunctionError::Triggers(0))));
        let blob = r#"{"bindings":[{"type":"blobTrigger","name":"b"}]}"#;
        assert!(matches!(build("a", blob), Err(FunctionError::Binding { .. })));
        let placeholder = queue.replace("\"q\"", "\"{name}\"");
        assert!(matches!(build("a", &placeholder), Err(FunctionError::Placeholder(_))));
        let nameless = queue.replace(",\"queueName\":\"q\"", "");
        assert!(matches!(build("a", &nameless), Err(FunctionError::Missing { property: "queueName", .. })));
    }
}
