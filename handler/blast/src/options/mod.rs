//! Search options: one definition each, from which everything else comes.
//!
//! [`definitions`] holds name, type, range, default (per program *and* task) and help of every option. [`validate`]
//! checks what a person chose against it, [`SearchOptions::args`] writes the command line from it, [`form`] describes
//! it to the page. Ranges and defaults are those of BLAST+ 2.12 (found by running it, and compared with the installed
//! one by `tests/blast_plus`), except for the E-value: see its help.

mod definition;
mod definitions;
mod form;
mod number;
mod scoring;
mod search;
mod tables;
mod task;
#[cfg(test)]
mod tests;
mod validate;
mod value;

pub use definition::{Choice, Group, Kind, OptionDef, Preset, Rule};
pub use definitions::{definition, definitions};
pub use form::{
    Described, OptionDescription, ScoringDescription, TaskDefault, TaskDescription, form, scoring,
};
pub use search::SearchOptions;
pub use tables::{MATRICES, MatrixGaps, SCORES, ScoreGaps, matrix_gaps, score_gaps};
pub use task::{Task, default_task, tasks};
pub use validate::{FieldError, validate};
pub use value::{OptionValue, RawOptions};
