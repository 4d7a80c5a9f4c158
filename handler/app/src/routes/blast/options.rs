use crate::api::options::{OptionChoice, OptionForm, OptionsForm, ProgramForm, TaskForm};
use crate::http::Caller;
use crate::routes::shape::{option_value, outfmt_choice};
use axum::Json;
use blastline_blast::elastic::ElasticOutfmt;
use blastline_blast::options::{Described, Group, OptionDescription, form, tasks};
use blastline_blast::program::Program;

/// The search options of every program.
#[utoipa::path(get, path = "/api/blast/options", tag = "catalogue", responses((status = 200, body = OptionsForm)))]
pub async fn options(_caller: Caller) -> Json<OptionsForm> {
    Json(OptionsForm {
        programs: Program::ALL.iter().map(|program| program_form(*program)).collect(),
        outfmts: ElasticOutfmt::offered().iter().map(outfmt_choice).collect(),
    })
}

fn program_form(program: Program) -> ProgramForm {
    let task = |task: &blastline_blast::options::Task| TaskForm {
        name: task.name.to_owned(),
        description: format!("{}. {}", task.label, task.help),
    };
    ProgramForm {
        program: program.to_string(),
        description: describe(program).to_owned(),
        query_molecule: program.query_molecule().to_string(),
        database_molecule: program.database_molecule().to_string(),
        tasks: tasks(program).iter().map(task).collect(),
        options: form(program).into_iter().map(option_form).collect(),
    }
}

fn describe(program: Program) -> &'static str {
    match program {
        Program::Blastn => "Nucleotide sequences against nucleotide sequences",
        Program::Blastp => "Protein sequences against protein sequences",
        Program::Blastx => "Nucleotide sequences, translated in six frames, against protein sequences",
        Program::Tblastn => "Protein sequences against nucleotide sequences translated in six frames",
        Program::Tblastx => {
            "Nucleotide sequences against nucleotide sequences, both translated in six frames"
        }
    }
}

fn group(group: Group) -> &'static str {
    match group {
        Group::General => "general",
        Group::Scoring => "scoring",
        Group::Filters => "filters",
        Group::Restrict => "limits",
        Group::Genetics => "translation",
    }
}

/// One option; ranges and choices are those of all tasks together, since the server checks each task's own.
fn option_form(option: OptionDescription) -> OptionForm {
    let mut shaped = OptionForm {
        name: option.name.to_owned(),
        label: option.label.to_owned(),
        help: option.help.to_owned(),
        group: group(option.group).to_owned(),
        kind: String::new(),
        min: None,
        max: None,
        choices: Vec::new(),
        advanced: option.advanced,
        defaults: std::collections::BTreeMap::new(),
    };
    for task in option.per_task {
        if let Some(default) = &task.default {
            shaped.defaults.insert(task.task.unwrap_or_default().to_owned(), option_value(default));
        }
        match task.input {
            #[expect(clippy::cast_precision_loss, reason = "ranges of the form are small")]
            Described::Integer { min, max } => shaped.widen("int", min as f64, max as f64),
            Described::Number { min, max } => shaped.widen("float", min, max),
            Described::Boolean => "bool".clone_into(&mut shaped.kind),
            Described::Pattern { .. } => "text".clone_into(&mut shaped.kind),
            Described::Choice { choices } => {
                "choice".clone_into(&mut shaped.kind);
                for choice in choices {
                    let known = shaped.choices.iter().any(|known| known.value == choice.value);
                    if !known {
                        let (value, label) = (choice.value.to_owned(), choice.label.to_owned());
                        shaped.choices.push(OptionChoice { value, label });
                    }
                }
            }
        }
    }
    shaped
}

impl OptionForm {
    fn widen(&mut self, kind: &str, min: f64, max: f64) {
        kind.clone_into(&mut self.kind);
        self.min = Some(self.min.map_or(min, |known| known.min(min)));
        self.max = Some(self.max.map_or(max, |known| known.max(max)));
    }
}
