use super::bench::SimBench;
use crate::deps::{Deps, DispatchLimits};
use crate::elastic::{ElasticSettings, watch};
use crate::error::EngineResult;
use crate::serverless::{Delivery, join_results, prepare, reconcile, run_chunk};
use crate::simulator::cluster::{SimCluster, SimClusters};
use crate::simulator::host::{Called, Functions};
use crate::simulator::world::Caller;
use blastline_jobs::effects::Effects;
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::{Clusters, NoClusters, Received};
use blastline_jobs::timing::Timing;
use futures::future::BoxFuture;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The cluster of a run, once its world is there.
#[derive(Clone, Default)]
pub struct Yard(Arc<OnceLock<Arc<SimCluster>>>);

impl Yard {
    pub fn open(&self, cluster: Arc<SimCluster>) {
        assert!(self.0.set(cluster).is_ok(), "one cluster a run");
    }

    pub fn cluster(&self) -> Option<&Arc<SimCluster>> {
        self.0.get()
    }
}

impl fmt::Debug for Yard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Yard")
    }
}

/// The functions of searches, as the application has them.
#[derive(Debug, Clone)]
pub struct SearchFunctions {
    pub timing: Timing,
    pub limits: DispatchLimits,
    /// Letters that BLAST+ gets through in a second.
    pub pace: u64,
    /// Instances of the function that searches parts.
    pub chunk_instances: usize,
    /// The cluster, where there is one.
    pub yard: Yard,
    /// Searches that the cluster takes at a time.
    pub searches_per_cluster: u64,
    /// After how long without an answer the cluster is given up.
    pub unreachable: Duration,
}

impl SearchFunctions {
    /// The world as a caller sees it.
    pub fn deps(&self, caller: &Caller) -> Deps {
        let deck = caller.deck();
        Deps {
            tables: deck.tables,
            queues: deck.queues,
            blobs: deck.blobs,
            clock: deck.clock,
            random: deck.random,
            workbench: Arc::new(SimBench { caller: caller.clone(), pace: self.pace }),
            timing: self.timing,
            limits: self.limits,
            clusters: self.clusters(caller),
            elastic: Arc::new(ElasticSettings {
                blob_base: "https://tests.blob.core.windows.net".to_owned(),
                storage_account: "tests".to_owned(),
                resource_group: "rg".to_owned(),
                searches_per_cluster: self.searches_per_cluster,
                init_timeout: Duration::from_secs(600),
                submit_margin: Duration::from_secs(120),
                unreachable: self.unreachable,
                ..ElasticSettings::default()
            }),
        }
    }

    fn clusters(&self, caller: &Caller) -> Arc<dyn Clusters> {
        match self.yard.cluster() {
            Some(cluster) => Arc::new(SimClusters { caller: caller.clone(), cluster: cluster.clone() }),
            None => Arc::new(NoClusters),
        }
    }

    /// The world past the gates, for who looks at it while nothing goes on.
    pub fn deps_at_rest(&self, caller: &Caller) -> Deps {
        let stores = &caller.world.stores;
        Deps {
            tables: Arc::new(stores.tables.clone()),
            queues: Arc::new(stores.queues.clone()),
            blobs: Arc::new(stores.blobs.clone()),
            ..self.deps(caller)
        }
    }
}

impl Functions for SearchFunctions {
    fn queues(&self) -> Vec<(&'static str, QueueName, usize)> {
        vec![
            ("submit", QueueName::BlastSubmit, 2),
            ("chunk", QueueName::BlastChunks, self.chunk_instances),
            ("artifacts", QueueName::BlastArtifacts, 2),
            ("watch", QueueName::BlastWatch, 2),
        ]
    }

    fn call(&self, caller: Caller, called: Called) -> BoxFuture<'static, EngineResult<Effects>> {
        let deps = self.deps(&caller);
        Box::pin(async move {
            let (queue, message) = match called {
                Called::Timer => return reconcile(&deps).await,
                Called::Message(queue, message) => (queue, message),
            };
            let delivery = Delivery {
                message_id: message.id.clone(),
                dequeue_count: message.dequeue_count,
                invocation_id: format!("invocation-{}", caller.invocation),
            };
            match queue {
                QueueName::BlastSubmit => prepare(&deps, &read(&message), &delivery).await,
                QueueName::BlastChunks => run_chunk(&deps, &read(&message), &delivery).await,
                QueueName::BlastWatch => watch(&deps, &read(&message), &delivery).await,
                _ => join_results(&deps, &read(&message)).await,
            }
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(message: &Received) -> T {
    serde_json::from_str(&message.body).unwrap()
}
