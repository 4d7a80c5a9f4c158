//! The Jobs that a submission creates, with the names, labels and variables of the real ones.

use super::config::Config;
use crate::standin::objects::{
    ConfigMap, ConfigMapSource, Container, EmptyDir, EnvVar, HostPath, Job, JobSpec, ObjectMeta, PodSpec,
    PodTemplate, Quantity, Resources, Toleration, Volume, VolumeMount, Words,
};
use std::collections::BTreeMap;

const BLAST_IMAGE: &str = "elbacr.azurecr.io/ncbi/elb:1.4.0";
const SPLIT_IMAGE: &str = "elbacr.azurecr.io/ncbi/elasticblast-query-split:0.1.4";
const SUBMIT_IMAGE: &str = "elbacr.azurecr.io/ncbi/elasticblast-job-submit:4.1.0";
/// Seconds that ended Jobs of batches and finalizers are kept.
const TTL_SECONDS: i32 = 1_800;

/// A search's Jobs.
pub struct Manifests<'a> {
    /// What was configured.
    pub config: &'a Config,
    /// The search.
    pub id: &'a str,
    /// Name of the database, without its folders.
    pub db: &'a str,
    /// Batches of the query.
    pub batches: usize,
}

impl Manifests<'_> {
    /// The scripts that pods mount.
    pub fn scripts(&self) -> ConfigMap {
        let names = [
            "init-db-download-aks.sh",
            "query-download-ssd-aks.sh",
            "blast-run-aks.sh",
            "results-export-aks.sh",
            "elb-finalizer-aks.sh",
        ];
        ConfigMap {
            metadata: ObjectMeta { name: "elb-scripts".to_owned(), ..ObjectMeta::default() },
            data: names.map(|name| (name.to_owned(), "#!/bin/bash\n".to_owned())).into(),
            ..ConfigMap::default()
        }
    }

    /// Brings the database to a node.
    pub fn setup(&self, ordinal: usize) -> Job {
        let mol_type = if is_protein(&self.config.program) { "prot" } else { "nucl" };
        let database = Container {
            command: vec!["/scripts/init-db-download-aks.sh".to_owned()],
            working_dir: Some("/blast/blastdb".to_owned()),
            env: variables(&[
                ("BLAST_USAGE_REPORT", "false"),
                ("ELB_DB", self.db),
                ("ELB_DB_PATH", &self.config.db),
                ("ELB_DB_MOL_TYPE", mol_type),
                ("STARTUP_DELAY", "30"),
            ]),
            volume_mounts: vec![
                mount("blastdb", "/blast/blastdb", Some("blast")),
                mount("scripts", "/scripts", None),
            ],
            ..container("get-blastdb", BLAST_IMAGE)
        };
        let queries = Container {
            command: vec!["run.sh".to_owned()],
            working_dir: Some("/blast/queries".to_owned()),
            volume_mounts: vec![mount("blastdb", "/blast/queries", Some("queries"))],
            ..container("import-query-batches", SPLIT_IMAGE)
        };
        let spec = PodSpec {
            volumes: vec![host("blastdb"), scripts()],
            containers: vec![database, queries],
            restart_policy: Some("Never".to_owned()),
            node_selector: [("ordinal".to_owned(), ordinal.to_string())].into(),
            tolerations: vec![tolerate_searches()],
            ..PodSpec::default()
        };
        let name = format!("init-ssd-{}-{ordinal}", self.short());
        let mut job = self.job(name, "setup", Words::new(), spec);
        job.spec.backoff_limit = Some(3);
        job.spec.active_deadline_seconds = Some(self.config.init_minutes * 60);
        job
    }

    /// Searches a batch.
    pub fn batch(&self, number: usize) -> Result<Job, String> {
        let (config, results) = (self.config, self.results());
        let number = format!("{number:03}");
        let amount = |text: &str| Quantity::read(text).map_err(|wrong| format!("{text:?}: {wrong}"));
        let resources = Resources {
            requests: BTreeMap::from([
                ("memory".to_owned(), amount(&config.mem_request)?),
                ("cpu".to_owned(), amount(&self.cpu_request().to_string())?),
            ]),
            limits: BTreeMap::from([
                ("memory".to_owned(), amount(&config.mem_limit)?),
                ("cpu".to_owned(), amount(&config.num_cpus.to_string())?),
            ]),
        };
        let (shared, scripts_at) =
            (mount("shared-data", "/shared", None), mount("scripts", "/scripts", None));
        let import = Container {
            command: vec!["/scripts/query-download-ssd-aks.sh".to_owned()],
            env: variables(&[("ELB_RESULTS", &results), ("JOB_NUM", &number)]),
            volume_mounts: vec![shared.clone(), scripts_at.clone()],
            ..container("import-query-batches", BLAST_IMAGE)
        };
        let blast = Container {
            command: vec!["/scripts/blast-run-aks.sh".to_owned()],
            working_dir: Some("/blast/blastdb".to_owned()),
            env: self.blast_variables(&number, &results),
            resources,
            volume_mounts: vec![
                mount("blast-dbs", "/blast/blastdb", Some("blast")),
                shared.clone(),
                scripts_at.clone(),
            ],
            ..container("blast", BLAST_IMAGE)
        };
        let export = Container {
            command: vec!["/scripts/results-export-aks.sh".to_owned()],
            env: variables(&[
                ("JOB_NUM", &number),
                ("ELB_BLAST_PROGRAM", &config.program),
                ("ELB_DB", self.db),
                ("ELB_RESULTS", &results),
                ("RESULTS_DIR", "/shared/results"),
            ]),
            volume_mounts: vec![shared, scripts_at],
            ..container("results-export", BLAST_IMAGE)
        };
        let empty = Volume {
            name: "shared-data".to_owned(),
            empty_dir: Some(EmptyDir::default()),
            ..Volume::default()
        };
        let spec = PodSpec {
            volumes: vec![host("blast-dbs"), empty, scripts()],
            init_containers: vec![import],
            containers: vec![blast, export],
            restart_policy: Some("OnFailure".to_owned()),
            node_selector: [("workload".to_owned(), "blast".to_owned())].into(),
            tolerations: vec![tolerate_searches()],
            ..PodSpec::default()
        };
        let label = self.db.to_lowercase().replace('_', "-");
        let name = format!("{}-batch-{label}-job-{number}-{}", config.program, self.short());
        let mut job = self.job(name, "blast", [("db".to_owned(), self.db.to_owned())].into(), spec);
        job.spec.backoff_limit = Some(3);
        job.spec.active_deadline_seconds = Some(config.batch_minutes * 60);
        job.spec.ttl_seconds_after_finished = Some(TTL_SECONDS);
        Ok(job)
    }

    /// Writes the markers.
    pub fn finalizer(&self) -> Job {
        let finalizer = Container {
            command: vec!["/scripts/elb-finalizer-aks.sh".to_owned()],
            env: variables(&[
                ("ELB_RESULTS", &self.results()),
                ("ELB_CLUSTER_NAME", &self.config.cluster_name),
                ("ELB_METADATA_DIR", "metadata"),
                ("ELB_BLAST_PROGRAM", &self.config.program),
                ("BLAST_ELB_JOB_ID", self.id),
            ]),
            volume_mounts: vec![mount("scripts", "/scripts", None)],
            ..container("finalizer", SUBMIT_IMAGE)
        };
        let system = Toleration {
            key: "CriticalAddonsOnly".to_owned(),
            operator: "Exists".to_owned(),
            ..Toleration::default()
        };
        let spec = PodSpec {
            volumes: vec![scripts()],
            containers: vec![finalizer],
            restart_policy: Some("Never".to_owned()),
            tolerations: vec![tolerate_searches(), system],
            ..PodSpec::default()
        };
        let mut job = self.job(format!("elb-finalizer-{}", self.short()), "finalizer", Words::new(), spec);
        job.spec.backoff_limit = Some(0);
        job.spec.ttl_seconds_after_finished = Some(TTL_SECONDS);
        job
    }

    fn blast_variables(&self, number: &str, results: &str) -> Vec<EnvVar> {
        let config = self.config;
        let cpus = config.num_cpus.to_string();
        variables(&[
            ("BLAST_USAGE_REPORT", "false"),
            ("BLAST_ELB_JOB_ID", self.id),
            ("BLAST_ELB_BATCH_NUM", &self.batches.to_string()),
            ("BLAST_ELB_VERSION", "1.4.0"),
            ("JOB_NUM", number),
            ("ELB_BLAST_PROGRAM", &config.program),
            ("ELB_DB", self.db),
            ("ELB_NUM_CPUS", &cpus),
            ("ELB_BLAST_OPTIONS", &config.options),
            ("ELB_RESULTS", results),
            ("ELB_TIMEFMT", "%s%N"),
            ("ELB_DB_MOL_TYPE", if is_protein(&config.program) { "prot" } else { "nucl" }),
            ("QUERY_DIR", "/shared/requests"),
            ("RESULTS_DIR", "/shared/results"),
        ])
    }

    fn cpu_request(&self) -> u32 {
        let (nodes, cpus) = (self.config.num_nodes, self.config.num_cpus);
        let most = cpus.saturating_sub(2);
        let request = if self.batches == nodes as usize {
            most
        } else {
            (nodes * cpus / 4).saturating_sub(2).min(most)
        };
        request.max(1)
    }

    fn results(&self) -> String {
        format!("{}/{}", self.config.results, self.id)
    }

    /// The last eight characters of the id.
    fn short(&self) -> &str {
        self.id.get(self.id.len().saturating_sub(8)..).unwrap_or(self.id)
    }

    fn job(&self, name: String, app: &str, more: Words, spec: PodSpec) -> Job {
        let mut labels = more;
        labels.insert("app".to_owned(), app.to_owned());
        labels.insert("elb-job-id".to_owned(), self.id.to_owned());
        let template =
            PodTemplate { metadata: ObjectMeta { labels: labels.clone(), ..ObjectMeta::default() }, spec };
        Job {
            metadata: ObjectMeta { name, labels, ..ObjectMeta::default() },
            spec: JobSpec { template, ..JobSpec::default() },
            ..Job::default()
        }
    }
}

fn is_protein(program: &str) -> bool {
    matches!(program, "blastp" | "blastx" | "psiblast" | "rpsblast" | "rpstblastn")
}

fn container(name: &str, image: &str) -> Container {
    Container { name: name.to_owned(), image: image.to_owned(), ..Container::default() }
}

fn variables(pairs: &[(&str, &str)]) -> Vec<EnvVar> {
    let variable = |(name, value): &(&str, &str)| EnvVar {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
        value_from: None,
    };
    pairs.iter().map(variable).collect()
}

fn mount(name: &str, path: &str, sub: Option<&str>) -> VolumeMount {
    VolumeMount {
        name: name.to_owned(),
        mount_path: path.to_owned(),
        sub_path: sub.map(str::to_owned),
        read_only: None,
    }
}

fn host(name: &str) -> Volume {
    let host_path =
        Some(HostPath { path: "/workspace".to_owned(), kind: Some("DirectoryOrCreate".to_owned()) });
    Volume { name: name.to_owned(), host_path, ..Volume::default() }
}

fn scripts() -> Volume {
    let config_map = Some(ConfigMapSource {
        name: "elb-scripts".to_owned(),
        default_mode: Some(0o755),
        ..ConfigMapSource::default()
    });
    Volume { name: "scripts".to_owned(), config_map, ..Volume::default() }
}

fn tolerate_searches() -> Toleration {
    Toleration {
        key: "workload".to_owned(),
        operator: "Equal".to_owned(),
        value: "blast".to_owned(),
        effect: "NoSchedule".to_owned(),
        toleration_seconds: None,
    }
}
