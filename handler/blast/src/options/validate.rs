//! From what a person chose to what BLAST+ is given, or to a list of what is wrong, field by field.

use super::definition::{Kind, OptionDef, Preset, Rule};
use super::definitions::{definition, definitions};
use super::number;
use super::scoring;
use super::search::SearchOptions;
use super::task::{default_task, tasks};
use super::value::{OptionValue, RawOptions};
use crate::program::Program;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What is wrong with one option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the option as it was given, at most 64 characters of it.
    pub field: String,
    /// Stable name of the fault: `unknown_option`, `out_of_range`, `not_allowed`, `wrong_type`, `not_for_program`,
    /// `pair_not_allowed`, `required`, or `not_supported` (by the engine that was chosen).
    pub code: Cow<'static, str>,
    /// The fault in a sentence.
    pub message: String,
    /// What would be allowed, for the page to show beside the field.
    pub allowed: Option<String>,
}

impl FieldError {
    pub(crate) fn new(field: &str, code: &'static str, message: String, allowed: Option<String>) -> Self {
        Self { field: field.chars().take(64).collect(), code: Cow::Borrowed(code), message, allowed }
    }
}

/// Checks what was chosen for a program and fills in the rest.
///
/// # Errors
/// All faults at once, one [`FieldError`] per field, in the order of the options' names.
pub fn validate(program: Program, raw: &RawOptions) -> Result<SearchOptions, Vec<FieldError>> {
    let mut errors = Vec::new();
    let task = match raw.get("task") {
        Some(OptionValue::Text(name)) if tasks(program).iter().any(|task| task.name == name) => name.as_str(),
        _ => default_task(program).unwrap_or_default(),
    };
    let mut chosen = RawOptions::new();
    for (name, value) in raw {
        match check(program, task, name, value) {
            Ok(value) => {
                chosen.insert(name.clone(), value);
            }
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        let mut values = chosen.clone();
        for def in definitions() {
            if let Some(preset) = (def.preset)(program, task).value() {
                values.entry(def.name.to_owned()).or_insert(preset);
            }
        }
        if !task.is_empty() {
            values.insert("task".to_owned(), OptionValue::Text(task.to_owned()));
        }
        errors.extend(scoring::complete(program, task, &chosen, &mut values));
        if errors.is_empty() {
            return Ok(SearchOptions::checked(program, values));
        }
    }
    Err(errors)
}

/// Letters of an unknown option's name that are told back.
const SHOWN_NAME: usize = 40;

fn check(program: Program, task: &str, name: &str, value: &OptionValue) -> Result<OptionValue, FieldError> {
    let Some(def) = definition(name) else {
        let names: Vec<_> =
            definitions().iter().filter(|def| def.taken(program, task)).map(|def| def.name).collect();
        // A name may be anything that was sent; the first letters tell which one is meant.
        let shown: String = name.chars().filter(|c| !c.is_control()).take(SHOWN_NAME).collect();
        let message = format!("There is no option “{shown}”.");
        return Err(FieldError::new(name, "unknown_option", message, Some(names.join(", "))));
    };
    if (def.preset)(program, task) == Preset::NotTaken {
        let message = format!("{program} does not take this option.");
        return Err(FieldError::new(name, "not_for_program", message, None));
    }
    let kind = (def.kind)(program, task);
    match (kind, value) {
        (Kind::Int { min, max }, value) => whole(def, value, min, max),
        (Kind::Float { min, max }, value) => real(def, value, min, max),
        (Kind::Bool | Kind::Flag, OptionValue::Bool(value)) => Ok(OptionValue::Bool(*value)),
        (Kind::Bool | Kind::Flag, _) => Err(wrong_type(def, "true or false")),
        (Kind::Choice(choices), value) => {
            let names: Vec<_> = choices.iter().map(|choice| choice.value).collect();
            one_of(def, value, &names)
        }
        (Kind::Task, value) => {
            let names: Vec<_> = tasks(program).iter().map(|task| task.name).collect();
            one_of(def, value, &names)
        }
        (Kind::Text(rule), OptionValue::Text(text)) => shaped(def, rule, text),
        (Kind::Text(rule), _) => Err(wrong_type(def, shape(rule))),
    }
}

fn wrong_type(def: &OptionDef, allowed: &str) -> FieldError {
    let message = format!("{} is {allowed}.", def.label);
    FieldError::new(def.name, "wrong_type", message, Some(allowed.to_owned()))
}

fn whole(def: &OptionDef, value: &OptionValue, min: i64, max: i64) -> Result<OptionValue, FieldError> {
    let allowed = format!("{min} to {max}");
    let value = match value {
        OptionValue::Int(value) => Some(*value),
        // A page may send 11.0 for 11; beyond 2^53 a float is no exact whole number.
        OptionValue::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(*value as i64),
        OptionValue::Float(_) => None,
        OptionValue::Bool(_) | OptionValue::Text(_) => return Err(wrong_type(def, "a whole number")),
    };
    match value {
        Some(value) if (min..=max).contains(&value) => Ok(OptionValue::Int(value)),
        Some(_) => {
            let message = format!("{} goes from {min} to {max}.", def.label);
            Err(FieldError::new(def.name, "out_of_range", message, Some(allowed)))
        }
        None => {
            let message = format!("{} is a whole number.", def.label);
            Err(FieldError::new(def.name, "wrong_type", message, Some(allowed)))
        }
    }
}

fn real(def: &OptionDef, value: &OptionValue, min: f64, max: f64) -> Result<OptionValue, FieldError> {
    let value = match value {
        OptionValue::Int(value) => *value as f64,
        OptionValue::Float(value) => *value,
        OptionValue::Bool(_) | OptionValue::Text(_) => return Err(wrong_type(def, "a number")),
    };
    if (min..=max).contains(&value) {
        return Ok(OptionValue::Float(number::rounded(value)));
    }
    let (min, max) = (OptionValue::Float(min), OptionValue::Float(max));
    let message = format!("{} goes from {min} to {max}.", def.label);
    Err(FieldError::new(def.name, "out_of_range", message, Some(format!("{min} to {max}"))))
}

fn one_of(def: &OptionDef, value: &OptionValue, names: &[&str]) -> Result<OptionValue, FieldError> {
    let allowed = names.join(", ");
    let text = match value {
        OptionValue::Text(text) => text.clone(),
        OptionValue::Int(value) => value.to_string(),
        OptionValue::Bool(_) | OptionValue::Float(_) => {
            return Err(wrong_type(def, &format!("one of {allowed}")));
        }
    };
    if names.contains(&text.as_str()) {
        return Ok(OptionValue::Text(text));
    }
    let message = format!("{} is one of {allowed}.", def.label);
    Err(FieldError::new(def.name, "not_allowed", message, Some(allowed)))
}

fn shape(rule: Rule) -> &'static str {
    match rule {
        Rule::Dust => "yes, no, or three whole numbers (level window linker) such as “20 64 1”",
        Rule::Seg => "yes, no, or three numbers (window locut hicut) such as “12 2.2 2.5”",
    }
}

fn shaped(def: &OptionDef, rule: Rule, text: &str) -> Result<OptionValue, FieldError> {
    let parts: Vec<_> = text.split(' ').filter(|part| !part.is_empty()).collect();
    let fits = match (rule, parts.as_slice()) {
        (_, ["yes" | "no"]) => true,
        (Rule::Dust, [level, window, linker]) => [level, window, linker].iter().all(|part| is_whole(part)),
        (Rule::Seg, [window, low, high]) => is_whole(window) && is_decimal(low) && is_decimal(high),
        _ => false,
    };
    if fits {
        return Ok(OptionValue::Text(parts.join(" ")));
    }
    let message = format!("{} is {}.", def.label, shape(rule));
    Err(FieldError::new(def.name, "not_allowed", message, Some(shape(rule).to_owned())))
}

fn is_whole(text: &str) -> bool {
    (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_decimal(text: &str) -> bool {
    match text.split_once('.') {
        Some((whole, fraction)) => is_whole(whole) && is_whole(fraction),
        None => is_whole(text),
    }
}
