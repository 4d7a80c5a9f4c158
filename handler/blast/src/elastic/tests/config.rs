use crate::elastic::config::{
    BlastSection, CloudSection, ClusterSection, ElasticConfig, Registry, Shares, StorageSection,
    TimeoutSection,
};
use crate::elastic::memory::MemoryAmount;
use crate::elastic::{BlobEndpoint, ElasticOptions, ElasticOutfmt, Place};
use crate::options::SearchOptions;
use crate::program::Program;
use std::collections::BTreeMap;

const ID: &str = "job-0123456789abcdef0123456789abcdef";

/// Every key that the pinned ElasticBLAST takes on Azure, by section.
const KNOWN: &[(&str, &[&str])] = &[
    (
        "cloud-provider",
        &[
            "azure-region",
            "azure-resource-group",
            "azure-acr-name",
            "azure-acr-resource-group",
            "azure-storage-account",
            "azure-storage-account-container",
        ],
    ),
    (
        "cluster",
        &[
            "name",
            "machine-type",
            "num-nodes",
            "num-cpus",
            "exp-use-local-ssd",
            "reuse",
            "exp-skip-warmed-ssd-init",
            "labels",
        ],
    ),
    (
        "blast",
        &[
            "program",
            "db",
            "queries",
            "results",
            "options",
            "batch-len",
            "mem-request",
            "mem-limit",
            "db-partitions",
            "db-partition-prefix",
        ],
    ),
    ("timeouts", &["init-pv", "blast-k8s-job"]),
];

fn sample() -> ElasticConfig {
    let endpoint = BlobEndpoint::azure("stelb", "core.windows.net").unwrap();
    let locate = |place, path: &str| endpoint.locate(place, path).unwrap();
    let options = SearchOptions::defaults(Program::Blastn).unwrap();
    ElasticConfig {
        cloud: CloudSection {
            region: "koreacentral".to_owned(),
            resource_group: "rg-elb".to_owned(),
            registry: None,
            storage: None,
        },
        cluster: ClusterSection {
            name: "elb-cluster".to_owned(),
            machine_type: "Standard_E16s_v5".to_owned(),
            nodes: 3,
            cpus: 8,
            labels: BTreeMap::new(),
        },
        blast: BlastSection {
            program: Program::Blastn,
            database: locate(Place::Database, "16S_ribosomal_RNA/g1/16S_ribosomal_RNA"),
            queries: locate(Place::Queries, &format!("{ID}/query.fa")),
            results: locate(Place::Results, ID),
            options: ElasticOptions::of_search(&options, &ElasticOutfmt::Hits).unwrap(),
            batch_len: 5_000_000,
            memory: MemoryAmount::gib(4),
            memory_limit: None,
            shares: None,
        },
        timeouts: TimeoutSection::default(),
    }
}

fn with_everything() -> ElasticConfig {
    let mut config = sample();
    let endpoint = BlobEndpoint::azure("stelb", "core.windows.net").unwrap();
    config.cloud.registry =
        Some(Registry { name: "myregistry".to_owned(), resource_group: "rg-acr(shared)".to_owned() });
    config.cloud.storage =
        Some(StorageSection { account: "stelb".to_owned(), container: "blast-db".to_owned() });
    config.cluster.labels =
        [("project", "soil"), ("owner", "lab-7")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    config.blast.options =
        ElasticOptions::from_text(Program::Blastn, "-perc_identity 90% -outfmt 6 std staxids").unwrap();
    config.blast.memory_limit = Some(MemoryAmount::gib(126));
    config.blast.shares = Some(Shares {
        count: 3,
        prefix: endpoint.locate(Place::Database, "3shards/16S_ribosomal_RNA_shard_x").unwrap(),
        skip_warmed: true,
    });
    config.timeouts = TimeoutSection { init_minutes: 60, batch_minutes: 2_880 };
    config
}

/// Reads an INI as Python's `configparser` does with its defaults: no comments behind values, `%%` for a percent sign.
fn read(text: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        assert!(!line.starts_with([' ', '\t', '#', ';']), "not a plain line: {line}");
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            current = name.to_owned();
            assert!(!sections.contains_key(name), "section twice: {name}");
            continue;
        }
        let (key, value) = line.split_once('=').unwrap();
        let value = value.trim();
        let plain = value.replace("%%", "");
        assert!(!plain.contains('%'), "a percent sign that begins a reference: {line}");
        let earlier = sections
            .entry(current.clone())
            .or_default()
            .insert(key.trim().to_ascii_lowercase(), value.replace("%%", "%"));
        assert_eq!(earlier, None, "key twice: {key}");
    }
    sections
}

#[test]
fn a_search_is_rendered_like_this() {
    assert_eq!(sample().render().unwrap(), include_str!("default.ini"));
}

#[test]
fn everything_that_can_be_set_is_rendered_like_this() {
    assert_eq!(with_everything().render().unwrap(), include_str!("everything.ini"));
}

#[test]
fn cluster_query_database_and_results_are_the_requested_ones() {
    let config = with_everything();
    let text = read(&config.render().unwrap());
    assert_eq!(text["cluster"]["name"], config.cluster.name);
    assert_eq!(
        text["blast"]["queries"],
        format!("https://stelb.blob.core.windows.net/queries/{ID}/query.fa")
    );
    assert_eq!(text["blast"]["db"], config.blast.database.as_str());
    assert_eq!(text["blast"]["results"], format!("https://stelb.blob.core.windows.net/results/{ID}"));
    assert_eq!(text["blast"]["options"], "-perc_identity 90% -outfmt 6 std staxids");
}

#[test]
fn only_keys_that_the_pinned_version_knows_are_written() {
    for config in [sample(), with_everything()] {
        for (section, keys) in read(&config.render().unwrap()) {
            let (_, known) = KNOWN.iter().find(|(name, _)| *name == section).unwrap();
            for key in keys.keys() {
                assert!(known.contains(&key.as_str()), "{section}: {key}");
            }
        }
    }
}

#[test]
fn required_keys_and_those_with_harmful_defaults_are_always_written() {
    let text = read(&sample().render().unwrap());
    for (section, key) in [
        ("cloud-provider", "azure-resource-group"),
        ("cluster", "name"),
        ("cluster", "machine-type"),
        ("cluster", "num-cpus"),
        ("blast", "program"),
        ("blast", "db"),
        ("blast", "queries"),
        ("blast", "results"),
        ("blast", "batch-len"),
        ("blast", "mem-request"),
    ] {
        assert!(text[section].contains_key(key), "{section}: {key}");
    }
    assert_eq!(text["cluster"]["reuse"], "true");
    assert_eq!(text["cluster"]["exp-use-local-ssd"], "true");
}

/// A change that makes a configuration wrong, and the field that has to be named.
type Spoil = (&'static str, fn(&mut ElasticConfig));

const SPOILS: &[Spoil] = &[
    ("azure-region", |c| c.cloud.region = "Korea Central".to_owned()),
    ("azure-region", |c| c.cloud.region = "koreacentral  # here".to_owned()),
    ("azure-region", |c| c.cloud.region = "kc\n[blast]\noptions = -remote".to_owned()),
    ("azure-region", |c| c.cloud.region.clear()),
    ("azure-resource-group", |c| c.cloud.resource_group = "rg; reboot".to_owned()),
    ("azure-resource-group", |c| c.cloud.resource_group = "rg.".to_owned()),
    ("azure-resource-group", |c| c.cloud.resource_group = "$(rg)".to_owned()),
    ("azure-resource-group", |c| c.cloud.resource_group = String::new()),
    ("name", |c| c.cluster.name = "Elb-Cluster".to_owned()),
    ("name", |c| c.cluster.name = "-elb".to_owned()),
    ("name", |c| c.cluster.name = "e".to_owned()),
    ("name", |c| c.cluster.name = "elb\"cluster".to_owned()),
    ("machine-type", |c| c.cluster.machine_type = String::new()),
    ("machine-type", |c| c.cluster.machine_type = "Standard_M416ms_v2".to_owned()),
    ("num-nodes", |c| (c.cluster.nodes, c.blast.shares) = (0, None)),
    ("num-cpus", |c| c.cluster.cpus = 0),
    ("num-cpus", |c| c.cluster.cpus = 16),
    ("num-cpus", |c| c.cluster.cpus = 17),
    ("labels", |c| drop(c.cluster.labels.insert("a,b".to_owned(), "c".to_owned()))),
    ("labels", |c| drop(c.cluster.labels.insert("a".to_owned(), "C=d".to_owned()))),
    ("batch-len", |c| c.blast.batch_len = 0),
    ("mem-request", |c| (c.blast.memory, c.blast.memory_limit) = (MemoryAmount::gib(127), None)),
    ("mem-limit", |c| c.blast.memory_limit = Some(MemoryAmount::gib(127))),
    ("mem-limit", |c| c.blast.memory_limit = Some(MemoryAmount::gib(3))),
    ("db", |c| c.blast.database = c.blast.queries.clone()),
    ("queries", |c| c.blast.queries = c.blast.results.clone()),
    ("results", |c| c.blast.results = c.blast.queries.clone()),
    ("init-pv", |c| c.timeouts.init_minutes = 0),
    ("blast-k8s-job", |c| c.timeouts.batch_minutes = 0),
    ("azure-acr-name", |c| c.cloud.registry.as_mut().unwrap().name = "my-registry".to_owned()),
    ("azure-storage-account", |c| c.cloud.storage.as_mut().unwrap().account = "st".to_owned()),
    ("azure-storage-account-container", |c| c.cloud.storage.as_mut().unwrap().container = "a--b".to_owned()),
    ("db-partitions", |c| c.blast.shares.as_mut().unwrap().count = 4),
    ("db-partitions", |c| c.blast.shares.as_mut().unwrap().count = 0),
    ("outfmt", |c| c.blast.options = ElasticOptions::from_text(Program::Blastn, "-outfmt 15").unwrap()),
];

#[test]
fn what_elastic_blast_or_its_templates_would_break_on_is_refused_with_its_field() {
    for (field, spoil) in SPOILS {
        let mut config = with_everything();
        spoil(&mut config);
        let errors = config.render().unwrap_err();
        assert_eq!(errors.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), [*field], "{errors:?}");
        let message = &errors[0].message;
        assert!(message.ends_with('.') && message.len() > 20, "{message}");
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let mut config = sample();
    config.cloud.region.clear();
    config.cluster.nodes = 0;
    config.blast.batch_len = 0;
    let fields: Vec<_> = config.render().unwrap_err().into_iter().map(|error| error.field).collect();
    assert_eq!(fields, ["azure-region", "num-nodes", "batch-len"]);
}
