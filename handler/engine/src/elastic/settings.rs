use std::time::Duration;

/// What the elastic engine is told by settings: where storage is as the cluster sees it, and how it submits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElasticSettings {
    /// Base address of blobs, without a slash at its end: `https://<account>.blob.<suffix>`, or an emulator's.
    pub blob_base: String,
    /// Name of the storage account.
    pub storage_account: String,
    /// Region of the clusters.
    pub region: String,
    /// Resource group of the clusters.
    pub resource_group: String,
    /// Container registry that holds ElasticBLAST's images.
    pub registry: String,
    /// Resource group of the registry.
    pub registry_resource_group: String,
    /// Subscription that the CLI works in.
    pub subscription: String,
    /// Image with `elastic-blast`.
    pub image: String,
    /// Service account that the Job with `elastic-blast submit` runs as.
    pub service_account: String,
    /// Namespace of what the CLI makes.
    pub namespace: String,
    /// Searches that a cluster runs at a time, those of other installations among them.
    pub searches_per_cluster: u64,
    /// How long bringing the database to the machines may take.
    pub init_timeout: Duration,
    /// How long one batch may take.
    pub batch_timeout: Duration,
    /// How long a Job with `elastic-blast submit` is kept after its end.
    pub submit_ttl: Duration,
    /// After so long without an answer a cluster counts as gone and the search fails.
    pub unreachable: Duration,
    /// How much longer than the database's way to the machines the submission may take.
    pub submit_margin: Duration,
}

impl Default for ElasticSettings {
    fn default() -> Self {
        Self {
            blob_base: String::new(),
            storage_account: String::new(),
            region: "koreacentral".to_owned(),
            resource_group: String::new(),
            registry: String::new(),
            registry_resource_group: String::new(),
            subscription: String::new(),
            image: String::new(),
            service_account: "elb-cli".to_owned(),
            namespace: "default".to_owned(),
            searches_per_cluster: 3,
            init_timeout: Duration::from_secs(45 * 60),
            batch_timeout: Duration::from_secs(24 * 3600),
            submit_ttl: Duration::from_secs(2 * 3600),
            unreachable: Duration::from_secs(3600),
            submit_margin: Duration::from_secs(15 * 60),
        }
    }
}
