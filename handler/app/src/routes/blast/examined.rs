//! Looking at a submission: what submitting and pre-flight share.

use super::cluster_choice::{self, Choice, Place};
use crate::api::options::OptionValue;
use crate::api::problem::FieldProblem;
use crate::api::submit::{DatabaseChoice, SubmitRequest};
use crate::http::ApiError;
use crate::http::body::Submission;
use crate::routes::shape::raw_options;
use crate::world::World;
use blastline_blast::fasta::{FastaError, FastaErrorKind, Want};
use blastline_blast::options::{FieldError, SearchOptions, validate};
use blastline_blast::program::{Molecule, Program};
use blastline_engine::database::Manifest;
use blastline_engine::error::EngineError;
use blastline_engine::query::{StageError, StagedQuery, stage};
use blastline_jobs::error_code::{ErrorCode, Fault};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read};
use std::sync::Arc;

/// Longest title, in characters.
const MAX_TITLE_CHARS: usize = 200;

/// A submission, looked at from every side. Each side is there, or says what is wrong with it.
#[derive(Debug)]
pub struct Examined {
    /// Options, complete.
    pub search: Option<SearchOptions>,
    /// Database in its version.
    pub database: Result<Arc<Manifest>, Fault>,
    /// The sequences, on this machine's disk.
    pub query: Option<StagedQuery>,
    /// Faults of the sequences.
    pub query_fault: Option<Fault>,
    /// Why the sequences were refused.
    pub refused: Option<FastaErrorKind>,
    /// Molecule of the database that was named, also where it does not fit.
    pub database_molecule: Option<Molecule>,
    /// Where it is to run.
    pub choice: Choice,
    /// Faults of all sides by field.
    pub errors: Vec<FieldProblem>,
}

/// Looks at a submission. Storage that does not answer is an error; everything else is said by field.
pub async fn examine(app: &Arc<World>, submission: Submission) -> Result<Examined, ApiError> {
    let request = &submission.request;
    let mut errors = Vec::new();
    let program = program(request, &mut errors);
    let search = program.and_then(|program| options(program, &request.options, &mut errors));
    check_title(request, &mut errors);
    let choice = cluster_choice::choice(app, request, &mut errors).await?;
    cluster_choice::check_options(&choice.place, search.as_ref(), &mut errors);
    let (database, database_molecule) = database(app, request, program, &choice.place, &mut errors).await?;
    let want = program.map_or(Want::Any, Want::Program);
    let (query, query_fault, refused) = match read_query(app, submission, want).await? {
        Ok(query) => (Some(query), None, None),
        Err(Refusal { fault, field, kind }) => {
            errors.push(*field);
            (None, Some(fault), kind)
        }
    };
    Ok(Examined { search, database, query, query_fault, refused, database_molecule, choice, errors })
}

fn problem(field: &str, code: &str, message: impl Into<String>, allowed: Option<String>) -> FieldProblem {
    FieldProblem {
        field: field.to_owned(),
        code: code.to_owned(),
        message: message.into(),
        allowed,
        line: None,
        column: None,
    }
}

fn program(request: &SubmitRequest, errors: &mut Vec<FieldProblem>) -> Option<Program> {
    let program = request.program.parse().ok();
    if program.is_none() {
        let all: Vec<_> = Program::ALL.iter().map(ToString::to_string).collect();
        errors.push(problem(
            "program",
            "not_allowed",
            "There is no such program here.",
            Some(all.join(", ")),
        ));
    }
    program
}

fn options(
    program: Program,
    given: &BTreeMap<String, OptionValue>,
    errors: &mut Vec<FieldProblem>,
) -> Option<SearchOptions> {
    match validate(program, &raw_options(given)) {
        Ok(search) => Some(search),
        Err(faults) => {
            errors.extend(faults.into_iter().map(|fault: FieldError| {
                problem(&format!("options.{}", fault.field), &fault.code, fault.message, fault.allowed)
            }));
            None
        }
    }
}

fn check_title(request: &SubmitRequest, errors: &mut Vec<FieldProblem>) {
    let Some(title) = &request.job_title else { return };
    if title.chars().count() > MAX_TITLE_CHARS || title.chars().any(char::is_control) {
        let allowed = format!("at most {MAX_TITLE_CHARS} characters on one line");
        errors.push(problem(
            "job_title",
            "out_of_range",
            "This title is too long or has control characters.",
            Some(allowed),
        ));
    }
}

/// The one database that was chosen, by whichever of the three spellings.
fn chosen(request: &SubmitRequest) -> Result<DatabaseChoice, String> {
    let short = [&request.database, &request.db].into_iter().flatten();
    let mut all: Vec<DatabaseChoice> = request.databases.clone();
    all.extend(short.map(|name| DatabaseChoice { name: name.clone(), generation: None }));
    all.dedup();
    match all.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err("Choose a database.".to_owned()),
        _ => Err("A search takes one database.".to_owned()),
    }
}

async fn database(
    app: &World,
    request: &SubmitRequest,
    program: Option<Program>,
    place: &Place,
    errors: &mut Vec<FieldProblem>,
) -> Result<(Result<Arc<Manifest>, Fault>, Option<Molecule>), ApiError> {
    let found = match chosen(request) {
        Ok(choice) => app.resolve(&choice).await,
        Err(detail) => Err(EngineError::Fault(Fault::new(ErrorCode::DatabaseNotFound, detail))),
    };
    let manifest = match found {
        Ok(manifest) => manifest,
        Err(EngineError::Fault(fault)) => {
            errors.push(problem("database", fault.code.as_str(), fault.detail.clone(), None));
            return Ok((Err(fault), None));
        }
        Err(error) => return Err(error.into()),
    };
    let molecule = Some(manifest.molecule);
    if let Some(program) = program.filter(|program| program.database_molecule() != manifest.molecule) {
        let detail = format!(
            "{program} searches {} databases; {} holds {} sequences.",
            program.database_molecule(),
            manifest.title,
            manifest.molecule
        );
        let fits = Program::ALL.iter().filter(|program| program.database_molecule() == manifest.molecule);
        let fits: Vec<_> = fits.map(ToString::to_string).collect();
        errors.push(problem("database", "wrong_molecule", detail.clone(), Some(fits.join(", "))));
        return Ok((Err(Fault::new(ErrorCode::ValidationError, detail)), molecule));
    }
    if *place == Place::Here
        && let Err(fault) = app.fits(&manifest)
    {
        errors.push(problem("database", fault.code.as_str(), fault.detail.clone(), None));
        return Ok((Err(fault), molecule));
    }
    Ok((Ok(manifest), molecule))
}

/// Sequences that were not taken.
struct Refusal {
    fault: Fault,
    field: Box<FieldProblem>,
    kind: Option<FastaErrorKind>,
}

type QueryOutcome = Result<StagedQuery, Refusal>;

async fn read_query(app: &World, submission: Submission, want: Want) -> Result<QueryOutcome, ApiError> {
    let Submission { request, file } = submission;
    let texts: Vec<String> = [request.query_data, request.query_fasta].into_iter().flatten().collect();
    let input: Box<dyn Read + Send> = match (file, texts.as_slice()) {
        (Some(file), []) => {
            let open = file.reopen().map_err(EngineError::io("opening the file that was sent"))?;
            Box::new(Spooled { open, _kept: file })
        }
        (None, [_]) => Box::new(Cursor::new(texts.into_iter().next().unwrap_or_default().into_bytes())),
        (None, []) => return Ok(Err(missing())),
        _ => {
            let detail = "The sequences came twice: send them either in the request or as a file.";
            let fault = Fault::new(ErrorCode::ConflictingQuerySources, detail);
            let field = problem("query_data", "conflicting_query_sources", detail, None);
            return Ok(Err(Refusal { fault, field: Box::new(field), kind: None }));
        }
    };
    let (limits, scratch) = (app.settings.query_limits.clone(), app.settings.scratch_dir.clone());
    let _turn = app.staging.acquire().await.map_err(|error| EngineError::Internal(error.to_string()))?;
    let staged = tokio::task::spawn_blocking(move || stage(input, want, &limits, &scratch)).await;
    let staged = staged.map_err(|error| EngineError::Internal(error.to_string()))?;
    match staged {
        Ok(query) => Ok(Ok(query)),
        Err(StageError::Fasta(FastaError { kind: FastaErrorKind::Io(cause), .. })) => {
            Err(EngineError::Io { what: "reading the sequences", cause }.into())
        }
        Err(StageError::Fasta(error)) => Ok(Err(refused(error))),
        Err(StageError::Engine(error)) => Err(error.into()),
    }
}

fn missing() -> Refusal {
    let detail = "There are no sequences. Paste FASTA, or choose a file.";
    let field = problem("query_data", "empty", detail, None);
    Refusal { fault: Fault::new(ErrorCode::InvalidQueryFasta, detail), field: Box::new(field), kind: None }
}

fn refused(error: FastaError) -> Refusal {
    let fault = Fault::new(ErrorCode::InvalidQueryFasta, error.detail()).with_hint(error.hint());
    let mut field = problem("query_data", error.code(), error.detail(), None);
    if let FastaErrorKind::WrongMolecule { fits, .. } = &error.kind {
        let programs: Vec<_> = fits.iter().map(ToString::to_string).collect();
        field.allowed = Some(programs.join(", "));
    }
    field.line = error.line;
    field.column = error.column;
    Refusal { fault, field: Box::new(field), kind: Some(error.kind) }
}

/// A spooled file that is kept while it is read.
struct Spooled {
    open: File,
    _kept: tempfile::NamedTempFile,
}

impl Read for Spooled {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.open.read(buf)
    }
}
