//! The configuration of an ElasticBLAST search on a cluster that is there already.

use super::check::{self, Checks};
use super::ini::Ini;
use super::location::BlobUrl;
use super::machine::Machine;
use super::memory::MemoryAmount;
use super::options::ElasticOptions;
use super::outfmt::ElasticOutfmt;
use crate::options::FieldError;
use crate::program::Program;
use std::collections::BTreeMap;

/// Everything that is written. What the pinned version knows besides has no effect on a cluster that is there
/// (`azure-vnet`, `aks-version`, `pd-size`, `use-preemptible`, …), is ignored (`azure-storage-account-key`), or is not
/// productive (`storage-class`); it is left out, so that a version that does not know it takes the file too.
#[derive(Debug, Clone, PartialEq)]
pub struct ElasticConfig {
    /// Section `cloud-provider`.
    pub cloud: CloudSection,
    /// Section `cluster`.
    pub cluster: ClusterSection,
    /// Section `blast`.
    pub blast: BlastSection,
    /// Section `timeouts`.
    pub timeouts: TimeoutSection,
}

/// Where cluster, images and storage are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudSection {
    /// Region of the cluster, such as `koreacentral`.
    pub region: String,
    /// Resource group of the cluster. ElasticBLAST has a made-up default, so it is always written.
    pub resource_group: String,
    /// Container registry, by name and resource group; `None` for ElasticBLAST's own.
    pub registry: Option<Registry>,
    /// Storage account and the container of databases.
    pub storage: Option<StorageSection>,
}

/// A container registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    /// Its name, without a domain.
    pub name: String,
    /// Its resource group.
    pub resource_group: String,
}

/// The storage account, where ElasticBLAST is told of it. It lists the whole container on every call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageSection {
    /// Its name.
    pub account: String,
    /// The container.
    pub container: String,
}

/// The cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterSection {
    /// Its name in Azure.
    pub name: String,
    /// Type of its machines for searches; without one ElasticBLAST breaks.
    pub machine_type: String,
    /// Machines that are ready for searches.
    pub nodes: u32,
    /// Processors of a batch. Not 16, which ElasticBLAST takes for “not set”.
    pub cpus: u32,
    /// Labels that its resources get.
    pub labels: BTreeMap<String, String>,
}

/// The search.
#[derive(Debug, Clone, PartialEq)]
pub struct BlastSection {
    /// The program.
    pub program: Program,
    /// The database's prefix.
    pub database: BlobUrl,
    /// The file of queries.
    pub queries: BlobUrl,
    /// The folder that ElasticBLAST makes a folder with the search's id in.
    pub results: BlobUrl,
    /// BLAST+'s options.
    pub options: ElasticOptions,
    /// Letters up to which queries share a batch. Always written, so that ElasticBLAST splits as was planned.
    pub batch_len: u64,
    /// Memory of a batch.
    pub memory: MemoryAmount,
    /// Memory at which a batch is ended; ElasticBLAST takes the machine's less 2 GiB otherwise.
    pub memory_limit: Option<MemoryAmount>,
    /// Shares of the database, where it is split.
    pub shares: Option<Shares>,
}

/// A database in shares, one to a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// How many.
    pub count: u32,
    /// Prefix of the shares; `<prefix>00`, `<prefix>01`, …
    pub prefix: BlobUrl,
    /// Whether machines that have their share already are believed.
    pub skip_warmed: bool,
}

/// Time limits, in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeoutSection {
    /// For bringing the database to the machines.
    pub init_minutes: u32,
    /// For a batch, all its attempts together.
    pub batch_minutes: u32,
}

impl Default for TimeoutSection {
    /// ElasticBLAST's own for the first, a day for the second.
    fn default() -> Self {
        Self { init_minutes: 45, batch_minutes: 1_440 }
    }
}

/// Environment variables that silently override the configuration (or, `AZURE_ACR_NAME`, spoil it). None may be set
/// where ElasticBLAST runs.
pub const OVERRIDING_VARIABLES: &[&str] = &[
    "ELB_RESULTS",
    "ELB_CLUSTER_NAME",
    "ELB_BATCH_LEN",
    "ELB_USE_PREEMPTIBLE",
    "AZURE_REGION",
    "AZURE_RESOURCE_GROUP",
    "AZURE_STORAGE_ACCOUNT",
    "AZURE_STORAGE_ACCOUNT_CONTAINER",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_ACR_NAME",
    "AZURE_ACR_RESOURCE_GROUP",
];

impl ElasticConfig {
    /// Checks everything and writes the configuration.
    ///
    /// # Errors
    /// All faults at once; the field is ElasticBLAST's name of the key.
    pub fn render(&self) -> Result<String, Vec<FieldError>> {
        self.validate()?;
        let mut ini = Ini::default();
        ini.section("cloud-provider");
        ini.key("azure-region", &self.cloud.region);
        ini.key("azure-resource-group", &self.cloud.resource_group);
        if let Some(registry) = &self.cloud.registry {
            ini.key("azure-acr-name", &registry.name);
            ini.key("azure-acr-resource-group", &registry.resource_group);
        }
        if let Some(storage) = &self.cloud.storage {
            ini.key("azure-storage-account", &storage.account);
            ini.key("azure-storage-account-container", &storage.container);
        }
        self.write_cluster(&mut ini);
        self.write_blast(&mut ini);
        ini.section("timeouts");
        ini.key("init-pv", &self.timeouts.init_minutes.to_string());
        ini.key("blast-k8s-job", &self.timeouts.batch_minutes.to_string());
        Ok(ini.finish())
    }

    fn write_cluster(&self, ini: &mut Ini) {
        ini.section("cluster");
        ini.key("name", &self.cluster.name);
        ini.key("machine-type", &self.cluster.machine_type);
        ini.key("num-nodes", &self.cluster.nodes.to_string());
        ini.key("num-cpus", &self.cluster.cpus.to_string());
        ini.key("exp-use-local-ssd", "true");
        // Without it ElasticBLAST refuses a cluster that is there, and deletes it in the end.
        ini.key("reuse", "true");
        if self.blast.shares.as_ref().is_some_and(|shares| shares.skip_warmed) {
            ini.key("exp-skip-warmed-ssd-init", "true");
        }
        if !self.cluster.labels.is_empty() {
            let labels: Vec<_> =
                self.cluster.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            ini.key("labels", &labels.join(","));
        }
    }

    fn write_blast(&self, ini: &mut Ini) {
        let blast = &self.blast;
        ini.section("blast");
        ini.key("program", blast.program.as_str());
        ini.key("db", blast.database.as_str());
        ini.key("queries", blast.queries.as_str());
        ini.key("results", blast.results.as_str());
        ini.key("batch-len", &blast.batch_len.to_string());
        ini.key("mem-request", &blast.memory.to_string());
        ini.optional("mem-limit", blast.memory_limit.as_ref());
        if let Some(shares) = &blast.shares {
            ini.key("db-partitions", &shares.count.to_string());
            ini.key("db-partition-prefix", shares.prefix.as_str());
        }
        ini.key("options", blast.options.as_str());
    }

    /// Checks everything without writing.
    ///
    /// # Errors
    /// All faults at once.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut checks = Checks::default();
        self.check_cloud(&mut checks);
        self.check_cluster(&mut checks);
        self.check_blast(&mut checks);
        checks.positive("init-pv", u64::from(self.timeouts.init_minutes));
        checks.positive("blast-k8s-job", u64::from(self.timeouts.batch_minutes));
        checks.finish()
    }

    fn check_cloud(&self, checks: &mut Checks) {
        checks.text("azure-region", &self.cloud.region, check::REGION);
        checks.text("azure-resource-group", &self.cloud.resource_group, check::RESOURCE_GROUP);
        if let Some(registry) = &self.cloud.registry {
            checks.text("azure-acr-name", &registry.name, check::REGISTRY);
            checks.text("azure-acr-resource-group", &registry.resource_group, check::RESOURCE_GROUP);
        }
        if let Some(storage) = &self.cloud.storage {
            checks.text("azure-storage-account", &storage.account, check::ACCOUNT);
            checks.text("azure-storage-account-container", &storage.container, check::CONTAINER);
        }
    }

    fn check_cluster(&self, checks: &mut Checks) {
        let cluster = &self.cluster;
        checks.text("name", &cluster.name, check::CLUSTER_NAME);
        checks.positive("num-nodes", u64::from(cluster.nodes));
        checks.positive("num-cpus", u64::from(cluster.cpus));
        if cluster.cpus == 16 {
            let message =
                "A batch cannot have 16 processors: ElasticBLAST takes that for “not set” and takes 8.";
            checks.push("num-cpus", "not_allowed", message.to_owned());
        }
        for (key, value) in &cluster.labels {
            checks.text("labels", key, check::LABEL);
            checks.text("labels", value, check::LABEL);
        }
        if checks.text("machine-type", &cluster.machine_type, check::PRESENT) {
            match Machine::named(&cluster.machine_type) {
                Ok(machine) => self.check_machine(&machine, checks),
                Err(error) => checks.error(error),
            }
        }
    }

    fn check_machine(&self, machine: &Machine, checks: &mut Checks) {
        if self.cluster.cpus > machine.vcpus {
            let message =
                format!("A batch cannot have more than the machine's {} processors.", machine.vcpus);
            checks.push("num-cpus", "out_of_range", message);
        }
        let usable = u64::from(machine.usable_gib()) << 30;
        let amounts =
            [("mem-request", Some(&self.blast.memory)), ("mem-limit", self.blast.memory_limit.as_ref())];
        for (field, amount) in amounts {
            if amount.is_some_and(|amount| amount.bytes() > usable) {
                let message = format!(
                    "A batch cannot have more than the {} GiB that the machine has for searches.",
                    machine.usable_gib()
                );
                checks.push(field, "out_of_range", message);
            }
        }
    }

    fn check_blast(&self, checks: &mut Checks) {
        let blast = &self.blast;
        for (url, field, container) in [
            (&blast.database, "db", "blast-db"),
            (&blast.queries, "queries", "queries"),
            (&blast.results, "results", "results"),
        ] {
            if url.place().container() != container {
                checks.push(
                    field,
                    "not_allowed",
                    format!("The address is not in the container “{container}”."),
                );
            }
        }
        checks.positive("batch-len", blast.batch_len);
        if let Some(limit) = &blast.memory_limit
            && limit.bytes() < blast.memory.bytes()
        {
            let message = "A batch would be ended before it has the memory that is set aside for it.";
            checks.push("mem-limit", "out_of_range", message.to_owned());
        }
        if let Some(shares) = &blast.shares {
            self.check_shares(shares, checks);
        }
    }

    fn check_shares(&self, shares: &Shares, checks: &mut Checks) {
        if shares.count == 0 || shares.count > self.cluster.nodes.max(1) {
            let message = format!(
                "A database is split into one share a machine at most; the cluster has {}.",
                self.cluster.nodes
            );
            checks.push("db-partitions", "out_of_range", message);
        }
        let joined = matches!(
            self.blast.options.outfmt(),
            ElasticOutfmt::Hits
                | ElasticOutfmt::Xml
                | ElasticOutfmt::Tabular(_)
                | ElasticOutfmt::Commented(_)
        );
        if !joined {
            let message = "Results of a database in shares are joined in the formats 5, 6 and 7 alone.";
            checks.push("outfmt", "not_supported", message.to_owned());
        }
    }
}
