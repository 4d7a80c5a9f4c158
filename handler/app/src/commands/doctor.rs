use crate::settings::Settings;
use crate::world::{Assembled, StartError};
use blastline_azure::Storage;
use blastline_engine::doctor::{Counted, Doctor, Finding, Healed, Machine, Report, Treatment};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::fmt::Write;
use std::process::ExitCode;

/// What to look at.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Looks for rows, messages and blobs that contradict. Ends with 0 when there are none, 1 when there are, 2 when it
    /// could not look.
    State(State),
}

/// How to look.
#[derive(Debug, Args)]
pub struct State {
    /// As JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Heals what can be healed here; the reconciler does the rest at its next run.
    #[arg(long)]
    heal: bool,
}

/// Exit code when nothing was found.
const WELL: u8 = 0;
/// Exit code when something was found and not healed.
const FOUND: u8 = 1;
/// Exit code when it could not look.
pub const BLIND: u8 = 2;

/// What was found, for scripts.
#[derive(Debug, Serialize)]
struct Told<'a> {
    findings: Findings<'a>,
    more: u64,
    looked_at: Counted,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Findings<'a> {
    Found(&'a [Finding]),
    Treated(&'a [Healed]),
}

/// Looks, and says on standard output what was found.
pub async fn run(settings: Settings, action: Action) -> ExitCode {
    let Action::State(how) = action;
    match look(settings, how).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("handler: could not look: {error}");
            ExitCode::from(BLIND)
        }
    }
}

async fn look(settings: Settings, how: State) -> Result<u8, Box<dyn std::error::Error>> {
    let storage = Storage::connect(&settings.storage)?;
    if !storage.is_development() {
        return Err(StartError::NotDevelopment.into());
    }
    let Assembled { deps, cache, .. } = Assembled::of(&settings, &storage)?;
    let machine = Machine { cache, scratch: settings.scratch_dir };
    let doctor = Doctor { deps, survey: storage.survey(), machine: Some(machine) };
    let report = doctor.examine().await?;
    let (more, looked_at) = (report.more, report.looked_at);
    let (text, code) = if how.heal {
        let healed = doctor.heal(report).await?;
        let open = healed.iter().any(|healed| healed.treatment == Treatment::ByItsCommand) || more > 0;
        let told = Told { findings: Findings::Treated(&healed), more, looked_at };
        let text = if how.json { serde_json::to_string_pretty(&told)? } else { treated(&healed) };
        (text, if open { FOUND } else { WELL })
    } else {
        let told = Told { findings: Findings::Found(&report.findings), more, looked_at };
        let text = if how.json { serde_json::to_string_pretty(&told)? } else { table(&report) };
        (text, if report.findings.is_empty() { WELL } else { FOUND })
    };
    crate::say(&text)?;
    Ok(code)
}

/// For people.
fn table(report: &Report) -> String {
    let Counted { jobs, rows, messages, blobs } = report.looked_at;
    let looked = format!("looked at {jobs} searches, {rows} other rows, {messages} messages, {blobs} blobs");
    if report.findings.is_empty() {
        return format!("{looked}: nothing contradicts");
    }
    let mut text = String::new();
    for finding in &report.findings {
        let Finding { kind, subject, detail, heal, .. } = finding;
        let _ = writeln!(text, "{}  {subject}\n    {detail}\n    heal: {heal}", kind.as_str());
    }
    let count = report.findings.len() as u64 + report.more;
    let _ = write!(text, "{looked}: {count} contradict");
    if report.more > 0 {
        let _ = write!(text, ", of which the first {} are told", report.findings.len());
    }
    text
}

/// What was done, for people.
fn treated(healed: &[Healed]) -> String {
    let mut text = String::new();
    for Healed { finding, treatment } in healed {
        let done = match treatment {
            Treatment::Healed => "healed".to_owned(),
            Treatment::LeftToReconciler => {
                "the reconciler heals it at its next run (at once: POST /admin/functions/timer-reconcile)"
                    .to_owned()
            }
            Treatment::ByItsCommand => format!("give its command: {}", finding.heal),
        };
        let _ = writeln!(text, "{}  {}\n    {done}", finding.kind.as_str(), finding.subject);
    }
    let _ = write!(text, "{} findings; look again after the reconciler's next run", healed.len());
    text
}
