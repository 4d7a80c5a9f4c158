//! The options of one search, checked and complete.

use super::definition::Kind;
use super::definitions::definitions;
use super::validate::validate;
use super::value::{OptionValue, RawOptions};
use crate::program::Program;
use serde::{Deserialize, Serialize};

/// All effective options of a search: what was chosen, and the defaults of its program and task. Options that are
/// left to BLAST+ are absent. Exists only in valid form; reading one from JSON checks it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct SearchOptions {
    program: Program,
    #[serde(rename = "options")]
    values: RawOptions,
}

#[derive(Deserialize)]
struct Stored {
    program: Program,
    #[serde(default)]
    options: RawOptions,
}

impl TryFrom<Stored> for SearchOptions {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        validate(stored.program, &stored.options).map_err(|errors| {
            let parts: Vec<_> = errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
            parts.join(" ")
        })
    }
}

impl SearchOptions {
    /// Only [`validate`] calls this.
    pub(super) fn checked(program: Program, values: RawOptions) -> Self {
        Self { program, values }
    }

    /// The defaults of a program.
    ///
    /// # Errors
    /// None in practice: a test holds every default valid.
    pub fn defaults(program: Program) -> Result<Self, Vec<super::validate::FieldError>> {
        validate(program, &RawOptions::new())
    }

    /// The program.
    pub fn program(&self) -> Program {
        self.program
    }

    /// All effective values, by name.
    pub fn values(&self) -> &RawOptions {
        &self.values
    }

    /// One effective value.
    pub fn get(&self, name: &str) -> Option<&OptionValue> {
        self.values.get(name)
    }

    /// The task; `None` for tblastx.
    pub fn task(&self) -> Option<&str> {
        self.text("task")
    }

    /// The protein matrix; `None` for blastn.
    pub fn matrix(&self) -> Option<&str> {
        self.text("matrix")
    }

    fn text(&self, name: &str) -> Option<&str> {
        match self.values.get(name) {
            Some(OptionValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// One text for equal options, whatever order and form they came in: a key for remembered answers.
    pub fn canonical(&self) -> String {
        let parts: Vec<_> = self.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{} {}", self.program, parts.join("&"))
    }

    /// The command line's arguments, defaults included, in the order of the definitions. Never a database, a query
    /// or an output.
    pub fn args(&self) -> Vec<String> {
        let task = self.task().unwrap_or_default();
        let mut args = Vec::new();
        for def in definitions() {
            let Some(value) = self.values.get(def.name) else { continue };
            match ((def.kind)(self.program, task), value) {
                (Kind::Flag, OptionValue::Bool(true)) => args.push(format!("-{}", def.name)),
                (Kind::Flag, _) => {}
                _ => args.extend([format!("-{}", def.name), value.to_string()]),
            }
        }
        args
    }
}
