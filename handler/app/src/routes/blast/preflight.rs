use super::checks::{Found, check};
use super::cluster_choice::Place;
use super::examined::{Examined, examine};
use super::gates;
use super::show::on_cluster;
use crate::api::preflight::{Check, PreFlight, QueryStats};
use crate::api::submit::SubmitRequest;
use crate::http::body::read_submission;
use crate::http::{ApiResult, Caller, RequestId};
use crate::routes::shape::{meta, option_values, outfmt_choice};
use crate::world::World;
use axum::Json;
use axum::extract::{Request, State};
use blastline_blast::command::command_line;
use blastline_blast::elastic::ElasticOutfmt;
use blastline_blast::fasta::FastaErrorKind;
use blastline_blast::program::{Molecule, Program};
use blastline_engine::query::StagedQuery;
use blastline_engine::serverless::SearchPlan;
use blastline_jobs::engine::Engine;
use std::sync::Arc;

/// Tells what would happen if this search were submitted: what was seen in the sequences, what is wrong, what fits.
#[utoipa::path(post, path = "/api/blast/pre-flight", tag = "searches", request_body = SubmitRequest,
    responses((status = 200, body = PreFlight)))]
pub async fn preflight(
    State(app): State<Arc<World>>,
    caller: Caller,
    RequestId(request_id): RequestId,
    request: Request,
) -> ApiResult<Json<PreFlight>> {
    let submission = read_submission(request, app.settings.max_body_bytes, &app.settings.scratch_dir).await?;
    let examined = examine(&app, submission).await?;
    let mut checks = vec![query_check(&examined), options_check(&app, &examined).await];
    checks.extend(place_checks(&app, &caller, &examined).await?);
    checks.sort_by_key(Found::of);
    let failed = |check: &&Check| Found::of(check) == Found::Fail;
    let blockers: Vec<String> = checks.iter().filter(failed).map(|check| check.id.clone()).collect();
    let ready = blockers.is_empty() && examined.errors.is_empty();
    let database = examined.database.as_ref().ok();
    let command = match (&examined.search, database, &examined.choice.place) {
        (Some(search), Some(database), Place::Here) => {
            Some(command_line(search.program(), search, database.name.as_str(), "queries.fa"))
        }
        (Some(search), Some(database), Place::Cluster { outfmt, .. }) => {
            Some(on_cluster(search, outfmt, database.name.as_str())).filter(|line| !line.is_empty())
        }
        _ => None,
    };
    let first = checks.iter().find(failed).map(|check| check.detail.clone());
    let first =
        first.or_else(|| examined.errors.first().map(|error| error.message.clone())).unwrap_or_default();
    let (engine, cluster_name, outfmt) = match &examined.choice.place {
        Place::Here => (Engine::Serverless, None, None),
        Place::Cluster { name, outfmt } => {
            let named = Some(name.clone()).filter(|name| !name.is_empty());
            (Engine::Elastic, named, ElasticOutfmt::parse(outfmt).ok().as_ref().map(outfmt_choice))
        }
    };
    Ok(Json(PreFlight {
        ready,
        decision: if ready { "would_accept" } else { "would_reject" }.to_owned(),
        summary: if ready { "This search can start.".to_owned() } else { first },
        critical_blockers: blockers,
        query: examined.query.as_ref().map(stats),
        fitting_programs: fitting(&examined),
        options: examined.search.as_ref().map(|search| option_values(search.values())).unwrap_or_default(),
        command_line: command,
        engine: engine.to_string(),
        cluster_name,
        outfmt,
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

/// The checks of the place where it is to run; its database is among them.
async fn place_checks(app: &World, caller: &Caller, examined: &Examined) -> ApiResult<Vec<Check>> {
    let Some(cluster) = &examined.choice.cluster else {
        let mut checks = vec![database_check(examined)];
        if let Some(fault) = &examined.choice.fault {
            let fix = fault.code.hint();
            checks.push(check("aks_cluster", "Cluster", Found::Fail, &fault.detail).fix("choose_place", fix));
        }
        return Ok(checks);
    };
    let manifest = examined.database.as_deref().ok();
    let mut checks = gates::all(app, &caller.owner, cluster, manifest).await?;
    if manifest.is_none() {
        checks.push(database_check(examined));
    }
    Ok(checks)
}

fn query_check(examined: &Examined) -> Check {
    match (&examined.query, &examined.query_fault) {
        (Some(query), _) if query.stats.duplicate_ids > 0 => {
            let detail = match query.stats.duplicate_ids {
                1 => "1 name occurs again; the sequences are kept apart by their position.".to_owned(),
                more => format!("{more} names occur again; the sequences are kept apart by their position."),
            };
            check("query", "Sequences", Found::Warn, detail)
        }
        (Some(query), _) => {
            let noun = if query.stats.queries == 1 { "sequence" } else { "sequences" };
            let detail = format!("{} {noun}, {} letters", query.stats.queries, query.stats.letters);
            check("query", "Sequences", Found::Pass, detail)
        }
        (None, fault) => {
            let detail = fault.as_ref().map(|fault| fault.detail.clone()).unwrap_or_default();
            let hint = fault.as_ref().map(|f| f.hint.clone().unwrap_or_else(|| f.code.hint().to_owned()));
            Check { action: hint, ..check("query", "Sequences", Found::Fail, detail) }
        }
    }
}

fn database_check(examined: &Examined) -> Check {
    match &examined.database {
        Ok(database) => {
            let detail = format!("{}, {} sequences", database.title, database.sequences);
            check("database", "Database", Found::Pass, detail)
        }
        Err(fault) => {
            let hint = fault.hint.clone().unwrap_or_else(|| fault.code.hint().to_owned());
            check("database", "Database", Found::Fail, &fault.detail).fix("choose_database", hint)
        }
    }
}

/// Asks BLAST+ itself about options that our own definition takes. When it cannot be asked, that is said and stops
/// nothing: the search asks again.
async fn options_check(app: &World, examined: &Examined) -> Check {
    let of_options =
        |field: &str| field.starts_with("options.") || matches!(field, "program" | "options" | "outfmt");
    if let Some(error) = examined.errors.iter().find(|error| of_options(&error.field)) {
        let fix = error.allowed.as_ref().map(|allowed| format!("Allowed: {allowed}."));
        let kind = if error.field == "outfmt" { "change_format" } else { "change_options" };
        let fix = fix.unwrap_or_else(|| "Change the options.".to_owned());
        return check("options", "Options", Found::Fail, &error.message).fix(kind, fix);
    }
    let (Some(search), Ok(database)) = (&examined.search, &examined.database) else {
        return check("options", "Options", Found::Pass, "Within their ranges");
    };
    let plan = SearchPlan {
        database: database.database(),
        search: search.clone(),
        elsewhere: examined.choice.place != Place::Here,
    };
    match app.deps.workbench.check(&plan).await {
        Ok(found) => check("options", "Options", Found::Pass, found.options),
        Err(error) => {
            let fault = error.fault();
            let found = if fault.code.retryable() { Found::Unknown } else { Found::Fail };
            let hint = fault.hint.unwrap_or_else(|| fault.code.hint().to_owned());
            check("options", "Options", found, fault.detail).fix("change_options", hint)
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
