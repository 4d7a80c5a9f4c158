//! A chain with the stand-in cluster beside it.

use super::{Chain, running::Plan, wait::until};
use crate::standin::{self, Standin};
use serde_json::{Value, json};

/// Name of the cluster.
pub const CLUSTER: &str = "yard";

/// A chain and its cluster. The chain ends first.
#[derive(Debug)]
pub struct Clustered {
    /// The chain.
    pub chain: Chain,
    /// The cluster.
    pub standin: Standin,
}

impl Clustered {
    /// Starts both, and waits until the cluster was seen and may be given searches.
    pub async fn start(plan: Plan, cluster: impl FnOnce(standin::Plan) -> standin::Plan) -> Self {
        let usual = standin::Plan::of(plan.account()).cluster_name(CLUSTER).context(CLUSTER).time_scale(20.0);
        let standin = cluster(usual).start();
        let chain = Self::with(plan, &standin).start().await;
        Self { chain, standin }
    }

    /// A plan of a chain that knows a cluster.
    pub fn with(plan: Plan, standin: &Standin) -> Plan {
        plan.set("CLUSTER_KUBECONFIG", standin.kubeconfig().display())
            .set("ELASTIC_RESOURCE_GROUP", "rg-tests")
            .set("ELASTIC_REGION", "koreacentral")
            .set("ELASTIC_SUBSCRIPTION_ID", "00000000-0000-0000-0000-000000000001")
            .set("ELASTIC_IMAGE", "registry.example/elastic-blast:1")
    }

    /// A search as it is submitted to the cluster.
    pub fn on_cluster(search: &Value) -> Value {
        let mut search = search.clone();
        search["engine"] = json!("elastic");
        search["cluster_name"] = json!(CLUSTER);
        search
    }

    /// Submits a search to the cluster, once the cluster was seen; gives its id.
    pub async fn submit(&self, search: &Value) -> String {
        let search = Self::on_cluster(search);
        until("the cluster takes searches", || async {
            let check = self.chain.api.post("/api/blast/pre-flight", &search).await;
            let found: Value = super::api::answer(check, reqwest::StatusCode::OK).await;
            (found["ready"] == json!(true)).then_some(())
        })
        .await;
        self.chain.api.submit(&search).await.job_id
    }

    /// Waits until the cluster has nothing of any search.
    pub async fn empty(&self) {
        until("the cluster is empty", || async {
            (self.standin.jobs().is_empty() && self.standin.pods().is_empty()).then_some(())
        })
        .await;
    }
}
