use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The search options of every program: what the form shows and the server takes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OptionsForm {
    /// blastn, blastp, blastx, tblastn, tblastx.
    pub programs: Vec<ProgramForm>,
    /// Output formats of a search on a cluster, the usual one first.
    pub outfmts: Vec<super::outfmt::OutfmtChoice>,
}

/// A program with its tasks and options.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProgramForm {
    /// Program name.
    pub program: String,
    /// What it does, in a sentence.
    pub description: String,
    /// Molecule of the query.
    pub query_molecule: String,
    /// Molecule of the database.
    pub database_molecule: String,
    /// Tasks, the default first; empty where the program has none.
    pub tasks: Vec<TaskForm>,
    /// Options in the order of the form.
    pub options: Vec<OptionForm>,
}

/// A task of a program.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TaskForm {
    /// Value of `-task`.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// One option: name, range, defaults, help.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OptionForm {
    /// BLAST+'s name without the dash, for example `word_size`.
    pub name: String,
    /// Label in the form.
    pub label: String,
    /// Help in a sentence or two.
    pub help: String,
    /// Group in the form: `general`, `scoring`, `filters`, `translation` or `limits`.
    pub group: String,
    /// `int`, `float`, `bool`, `choice` or `text`.
    pub kind: String,
    /// Smallest value.
    pub min: Option<f64>,
    /// Largest value.
    pub max: Option<f64>,
    /// Values of a choice.
    pub choices: Vec<OptionChoice>,
    /// Whether it stands behind "More options".
    pub advanced: bool,
    /// Default by task; the key is empty where the program has no tasks.
    pub defaults: std::collections::BTreeMap<String, OptionValue>,
}

/// A value of a choice.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OptionChoice {
    /// Value sent.
    pub value: String,
    /// Words shown.
    pub label: String,
}

/// Value of an option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum OptionValue {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
}
