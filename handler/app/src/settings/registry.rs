//! Every setting in one table: from it come the values, the README's table and the check of the sample file.

use blastline_jobs::timing::{BLAST_DEADLINE_SECONDS, BLAST_HEARTBEAT_SECONDS, BLAST_STALE_SECONDS};
use serde::Serialize;

/// A setting that the handler reads from its environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Name in the environment.
    pub name: &'static str,
    /// Value when it is not set, in words where it depends on the machine.
    pub default: &'static str,
    /// What it does.
    pub doc: &'static str,
}

macro_rules! settings {
    ($($name:ident = $default:literal, $doc:literal;)+) => {
        $(#[doc = $doc] pub const $name: &str = stringify!($name);)+

        /// Settings of the handler, but times.
        const OWN: &[Setting] = &[$(Setting { name: $name, default: $default, doc: $doc }),+];
    };
}

settings! {
    CACHE_DIR = "a folder `blastline-cache` in the system's temporary folder", "Where databases are cached. Handlers on one machine may share it.";
    CACHE_MAX_BYTES = "20000000000", "How many bytes of databases the cache may hold. A database that does not fit is refused.";
    SCRATCH_DIR = "a folder `blastline-scratch` in the system's temporary folder", "Where searches keep their files while they run.";
    WEB_ROOT = "`web` in the script root", "Folder of the page.";
    BLAST_BIN_DIR = "the search path", "Folder of the BLAST+ programs.";
    MAX_REQUEST_BODY_BYTES = "104857600", "Largest request body in bytes. The Functions host itself takes at most 104857600.";
    MAX_QUERIES = "100000", "Most sequences a search takes.";
    MAX_QUERY_LETTERS = "100000000", "Most letters a search takes.";
    CHUNK_MEMORY_EXTRA_BYTES = "4000000000", "Address space that BLAST+ may use beyond the size of the database, in bytes.";
    CHUNK_TARGET_SECONDS = "60", "How long one part of a search should take.";
    PARTS_IN_FLIGHT_MAX = "twice the number of cores", "Parts that are released at a time, in all. About twice the number of instances that search.";
    PARTS_IN_FLIGHT_PER_OWNER = "PARTS_IN_FLIGHT_MAX", "Parts that are released at a time for one owner.";
    CLUSTER_KUBECONFIG = "none", "Kubeconfig file of the clusters that searches may run on; each of its contexts is one.";
    CLUSTER_NAME = "the context's name", "Name of the cluster that the kubeconfig's current context leads to: ElasticBLAST needs the name that the cluster has in Azure.";
    CLUSTER_RESOURCE_ID = "none", "Resource id of a cluster of Azure that searches may run on: `/subscriptions/…/resourceGroups/…/providers/Microsoft.ContainerService/managedClusters/…`. It is reached with this installation's identity.";
    CLUSTER_IN_CLUSTER = "none", "Where the handler itself runs on a cluster that searches may run on: the name that this cluster has in Azure. It is reached with the pod's service account.";
    CLUSTER_NAMESPACE = "default", "Namespace of our own objects on a cluster. What ElasticBLAST makes is in `default`.";
    ELASTIC_SUBSCRIPTION_ID = "none", "Subscription of the clusters. Needed where there are any.";
    ELASTIC_RESOURCE_GROUP = "none", "Resource group of the clusters. Needed where there are any.";
    ELASTIC_REGION = "none", "Region of the clusters, for example `koreacentral`. Needed where there are any.";
    ELASTIC_REGISTRY = "ElasticBLAST's own", "Name of the container registry with ElasticBLAST's images.";
    ELASTIC_REGISTRY_RESOURCE_GROUP = "ELASTIC_RESOURCE_GROUP", "Resource group of that registry.";
    ELASTIC_IMAGE = "none", "Image that runs `elastic-blast submit` on a cluster (`infra/runner`). Needed where there are any.";
    ELASTIC_SERVICE_ACCOUNT = "elb-cli", "Service account that it runs as.";
    BLAST_MAX_RUN_CONCURRENCY = "3", "Searches that run on one cluster at a time, those of other installations among them.";
    BLAST_SUBMIT_SYNC_CAPACITY_CHECK = "false", "`true`: a submission to a cluster also asks the cluster itself, and is refused when it is gone or not ready. Otherwise requests are answered from what was seen of it last.";
    TIME_SCALE = "1", "For tests only: divides every delay, deadline and heartbeat. Refused outside development storage.";
    CLOCK_OFFSET_FILE = "none", "For tests only: a file with the milliseconds that a process's clock is ahead, or behind as a negative number; read at its start. Refused outside development storage.";
    LOG_LEVEL = "info", "What is logged, for example `info` or `debug,azure_core=warn`.";
}

/// Times of tasks, in seconds: overrides of the table in `jobs`.
const TIMES: &[Setting] = &[
    Setting {
        name: BLAST_HEARTBEAT_SECONDS,
        default: "10",
        doc: "How often a running part gives a sign of life, in seconds.",
    },
    Setting {
        name: BLAST_STALE_SECONDS,
        default: "45",
        doc: "After how long without a sign of life a part or step is sent again, in seconds.",
    },
    Setting {
        name: BLAST_DEADLINE_SECONDS,
        default: "604800",
        doc: "After how long a search is given up, in seconds.",
    },
];

/// Settings that the Functions platform names. The handler reads the first; the rest belong to the host.
pub const PLATFORM: &[Setting] = &[
    Setting {
        name: "AzureWebJobsStorage",
        default: "",
        doc: "Connection string of the storage account. Only a development connection is taken until sign-in exists.",
    },
    Setting {
        name: "RECONCILE_CRON",
        default: "0 * * * * *",
        doc: "When the reconciler runs, as a six-field schedule. Read by the Functions host.",
    },
    Setting {
        name: "AzureWebJobsDisableHomepage",
        default: "false",
        doc: "Leaves the address `/` to the page. Read by the Functions host.",
    },
    Setting {
        name: "FUNCTIONS_WORKER_RUNTIME",
        default: "custom",
        doc: "Kind of worker. Read by the Functions host.",
    },
    Setting {
        name: "FUNCTIONS_CUSTOMHANDLER_PORT",
        default: "",
        doc: "Port to listen on, on the IPv4 loopback. Set by the Functions host.",
    },
];

/// Every setting.
pub fn all() -> Vec<Setting> {
    PLATFORM.iter().chain(OWN).chain(TIMES).copied().collect()
}
