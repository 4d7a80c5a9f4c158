use super::cluster_choice::Place;
use super::examined::{Examined, examine};
use crate::api::preflight::{Check, PreFlight, QueryStats};
use crate::api::submit::SubmitRequest;
use crate::http::body::read_submission;
use crate::http::{ApiResult, Caller, RequestId};
use crate::routes::shape::{meta, option_values};
use crate::world::World;
use axum::Json;
use axum::extract::{Request, State};
use blastline_blast::command::command_line;
use blastline_blast::fasta::FastaErrorKind;
use blastline_blast::program::{Molecule, Program};
use blastline_engine::query::StagedQuery;
use blastline_engine::serverless::SearchPlan;
use std::sync::Arc;

/// Tells what would happen if this search were submitted: what was seen in the sequences, what is wrong, what fits.
#[utoipa::path(post, path = "/api/blast/pre-flight", tag = "searches", request_body = SubmitRequest,
    responses((status = 200, body = PreFlight)))]
pub async fn preflight(
    State(app): State<Arc<World>>,
    _caller: Caller,
    RequestId(request_id): RequestId,
    request: Request,
) -> ApiResult<Json<PreFlight>> {
    let submission = read_submission(request, app.settings.max_body_bytes, &app.settings.scratch_dir).await?;
    let examined = examine(&app, submission).await?;
    let mut checks =
        vec![query_check(&examined), database_check(&examined), options_check(&app, &examined).await];
    checks.sort_by_key(|check| match check.status.as_str() {
        "fail" => 0,
        "unknown" => 1,
        "warn" => 2,
        _ => 3,
    });
    let blockers: Vec<String> = checks.iter().filter(|c| c.status == "fail").map(|c| c.id.clone()).collect();
    let ready = blockers.is_empty() && examined.errors.is_empty();
    let database = examined.database.as_ref().ok();
    let command = match (&examined.search, database) {
        (Some(search), Some(database)) => {
            Some(command_line(search.program(), search, database.name.as_str(), "queries.fa"))
        }
        _ => None,
    };
    let first = checks.first().map(|check| check.detail.clone()).unwrap_or_default();
    Ok(Json(PreFlight {
        ready,
        decision: if ready { "would_accept" } else { "would_reject" }.to_owned(),
        summary: if ready { "This search can start.".to_owned() } else { first },
        critical_blockers: blockers,
        query: examined.query.as_ref().map(stats),
        fitting_programs: fitting(&examined),
        options: examined.search.as_ref().map(|search| option_values(search.values())).unwrap_or_default(),
        command_line: command,
        checks,
        errors: examined.errors,
        meta: meta(&request_id),
    }))
}

/// What was seen in the sequences, as the API tells it.
fn stats(query: &StagedQuery) -> QueryStats {
    let stats = &query.stats;
    QueryStats {
        queries: stats.queries,
        letters: stats.letters,
        shortest: stats.shortest,
        longest: stats.longest,
        duplicate_ids: stats.duplicate_ids,
        molecule: stats.molecule.to_string(),
        gc_fraction: stats.gc_fraction,
        first_id: query.first_id.clone(),
    }
}

fn check(id: &str, title: &str, status: &str, detail: impl Into<String>, action: Option<String>) -> Check {
    let severity = match status {
        "fail" => "critical",
        "warn" | "unknown" => "warning",
        _ => "info",
    };
    Check {
        id: id.to_owned(),
        status: status.to_owned(),
        title: title.to_owned(),
        detail: detail.into(),
        severity: severity.to_owned(),
        action,
    }
}

fn query_check(examined: &Examined) -> Check {
    match (&examined.query, &examined.query_fault) {
        (Some(query), _) if query.stats.duplicate_ids > 0 => {
            let detail = match query.stats.duplicate_ids {
                1 => "1 name occurs again; the sequences are kept apart by their position.".to_owned(),
                more => format!("{more} names occur again; the sequences are kept apart by their position."),
            };
            check("query", "Sequences", "warn", detail, None)
        }
        (Some(query), _) => {
            let noun = if query.stats.queries == 1 { "sequence" } else { "sequences" };
            let detail = format!("{} {noun}, {} letters", query.stats.queries, query.stats.letters);
            check("query", "Sequences", "pass", detail, None)
        }
        (None, fault) => {
            let detail = fault.as_ref().map(|fault| fault.detail.clone()).unwrap_or_default();
            let hint = fault.as_ref().map(|f| f.hint.clone().unwrap_or_else(|| f.code.hint().to_owned()));
            check("query", "Sequences", "fail", detail, hint)
        }
    }
}

fn database_check(examined: &Examined) -> Check {
    match &examined.database {
        Ok(database) => {
            let detail = format!("{}, {} sequences", database.title, database.sequences);
            check("database", "Database", "pass", detail, None)
        }
        Err(fault) => {
            let hint = fault.hint.clone().unwrap_or_else(|| fault.code.hint().to_owned());
            check("database", "Database", "fail", fault.detail.clone(), Some(hint))
        }
    }
}

/// Asks BLAST+ itself about options that our own definition takes. When it cannot be asked, that is said and stops
/// nothing: the search asks again.
async fn options_check(app: &World, examined: &Examined) -> Check {
    let wrong =
        examined.errors.iter().find(|error| error.field.starts_with("options.") || error.field == "program");
    if let Some(error) = wrong {
        return check("options", "Options", "fail", error.message.clone(), error.allowed.clone());
    }
    let (Some(search), Ok(database)) = (&examined.search, &examined.database) else {
        return check("options", "Options", "pass", "Within their ranges", None);
    };
    let plan = SearchPlan {
        database: database.database(),
        search: search.clone(),
        elsewhere: examined.place != Place::Here,
    };
    match app.deps.workbench.check(&plan).await {
        Ok(found) => check("options", "Options", "pass", found.options, None),
        Err(error) => {
            let fault = error.fault();
            let status = if fault.code.retryable() { "unknown" } else { "fail" };
            check(
                "options",
                "Options",
                status,
                fault.detail,
                fault.hint.or(Some(fault.code.hint().to_owned())),
            )
        }
    }
}

/// Programs that fit what is known of sequences and database.
fn fitting(examined: &Examined) -> Vec<String> {
    let query = examined.query.as_ref().map(|query| query.stats.molecule);
    let query = query.or_else(|| examined.found_molecule());
    let database = examined.database_molecule;
    let fits = |program: &&Program| {
        query.is_none_or(|molecule: Molecule| program.query_molecule() == molecule)
            && database.is_none_or(|molecule: Molecule| program.database_molecule() == molecule)
    };
    Program::ALL.iter().filter(fits).map(ToString::to_string).collect()
}

impl Examined {
    /// Molecule of sequences that were refused because the program does not take it.
    fn found_molecule(&self) -> Option<Molecule> {
        match &self.refused {
            Some(FastaErrorKind::WrongMolecule { found, .. }) => Some(*found),
            _ => None,
        }
    }
}
