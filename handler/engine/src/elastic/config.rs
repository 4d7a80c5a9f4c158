//! The ElasticBLAST configuration of a search, from its row, the database's generation and the cluster's machines.

use super::settings::ElasticSettings;
use crate::database::Manifest;
use crate::error::{EngineError, EngineResult};
use blastline_blast::elastic::config::{
    BlastSection, CloudSection, ClusterSection, Registry, StorageSection, TimeoutSection,
};
use blastline_blast::elastic::machine::Machine;
use blastline_blast::elastic::sizing::{Requests, SearchShape};
use blastline_blast::elastic::{
    BlobEndpoint, ElasticConfig, ElasticOptions, ElasticOutfmt, Place, plan_batches,
};
use blastline_blast::options::{FieldError, SearchOptions};
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ports::NodeSeen;
use blastline_jobs::rows::{ElasticState, JobRow};
use std::collections::BTreeMap;

/// What a submission is made of, beside the row.
pub(super) struct Ingredients<'a> {
    pub settings: &'a ElasticSettings,
    pub search: &'a SearchOptions,
    pub manifest: &'a Manifest,
    pub nodes: &'a [NodeSeen],
}

/// The machines that take searches and are ready: their type and number. Machines of several types are refused, since
/// ElasticBLAST counts on one.
pub(super) fn machines(cluster: &str, nodes: &[NodeSeen]) -> EngineResult<(Machine, u32)> {
    let ready: Vec<_> = nodes.iter().filter(|node| node.takes_searches && node.ready).collect();
    let Some(first) = ready.first() else {
        let detail = format!("No machine of the cluster {cluster} is ready to take searches.");
        return Err(Fault::new(ErrorCode::ClusterNotReady, detail).into());
    };
    if ready.iter().any(|node| node.machine_type != first.machine_type) {
        let detail =
            format!("The machines of the cluster {cluster} are of several types; searches need one type.");
        return Err(Fault::new(ErrorCode::ClusterNotReady, detail).into());
    }
    let machine = Machine::named(&first.machine_type).map_err(|error| refused(&[error]))?;
    Ok((machine, u32::try_from(ready.len()).unwrap_or(u32::MAX)))
}

impl Ingredients<'_> {
    /// Letters of a batch and how many batches that makes of the query.
    pub fn batches(&self, row: &JobRow, state: &ElasticState, lengths: &[u64]) -> EngineResult<(u64, u64)> {
        let (machine, nodes) = machines(&state.cluster, self.nodes)?;
        let requests = Requests::on(&machine, nodes);
        let options = self.options(state)?;
        let shape = SearchShape {
            program: row.program,
            task: options.task(),
            database_letters: Some(self.manifest.letters),
            filters_by_taxonomy: options.filters_by_taxonomy(),
        };
        let plan = plan_batches(row.program, lengths, shape.batch_len(requests.cpus), requests.concurrent);
        Ok((plan.batch_len, plan.batches.len() as u64))
    }

    /// The configuration as ElasticBLAST reads it.
    pub fn render(&self, row: &JobRow, state: &ElasticState) -> EngineResult<String> {
        let (machine, nodes) = machines(&state.cluster, self.nodes)?;
        let requests = Requests::on(&machine, nodes);
        let storage = self.endpoint()?;
        let at = |place, path: &str| storage.locate(place, path).map_err(|error| refused(&[error]));
        let generation = &self.manifest;
        let database = format!("{0}/{1}/{2}/{0}", generation.name, generation.generation, generation.folder);
        let settings = self.settings;
        let config = ElasticConfig {
            cloud: CloudSection {
                region: settings.region.clone(),
                resource_group: settings.resource_group.clone(),
                registry: (!settings.registry.is_empty()).then(|| Registry {
                    name: settings.registry.clone(),
                    resource_group: settings.registry_resource_group.clone(),
                }),
                storage: Some(StorageSection {
                    account: settings.storage_account.clone(),
                    container: Place::Database.container().to_owned(),
                }),
            },
            cluster: ClusterSection {
                name: state.cluster.clone(),
                machine_type: machine.name.to_owned(),
                nodes,
                cpus: requests.cpus,
                labels: BTreeMap::new(),
            },
            blast: BlastSection {
                program: row.program,
                database: at(Place::Database, &database)?,
                queries: at(Place::Queries, &format!("{}/query.fa", row.id))?,
                results: at(Place::Results, row.id.as_str())?,
                options: self.options(state)?,
                batch_len: state.batch_letters,
                memory: requests.memory,
                memory_limit: Some(requests.memory_limit),
                shares: None,
            },
            timeouts: TimeoutSection {
                init_minutes: minutes(settings.init_timeout),
                batch_minutes: minutes(settings.batch_timeout),
            },
        };
        config.render().map_err(|errors| refused(&errors))
    }

    fn options(&self, state: &ElasticState) -> EngineResult<ElasticOptions> {
        let outfmt = ElasticOutfmt::parse(&state.outfmt).map_err(|error| refused(&[error]))?;
        ElasticOptions::of_search(self.search, &outfmt).map_err(|errors| refused(&errors))
    }

    fn endpoint(&self) -> EngineResult<BlobEndpoint> {
        let base = &self.settings.blob_base;
        let endpoint = match base.strip_prefix("https://").and_then(|host| host.split_once(".blob.")) {
            Some((account, suffix)) if !suffix.contains('/') => BlobEndpoint::azure(account, suffix),
            _ => BlobEndpoint::development(base),
        };
        endpoint.map_err(|error| refused(&[error]))
    }
}

fn minutes(span: std::time::Duration) -> u32 {
    u32::try_from(span.as_secs().div_ceil(60)).unwrap_or(u32::MAX).max(1)
}

/// What is wrong with a configuration, as a fault that ends the search.
fn refused(errors: &[FieldError]) -> EngineError {
    let detail = errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" ");
    Fault::new(ErrorCode::ElasticConfigRefused, detail).into()
}
