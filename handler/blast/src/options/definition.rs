//! What an option is.

use super::value::OptionValue;
use crate::program::Program;
use serde::Serialize;

/// Part of the form in which an option stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// What is searched and how much of it is shown.
    General,
    /// How residues and gaps are scored.
    Scoring,
    /// What of the query is left out.
    Filters,
    /// Which hits are dropped afterwards.
    Restrict,
    /// Translation.
    Genetics,
}

/// One of several allowed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The value that BLAST+ takes.
    pub value: &'static str,
    /// A few words for a page.
    pub label: &'static str,
}

/// A short text with a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// `yes`, `no`, or three whole numbers: level, window, linker.
    Dust,
    /// `yes`, `no`, or a whole number and two numbers: window, low cut, high cut.
    Seg,
}

/// Type and range of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// A whole number within bounds (both allowed).
    Int {
        /// Least allowed.
        min: i64,
        /// Greatest allowed.
        max: i64,
    },
    /// A number within bounds (both allowed).
    Float {
        /// Least allowed.
        min: f64,
        /// Greatest allowed.
        max: f64,
    },
    /// `true` or `false`, written out on the command line.
    Bool,
    /// A flag without a value: there or not.
    Flag,
    /// One of several words. Whole numbers are taken for their text.
    Choice(&'static [Choice]),
    /// One of the program's tasks.
    Task,
    /// A short text of this shape.
    Text(Rule),
}

/// What an option is when nobody chose it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Preset {
    /// The program or task does not take the option.
    NotTaken,
    /// It is left to BLAST+, which derives it from other options.
    Unset,
    /// A number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// A word.
    Text(&'static str),
}

impl Preset {
    /// The value, if there is one.
    pub fn value(self) -> Option<OptionValue> {
        match self {
            Self::NotTaken | Self::Unset => None,
            Self::Int(value) => Some(OptionValue::Int(value)),
            Self::Float(value) => Some(OptionValue::Float(value)),
            Self::Bool(value) => Some(OptionValue::Bool(value)),
            Self::Text(value) => Some(OptionValue::Text(value.to_owned())),
        }
    }
}

/// One option. The functions make type and default depend on program and task; the task is empty for tblastx.
#[derive(Debug, Clone, Copy)]
pub struct OptionDef {
    /// The BLAST+ flag without its dash; also the name in JSON.
    pub name: &'static str,
    /// A few words for a page.
    pub label: &'static str,
    /// What it does, in a sentence or two.
    pub help: &'static str,
    /// Where it stands in the form.
    pub group: Group,
    /// Whether the page keeps it folded away.
    pub advanced: bool,
    /// Type and range.
    pub kind: fn(Program, &str) -> Kind,
    /// Default.
    pub preset: fn(Program, &str) -> Preset,
}

impl OptionDef {
    /// Whether the program takes the option with this task.
    pub fn taken(&self, program: Program, task: &str) -> bool {
        (self.preset)(program, task) != Preset::NotTaken
    }
}
