//! The bindings of one `function.json`, as they are written there.

use serde::Deserialize;

/// Where a binding's value flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Into the function. Triggers are always this.
    #[default]
    In,
    /// Out of the function.
    Out,
}

/// One entry of `bindings`. Which fields matter depends on `type`.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct Binding {
    /// `httpTrigger`, `http`, `queueTrigger`, `queue`, `timerTrigger`, `table`.
    #[serde(rename = "type")]
    pub kind: String,
    /// In or out.
    pub direction: Direction,
    /// The name under which the value travels.
    pub name: String,
    /// `binary` keeps bytes as base64; anything else is text.
    pub data_type: Option<String>,
    /// Setting that holds the storage connection.
    pub connection: Option<String>,
    /// HTTP: the route template; the function's name when absent.
    pub route: Option<String>,
    /// HTTP: the methods it answers; all when absent.
    pub methods: Option<Vec<String>>,
    /// Queues: the name, `%SETTING%` allowed.
    pub queue_name: Option<String>,
    /// Tables: the name, `%SETTING%` allowed.
    pub table_name: Option<String>,
    /// Tables: key of rows that name none.
    pub partition_key: Option<String>,
    /// Tables: key of rows that name none.
    pub row_key: Option<String>,
    /// Timers: six-field NCRONTAB, `%SETTING%` allowed.
    pub schedule: Option<String>,
    /// Timers: also run when the host starts.
    pub run_on_startup: bool,
    /// Timers: remember ticks in a status blob; true when absent.
    pub use_monitor: Option<bool>,
}

impl Binding {
    /// Whether the binding carries bytes and not text.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        self.data_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("binary"))
    }

    /// Whether `type` is `kind`, in any case.
    #[must_use]
    pub fn is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }
}

/// One `function.json`.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct FunctionJson {
    /// The function is kept but not run.
    pub disabled: bool,
    /// Its trigger and outputs.
    pub bindings: Vec<Binding>,
}
