//! Rows as the API's shapes.

use crate::api::jobs::{JobDatabase, JobError, JobProgress, JobStep, JobSummary};
use crate::api::meta::Meta;
use crate::api::options::OptionValue;
use crate::api::outfmt::OutfmtChoice;
use blastline_blast::elastic::ElasticOutfmt;
use blastline_blast::elastic::outfmt::Download;
use blastline_blast::options::{OptionValue as Value, RawOptions};
use blastline_jobs::error_code::Fault;
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::{Phase, Progress, Step, StepName, StepStatus};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment as RFC 3339.
pub fn moment(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// When an answer was made, and for which request.
pub fn meta(request_id: &str) -> Meta {
    Meta {
        generated_at: moment(OffsetDateTime::now_utc()),
        request_id: request_id.to_owned(),
        warnings: Vec::new(),
    }
}

/// A fault of a job.
pub fn job_error(fault: &Fault) -> JobError {
    JobError {
        code: fault.code.as_str().to_owned(),
        detail: fault.detail.clone(),
        hint: Some(fault.hint.clone().unwrap_or_else(|| fault.code.hint().to_owned())),
        retryable: fault.code.retryable(),
    }
}

/// A job in a list.
pub fn summary(row: &JobRow) -> JobSummary {
    let databases = row.databases.iter().map(|database| JobDatabase {
        name: database.name.to_string(),
        generation: database.generation.to_string(),
        title: row.database_title.clone(),
    });
    JobSummary {
        job_id: row.id.to_string(),
        job_title: row.title.clone(),
        status: row.status().as_str().to_owned(),
        phase: row.phase.as_str().to_owned(),
        program: row.program.to_string(),
        databases: databases.collect(),
        query_label: row.query_label.clone(),
        engine: row.engine.to_string(),
        cluster_name: row.elastic.as_ref().map(|state| state.cluster.clone()),
        queries_total: row.queries_total,
        queries_done: row.queries_done,
        letters_total: row.letters_total,
        letters_done: row.letters_done,
        hits: row.hits,
        shows_hits: row.outfmt().statement().shown_in_page,
        created_at: moment(row.created_at),
        updated_at: moment(row.updated_at),
        started_at: row.started_at.map(moment),
        ended_at: row.ended_at.map(moment),
        error: row.fault.as_ref().map(job_error),
        can_cancel: !row.status().is_terminal() && !row.is_cancelling(),
    }
}

/// Status, phase and the steps that were reached.
pub fn progress(row: &JobRow) -> JobProgress {
    let steps = row.progress.iter().flat_map(|progress| &progress.steps);
    JobProgress {
        phase: row.phase.as_str().to_owned(),
        status: row.status().as_str().to_owned(),
        steps: steps.map(|(name, step)| (name.as_str().to_owned(), job_step(*name, Some(step)))).collect(),
    }
}

/// The same with the end of what each step logged.
pub fn output(row: &JobRow) -> JobProgress {
    let mut all = progress(row);
    for (name, step) in row.progress.iter().flat_map(|progress| &progress.steps) {
        if let Some(shown) = all.steps.get_mut(name.as_str()) {
            shown.last_output.clone_from(&step.last_output);
        }
    }
    all
}

/// All steps in order, the ones to come as `pending`.
pub fn steps(progress: Option<&Progress>) -> Vec<JobStep> {
    let known = |name| progress.and_then(|progress| progress.steps.get(&name));
    StepName::ALL.into_iter().map(|name| job_step(name, known(name))).collect()
}

fn job_step(name: StepName, step: Option<&Step>) -> JobStep {
    let status = match step.map(|step| step.status) {
        None => "pending",
        Some(StepStatus::Running) => "running",
        Some(StepStatus::Completed) => "completed",
        Some(StepStatus::Failed) => "failed",
        Some(StepStatus::Skipped) => "skipped",
    };
    JobStep {
        phase: name.as_str().to_owned(),
        status: status.to_owned(),
        started_at: step.and_then(|step| step.started_at).map(moment),
        completed_at: step.and_then(|step| step.completed_at).map(moment),
        duration_ms: step.and_then(Step::duration_ms),
        detail: step.and_then(|step| step.detail.clone()),
        last_output: None,
    }
}

/// What a phase does, in words.
pub fn phase_words(phase: Phase) -> &'static str {
    match phase {
        Phase::Queued => "Waiting to begin",
        Phase::Preparing => "Looking at sequences, database and options",
        Phase::WaitingForSubmitSlot => "Waiting in line in front of the cluster",
        Phase::WaitingForCapacity => "Waiting for room on the cluster",
        Phase::Configuring => "Asking BLAST+ about the options",
        Phase::StagingDb => "Finding the database",
        Phase::Submitting => "Cutting the first parts",
        Phase::Submitted => "Waiting for a place to search",
        Phase::Running => "Searching",
        Phase::ResultsPending => "Joining results",
        Phase::Completed => "Completed",
        Phase::Cancelling => "Cancelling",
        Phase::Cancelled => "Cancelled",
        Phase::DatabaseUnavailable
        | Phase::ConfigInvalid
        | Phase::SubmitFailed
        | Phase::SearchFailed
        | Phase::WorkerLost => "Failed",
        Phase::Deleted => "Deleted",
    }
}

/// Options as the API sends them.
pub fn option_values(values: &RawOptions) -> BTreeMap<String, OptionValue> {
    values.iter().map(|(name, value)| (name.clone(), option_value(value))).collect()
}

/// An option's value as the API sends it.
pub fn option_value(value: &Value) -> OptionValue {
    match value {
        Value::Bool(value) => OptionValue::Bool(*value),
        Value::Int(value) => OptionValue::Int(*value),
        Value::Float(value) => OptionValue::Float(*value),
        Value::Text(value) => OptionValue::Text(value.clone()),
    }
}

/// Options as they came, for validation.
pub fn raw_options(values: &BTreeMap<String, OptionValue>) -> RawOptions {
    let value = |value: &OptionValue| match value {
        OptionValue::Bool(value) => Value::Bool(*value),
        OptionValue::Int(value) => Value::Int(*value),
        OptionValue::Float(value) => Value::Float(*value),
        OptionValue::Text(value) => Value::Text(value.clone()),
    };
    values.iter().map(|(name, given)| (name.clone(), value(given))).collect()
}

/// An output format of a search on a cluster, with what it gives and rules out.
pub fn outfmt_choice(outfmt: &ElasticOutfmt) -> OutfmtChoice {
    let told = outfmt.statement();
    let words =
        |downloads: Vec<Download>| downloads.into_iter().map(|d| download_word(d).to_owned()).collect();
    OutfmtChoice {
        value: if *outfmt == ElasticOutfmt::Hits { String::new() } else { outfmt.to_string() },
        number: told.number,
        label: told.label.to_owned(),
        shown_in_page: told.shown_in_page,
        gives: words(told.gives),
        rules_out: words(told.rules_out),
        sentence: told.sentence.to_owned(),
    }
}

fn download_word(download: Download) -> &'static str {
    match download {
        Download::Tsv => "tsv",
        Download::Csv => "csv",
        Download::Jsonl => "jsonl",
        Download::Outfmt6 => "outfmt6",
        Download::Outfmt7 => "outfmt7",
        Download::Archive => "archive",
        Download::ResultFile => "result_file",
    }
}
