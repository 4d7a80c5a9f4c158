use std::{path::PathBuf, time::Duration};

/// Which clusters there are and how they are asked. Built once at start by who reads the environment. Clusters of Azure
/// are added by [`crate::KubeClusters::with_azure`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterSettings {
    /// A kubeconfig file; each of its contexts is a cluster.
    pub kubeconfig: Option<PathBuf>,
    /// Name of the cluster that the kubeconfig's current context leads to. `None` names each context as the file does.
    pub kubeconfig_name: Option<String>,
    /// Name of the cluster that this process runs in, where it is one of the clusters.
    pub in_cluster: Option<String>,
    /// Namespace of what ElasticBLAST makes and of the Lease that submitters hold. ElasticBLAST knows `default` alone;
    /// the cluster suite runs in a namespace of its own.
    pub search_namespace: String,
    /// Namespace of our own objects: the Job that submits and its Secret.
    pub own_namespace: String,
    /// How long calls may take, and what is done when they fail.
    pub limits: CallLimits,
}

impl Default for ClusterSettings {
    fn default() -> Self {
        Self {
            kubeconfig: None,
            kubeconfig_name: None,
            in_cluster: None,
            search_namespace: "default".to_owned(),
            own_namespace: "default".to_owned(),
            limits: CallLimits::default(),
        }
    }
}

/// How long calls to a cluster may take. A queue function waits behind each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// Until a connection stands.
    pub connect: Duration,
    /// One request with the whole of its answer; a page of a list is one request.
    pub whole: Duration,
    /// Silence on a log that is read to its end.
    pub idle: Duration,
    /// Silence on a log that is followed. A container may say nothing for long, but load balancers drop a connection
    /// that is silent for four minutes without telling either side.
    pub follow_idle: Duration,
    /// The longest wait that a cluster may ask for (429) to be waited for inside a call.
    pub longest_wait: Duration,
    /// Objects on a page of a list.
    pub page: u32,
    /// Calls in a row without an answer after which the breaker opens.
    pub failures: u32,
    /// How long the breaker stays open before one call is let through to try.
    pub open_for: Duration,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(20),
            idle: Duration::from_secs(20),
            follow_idle: Duration::from_secs(180),
            longest_wait: Duration::from_secs(2),
            // What kubectl asks for; a page of Jobs with their history of edits is about four megabytes.
            page: 500,
            failures: 5,
            open_for: Duration::from_secs(30),
        }
    }
}
