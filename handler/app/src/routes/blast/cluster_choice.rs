//! Where a submission is to run, judged by what was last seen of the clusters: no request asks a cluster.

use crate::api::problem::FieldProblem;
use crate::api::submit::SubmitRequest;
use crate::http::ApiError;
use crate::world::World;
use blastline_blast::elastic::fit::{DatabaseMemory, fit};
use blastline_blast::elastic::machine::Machine;
use blastline_blast::elastic::{ElasticOptions, ElasticOutfmt};
use blastline_blast::options::{FieldError, SearchOptions};
use blastline_engine::database::Manifest;
use blastline_jobs::engine::Engine;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::rows::ClusterRow;

/// Where a search is to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On this installation's own instances.
    Here,
    /// On a cluster, with its output format.
    Cluster {
        /// Name.
        name: String,
        /// Format, as `-outfmt` takes it; empty for the usual one.
        outfmt: String,
    },
}

fn problem(field: &str, code: &str, message: impl Into<String>) -> FieldProblem {
    FieldProblem {
        field: field.to_owned(),
        code: code.to_owned(),
        message: message.into(),
        allowed: None,
        line: None,
        column: None,
    }
}

/// Reads the choice of a request. Faults are said by field.
pub async fn place(
    app: &World,
    request: &SubmitRequest,
    errors: &mut Vec<FieldProblem>,
) -> Result<Place, ApiError> {
    let engine = match request.engine.as_deref().filter(|engine| !engine.is_empty()) {
        None if request.cluster_name.is_some() => Engine::Elastic,
        None => Engine::Serverless,
        Some(word) => match word.parse() {
            Ok(engine) => engine,
            Err(_) => {
                let words: Vec<_> = Engine::ALL.iter().map(ToString::to_string).collect();
                let mut refused = problem("engine", "not_allowed", "There is no such engine here.");
                refused.allowed = Some(words.join(", "));
                errors.push(refused);
                Engine::Serverless
            }
        },
    };
    if engine == Engine::Serverless {
        for (field, given) in [("cluster_name", &request.cluster_name), ("outfmt", &request.outfmt)] {
            if given.is_some() {
                let message = "Only a search on a cluster takes this.";
                errors.push(problem(field, "not_allowed", message));
            }
        }
        return Ok(Place::Here);
    }
    let outfmt = request.outfmt.clone().unwrap_or_default();
    if let Err(error) = ElasticOutfmt::parse(&outfmt) {
        errors.push(of_field("outfmt", error));
    }
    let clusters = app.deps.cluster_rows().all().await?;
    let name = match (&request.cluster_name, clusters.as_slice()) {
        (Some(name), _) => name.clone(),
        (None, [one]) => one.name.clone(),
        (None, _) => {
            errors.push(problem("cluster_name", "empty", "Choose a cluster."));
            return Ok(Place::Cluster { name: String::new(), outfmt });
        }
    };
    if let Err(fault) = ready(clusters.iter().find(|cluster| cluster.name == name), &name) {
        errors.push(problem("cluster_name", fault.code.as_str(), fault.detail));
    }
    Ok(Place::Cluster { name, outfmt })
}

fn of_field(field: &str, error: FieldError) -> FieldProblem {
    FieldProblem { allowed: error.allowed, ..problem(field, &error.code, error.message) }
}

/// Whether a cluster, as it was seen last, can be given a search.
fn ready(cluster: Option<&ClusterRow>, name: &str) -> Result<(), Fault> {
    let Some(cluster) = cluster else {
        let detail = format!("There is no cluster “{}” here.", name.escape_debug());
        return Err(Fault::new(ErrorCode::ClusterNotFound, detail));
    };
    if cluster.ready_nodes().next().is_some() {
        return Ok(());
    }
    let detail = match cluster.trouble.as_str() {
        "" => format!("No machine of the cluster {name} is ready to take searches."),
        trouble => trouble.to_owned(),
    };
    Err(Fault::new(ErrorCode::ClusterNotReady, detail))
}

/// Holds a database and the options against the cluster.
pub async fn check(
    app: &World,
    place: &Place,
    search: Option<&SearchOptions>,
    manifest: &Manifest,
    errors: &mut Vec<FieldProblem>,
) -> Result<(), ApiError> {
    let Place::Cluster { name, outfmt } = place else { return Ok(()) };
    if let (Some(search), Ok(outfmt)) = (search, ElasticOutfmt::parse(outfmt))
        && let Err(refused) = ElasticOptions::of_search(search, &outfmt)
    {
        errors.extend(refused.into_iter().map(|error| of_field("options", error)));
    }
    let Some(cluster) = app.deps.cluster_rows().get(name).await? else { return Ok(()) };
    let Some(node) = cluster.ready_nodes().next() else { return Ok(()) };
    match Machine::named(&node.machine_type) {
        Ok(machine) => {
            let memory =
                DatabaseMemory { name: manifest.name.as_str(), bytes_to_cache: Some(manifest.size_bytes()) };
            let found = fit(&memory, &machine);
            if let Some(words) = found.words(&memory).filter(|_| !found.is_possible()) {
                errors.push(problem("database", ErrorCode::DatabaseTooLarge.as_str(), words));
            }
        }
        Err(error) => errors.push(of_field("cluster_name", error)),
    }
    Ok(())
}
