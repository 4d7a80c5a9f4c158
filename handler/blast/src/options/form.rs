//! The options as a page needs them.

use super::definition::{Choice, Group, Kind, OptionDef, Preset, Rule};
use super::definitions::definitions;
use super::tables::{MATRICES, MatrixGaps, SCORES, ScoreGaps};
use super::task::tasks;
use super::value::OptionValue;
use crate::program::Program;
use serde::Serialize;

/// Type and range, in words that a page understands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Described {
    /// A whole number from `min` to `max`.
    Integer {
        /// Least allowed.
        min: i64,
        /// Greatest allowed.
        max: i64,
    },
    /// A number from `min` to `max`.
    Number {
        /// Least allowed.
        min: f64,
        /// Greatest allowed.
        max: f64,
    },
    /// True or false.
    Boolean,
    /// One of these.
    Choice {
        /// The allowed values.
        choices: Vec<Choice>,
    },
    /// A text that this regular expression matches.
    Pattern {
        /// The regular expression, anchored.
        pattern: &'static str,
        /// Which of the known shapes it is.
        rule: Rule,
    },
}

/// What holds for one task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskDefault {
    /// The task; `None` for tblastx.
    pub task: Option<&'static str>,
    /// Type and range.
    pub input: Described,
    /// The default; `None` where it is left to BLAST+.
    pub default: Option<OptionValue>,
}

/// One option of a program.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OptionDescription {
    /// The BLAST+ flag without its dash; also the name in JSON.
    pub name: &'static str,
    /// A few words.
    pub label: &'static str,
    /// A sentence or two.
    pub help: &'static str,
    /// Where it stands.
    pub group: Group,
    /// Whether it is folded away.
    pub advanced: bool,
    /// Type, range and default, task by task.
    pub per_task: Vec<TaskDefault>,
}

/// A task, for choosing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskDescription {
    /// The name.
    pub name: &'static str,
    /// A few words.
    pub label: &'static str,
    /// When to use it.
    pub help: &'static str,
}

/// Which scores and gap costs go together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScoringDescription {
    /// For blastn; empty otherwise.
    pub scores: &'static [ScoreGaps],
    /// For blastp, blastx, tblastn and tblastx (which makes no gaps); empty for blastn.
    pub matrices: &'static [MatrixGaps],
}

/// The options that a program takes, in the order of the form.
pub fn form(program: Program) -> Vec<OptionDescription> {
    let names: Vec<Option<&'static str>> = match tasks(program) {
        [] => vec![None],
        tasks => tasks.iter().map(|task| Some(task.name)).collect(),
    };
    definitions()
        .iter()
        .filter_map(|def| {
            let per_task: Vec<_> = names.iter().filter_map(|task| for_task(def, program, *task)).collect();
            (!per_task.is_empty()).then_some(OptionDescription {
                name: def.name,
                label: def.label,
                help: def.help,
                group: def.group,
                advanced: def.advanced,
                per_task,
            })
        })
        .collect()
}

/// Which scores and gap costs a program may be given together.
pub fn scoring(program: Program) -> ScoringDescription {
    match program {
        Program::Blastn => ScoringDescription { scores: SCORES, matrices: &[] },
        _ => ScoringDescription { scores: &[], matrices: MATRICES },
    }
}

fn for_task(def: &OptionDef, program: Program, task: Option<&'static str>) -> Option<TaskDefault> {
    let name = task.unwrap_or_default();
    let preset = match ((def.preset)(program, name), task) {
        (Preset::NotTaken, _) => return None,
        (Preset::Text(_), Some(task)) if def.name == "task" => Preset::Text(task),
        (preset, _) => preset,
    };
    let input = match (def.kind)(program, name) {
        Kind::Int { min, max } => Described::Integer { min, max },
        Kind::Float { min, max } => Described::Number { min, max },
        Kind::Bool | Kind::Flag => Described::Boolean,
        Kind::Choice(choices) => Described::Choice { choices: choices.to_vec() },
        Kind::Task => Described::Choice {
            choices: tasks(program).iter().map(|t| Choice { value: t.name, label: t.label }).collect(),
        },
        Kind::Text(rule) => Described::Pattern { pattern: pattern(rule), rule },
    };
    Some(TaskDefault { task, input, default: preset.value() })
}

fn pattern(rule: Rule) -> &'static str {
    match rule {
        Rule::Dust => r"^(yes|no|\d{1,4} \d{1,4} \d{1,4})$",
        Rule::Seg => r"^(yes|no|\d{1,4} \d{1,4}(\.\d{1,4})? \d{1,4}(\.\d{1,4})?)$",
    }
}
