use crate::{
    ClusterSettings, ConnectError, KubeCluster,
    connect::{ArmCluster, Connector, Identity, Source, read_contexts},
    wire::Wire,
};
use blastline_jobs::ports::{Clock, Cluster, ClusterError, ClusterErrorKind, ClusterResult, Clusters};
use std::{collections::BTreeMap, sync::Arc};

/// Longest name of a cluster, in characters: the longest that Azure gives one.
const MAX_NAME_CHARS: usize = 63;

/// The clusters of this installation, by name. None is asked until it is opened and used.
pub struct KubeClusters {
    settings: ClusterSettings,
    identity: Option<Identity>,
    clock: Arc<dyn Clock>,
    clusters: BTreeMap<String, Arc<KubeCluster>>,
}

impl KubeClusters {
    /// What the settings name. A kubeconfig that cannot be read refuses to start. `identity` signs in where a cluster
    /// wants Entra.
    pub fn new(
        settings: ClusterSettings,
        identity: Option<Identity>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConnectError> {
        let mut all = Self { settings, identity, clock, clusters: BTreeMap::new() };
        if let Some(path) = all.settings.kubeconfig.clone() {
            let contexts = read_contexts(&path)?;
            let alias = all.settings.kubeconfig_name.clone();
            for context in contexts.names {
                let renamed = alias.clone().filter(|_| contexts.current.as_ref() == Some(&context));
                let name = renamed.unwrap_or_else(|| context.clone());
                all.add(name, Source::Context { path: path.clone(), context })?;
            }
        }
        if let Some(name) = all.settings.in_cluster.clone() {
            all.add(name, Source::InCluster)?;
        }
        Ok(all)
    }

    /// With a cluster of Azure, reached through the resource manager.
    pub fn with_azure(mut self, name: &str, cluster: ArmCluster) -> Result<Self, ConnectError> {
        self.add(name.to_owned(), Source::Arm(cluster))?;
        Ok(self)
    }

    fn add(&mut self, name: String, source: Source) -> Result<(), ConnectError> {
        if !is_cluster_name(&name) {
            return Err(ConnectError::Name { name });
        }
        if self.clusters.contains_key(&name) {
            return Err(ConnectError::NameTaken { name });
        }
        let limits = self.settings.limits;
        let connector = Connector::new(source, limits, self.identity.clone(), self.clock.clone());
        let wire = Wire::new(connector, limits, self.clock.clone());
        let cluster = KubeCluster::new(wire, &self.settings.search_namespace, &self.settings.own_namespace);
        self.clusters.insert(name, Arc::new(cluster));
        Ok(())
    }
}

impl Clusters for KubeClusters {
    fn names(&self) -> Vec<String> {
        self.clusters.keys().cloned().collect()
    }

    fn open(&self, name: &str) -> ClusterResult<Arc<dyn Cluster>> {
        match self.clusters.get(name) {
            Some(cluster) => Ok(cluster.clone()),
            None => {
                Err(ClusterError::new(ClusterErrorKind::Unknown, "open a cluster", "no cluster of this name"))
            }
        }
    }
}

/// Names go into rows, messages and addresses.
fn is_cluster_name(name: &str) -> bool {
    let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let first = name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    first && name.len() <= MAX_NAME_CHARS && name.bytes().all(fine)
}
