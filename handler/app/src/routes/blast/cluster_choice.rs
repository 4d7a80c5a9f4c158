//! Where a submission is to run.

use crate::api::problem::FieldProblem;
use crate::api::submit::SubmitRequest;
use crate::clusters::{Known, known};
use crate::http::ApiError;
use crate::world::World;
use blastline_blast::elastic::{ElasticOptions, ElasticOutfmt};
use blastline_blast::options::{FieldError, SearchOptions};
use blastline_jobs::engine::Engine;
use blastline_jobs::error_code::{ErrorCode, Fault};

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

/// The choice of a request.
#[derive(Debug)]
pub struct Choice {
    /// Where it is to run.
    pub place: Place,
    /// The cluster, where one was named that is known here.
    pub cluster: Option<Known>,
    /// Why the cluster that was named cannot be it.
    pub fault: Option<Fault>,
}

impl Choice {
    fn here() -> Self {
        Self { place: Place::Here, cluster: None, fault: None }
    }
}

/// Reads the choice of a request. Faults are said by field. Whether the cluster is ready is not looked at here: that
/// changes, and is told by the checks.
pub async fn choice(
    app: &World,
    request: &SubmitRequest,
    errors: &mut Vec<FieldProblem>,
) -> Result<Choice, ApiError> {
    if engine(request, errors) == Engine::Serverless {
        for (field, given) in [("cluster_name", &request.cluster_name), ("outfmt", &request.outfmt)] {
            if given.is_some() {
                let message = "Only a search on a cluster takes this.";
                errors.push(problem(field, "not_allowed", message));
            }
        }
        return Ok(Choice::here());
    }
    let outfmt = request.outfmt.clone().unwrap_or_default();
    if let Err(error) = ElasticOutfmt::parse(&outfmt) {
        errors.push(of_field("outfmt", error));
    }
    let mut clusters = known(&app.deps).await?;
    let name = match (&request.cluster_name, clusters.as_slice()) {
        (Some(name), _) => name.clone(),
        (None, [one]) => one.name.clone(),
        (None, _) => {
            errors.push(problem("cluster_name", "empty", "Choose a cluster."));
            let place = Place::Cluster { name: String::new(), outfmt };
            return Ok(Choice { place, cluster: None, fault: None });
        }
    };
    let found = clusters.iter().position(|cluster| cluster.name == name);
    let cluster = found.map(|found| clusters.swap_remove(found));
    let fault = cluster.is_none().then(|| {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
        let detail = format!("There is no cluster “{shown}” here.");
        errors.push(problem("cluster_name", ErrorCode::UnknownCluster.as_str(), detail.clone()));
        Fault::new(ErrorCode::UnknownCluster, detail)
    });
    Ok(Choice { place: Place::Cluster { name, outfmt }, cluster, fault })
}

fn engine(request: &SubmitRequest, errors: &mut Vec<FieldProblem>) -> Engine {
    match request.engine.as_deref().filter(|engine| !engine.is_empty()) {
        None if request.cluster_name.is_some() => Engine::Elastic,
        None => Engine::Serverless,
        Some(word) => word.parse().unwrap_or_else(|_| {
            let words: Vec<_> = Engine::ALL.iter().map(ToString::to_string).collect();
            let mut refused = problem("engine", "not_allowed", "There is no such engine here.");
            refused.allowed = Some(words.join(", "));
            errors.push(refused);
            Engine::Serverless
        }),
    }
}

fn of_field(field: &str, error: FieldError) -> FieldProblem {
    FieldProblem { allowed: error.allowed, ..problem(field, &error.code, error.message) }
}

/// Holds the options against what ElasticBLAST takes and what survives the way to a cluster.
pub fn check_options(place: &Place, search: Option<&SearchOptions>, errors: &mut Vec<FieldProblem>) {
    let Place::Cluster { outfmt, .. } = place else { return };
    if let (Some(search), Ok(outfmt)) = (search, ElasticOutfmt::parse(outfmt))
        && let Err(refused) = ElasticOptions::of_search(search, &outfmt)
    {
        let named = |error: FieldError| of_field(&error.field.clone(), error);
        errors.extend(refused.into_iter().map(named));
    }
}
