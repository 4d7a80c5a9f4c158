//! A configuration, checked as the CLI checks it when it loads one.

use super::{Arguments, ini, machines::machine};
use crate::standin::objects::Quantity;
use std::{collections::BTreeMap, fs};

/// Most bytes of a configuration on standard input.
const STDIN_MOST: usize = 1024 * 1024;

/// Every key that the pinned version knows.
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
            "azure-storage-account-key",
            "azure-vnet",
            "azure-subnet",
            "aks-version",
            "azure-system-vm-size",
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
            "storage-class",
            "pd-size",
            "labels",
            "use-preemptible",
            "disk-type",
            "provisioned-iops",
            "bid-percentage",
            "enable-stackdriver",
            "dry-run",
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
            "db-memory-margin",
            "min-qsize-for-client-split-compressed",
            "min-qsize-for-client-split-uncompressed",
            "db-auto-partition",
            "db-partitions",
            "db-partition-prefix",
            "blastdb-src",
        ],
    ),
    ("timeouts", &["init-pv", "blast-k8s-job"]),
];

const PROGRAMS: [&str; 8] =
    ["blastp", "blastn", "blastx", "psiblast", "rpsblast", "rpstblastn", "tblastn", "tblastx"];
const REJECTED: [&str; 9] = [
    "-remote",
    "-seqidlist",
    "-negative_seqidlist",
    "-gilist",
    "-negative_gilist",
    "-filtering_db",
    "-in_pssm",
    "-entrez_query",
    "-in_msa",
];
const TAXID_FILTERS: [&str; 4] = ["-taxids", "-negative_taxids", "-taxidlist", "-negative_taxidlist"];

/// What a submission goes by.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Name of the cluster.
    pub cluster_name: String,
    /// Nodes that it counts on.
    pub num_nodes: u32,
    /// Processors of a batch.
    pub num_cpus: u32,
    /// Whether the cluster is one that is there.
    pub reuse: bool,
    /// Program.
    pub program: String,
    /// Prefix of the database.
    pub db: String,
    /// The query.
    pub queries: String,
    /// Where results go, without the search's id.
    pub results: String,
    /// Options, with a format.
    pub options: String,
    /// Letters of a batch, and whether it was said.
    pub batch_len: (u64, bool),
    /// Memory that a batch asks for.
    pub mem_request: String,
    /// Memory that a batch may have.
    pub mem_limit: String,
    /// Processors and memory of a machine.
    pub machine: (u32, u32),
    /// Minutes until the database has to be there.
    pub init_minutes: i64,
    /// Minutes that a batch may take.
    pub batch_minutes: i64,
    /// Shares of the database.
    pub partitions: u32,
}

struct Values(ini::Sections);

impl Values {
    fn text(&self, section: &str, key: &str) -> Option<&str> {
        self.0.get(section)?.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn required(&self, section: &str, key: &str) -> Result<&str, String> {
        self.text(section, key).ok_or_else(|| format!("Missing {key}"))
    }

    fn positive(&self, section: &str, key: &str, default: i64) -> Result<i64, String> {
        let Some(text) = self.text(section, key) else { return Ok(default) };
        let number =
            text.parse::<i64>().map_err(|_| format!("Invalid value of {key}: {text:?} is not a number"))?;
        if number > 0 { Ok(number) } else { Err(format!("{key} must be positive: {number}")) }
    }

    fn switch(&self, section: &str, key: &str) -> Result<bool, String> {
        match self.text(section, key).unwrap_or("false").to_lowercase().as_str() {
            "1" | "yes" | "true" | "on" => Ok(true),
            "0" | "no" | "false" | "off" => Ok(false),
            other => Err(format!("Not a boolean: {other}")),
        }
    }
}

impl Config {
    /// Reads and checks a configuration; the words of an error.
    pub fn read(
        arguments: &Arguments,
        stdin: &[u8],
        variables: &BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let text = match arguments.config.as_str() {
            "-" if stdin.is_empty() => return Err("empty configuration on standard input".to_owned()),
            "-" if stdin.len() > STDIN_MOST => {
                return Err("the configuration on standard input is over 1 MiB".to_owned());
            }
            "-" => String::from_utf8(stdin.to_vec()).map_err(|error| error.to_string())?,
            file => fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?,
        };
        let mut values = Values(ini::read(&text)?);
        values.known()?;
        values.overridden(variables);
        let region = values.text("cloud-provider", "azure-region").unwrap_or("eastus");
        if !region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            return Err(format!("Invalid azure-region: {region:?}"));
        }
        values.required("cloud-provider", "azure-resource-group")?;
        values.config()
    }
}

impl Values {
    fn known(&self) -> Result<(), String> {
        for (section, values) in &self.0 {
            let known = KNOWN.iter().find(|(known, _)| known == section).map(|(_, keys)| *keys);
            let unknown = values.keys().find(|key| !known.is_some_and(|keys| keys.contains(&key.as_str())));
            if let Some(key) = unknown {
                return Err(format!(
                    "Unrecognized configuration parameter \"{key}\" in section \"{section}\""
                ));
            }
            if known.is_none() {
                return Err(format!("Unrecognized configuration section \"{section}\""));
            }
        }
        Ok(())
    }

    /// Variables that win over the file without a word.
    fn overridden(&mut self, variables: &BTreeMap<String, String>) {
        for (variable, section, key) in [
            ("ELB_RESULTS", "blast", "results"),
            ("ELB_CLUSTER_NAME", "cluster", "name"),
            ("ELB_BATCH_LEN", "blast", "batch-len"),
            ("ELB_USE_PREEMPTIBLE", "cluster", "use-preemptible"),
            ("AZURE_REGION", "cloud-provider", "azure-region"),
            ("AZURE_RESOURCE_GROUP", "cloud-provider", "azure-resource-group"),
            ("AZURE_STORAGE_ACCOUNT", "cloud-provider", "azure-storage-account"),
            ("AZURE_STORAGE_ACCOUNT_CONTAINER", "cloud-provider", "azure-storage-account-container"),
            ("AZURE_ACR_RESOURCE_GROUP", "cloud-provider", "azure-acr-resource-group"),
            // Sic: the registry's name lands in the resource group.
            ("AZURE_ACR_NAME", "cloud-provider", "azure-resource-group"),
        ] {
            if let Some(value) = variables.get(variable).filter(|value| !value.is_empty()) {
                self.0.entry(section.to_owned()).or_default().insert(key.to_owned(), value.clone());
            }
        }
    }

    fn config(&self) -> Result<Config, String> {
        let name = self.text("cluster", "name").unwrap_or_default();
        if name.is_empty() || name != name.to_lowercase() {
            return Err(format!("Invalid cluster name: {name:?}"));
        }
        let machine_type = self.required("cluster", "machine-type")?;
        let machine =
            machine(machine_type).ok_or_else(|| format!("Cannot get properties for {machine_type}"))?;
        let program = self.required("blast", "program")?;
        if !PROGRAMS.contains(&program) {
            return Err(format!("Invalid BLAST program {program:?}"));
        }
        let num_cpus = self.positive("cluster", "num-cpus", 16)?;
        // The balanced profile takes 16 for "not set".
        let num_cpus = if num_cpus == 16 { 8 } else { num_cpus.min(i64::from(machine.0)) };
        let mem_request = match self.text("blast", "mem-request").unwrap_or("0.5G") {
            "0.5G" => "4G",
            other => other,
        };
        let most = u128::from(machine.1.saturating_sub(2)) << 30;
        let default_limit = format!("{}Gi", machine.1.saturating_sub(2));
        let mem_limit = self.text("blast", "mem-limit").unwrap_or(&default_limit);
        for (key, text) in [("mem-request", mem_request), ("mem-limit", mem_limit)] {
            let bytes = memory(text).ok_or_else(|| format!("Invalid value of {key}: {text:?}"))?;
            if bytes > most {
                return Err(format!("{key} {text} exceeds the memory that is available on {machine_type}"));
            }
        }
        let partitions = self.text("blast", "db-partitions").unwrap_or("0");
        let partitions =
            partitions.parse().map_err(|_| format!("Invalid value of db-partitions: {partitions:?}"))?;
        if partitions > 0 && self.text("blast", "db-partition-prefix").is_none() {
            return Err("db-partitions needs db-partition-prefix".to_owned());
        }
        let batch_len = self.positive("blast", "batch-len", usual_batch_len(program))?;
        let results = self.required("blast", "results")?;
        for key in ["db", "queries", "results"] {
            let url = self.required("blast", key)?;
            if !url.starts_with("https://") && !url.starts_with("http://127.0.0.1:") {
                return Err(format!("Invalid {key}: {url:?} is no https address"));
            }
        }
        Ok(Config {
            cluster_name: name.to_owned(),
            num_nodes: self.positive("cluster", "num-nodes", 1)? as u32,
            num_cpus: num_cpus as u32,
            reuse: self.switch("cluster", "reuse")?,
            program: program.to_owned(),
            db: self.required("blast", "db")?.to_owned(),
            queries: self.required("blast", "queries")?.to_owned(),
            results: results.trim_end_matches('/').to_owned(),
            options: options(self.text("blast", "options").unwrap_or_default())?,
            batch_len: (batch_len as u64, self.text("blast", "batch-len").is_some()),
            mem_request: mem_request.to_owned(),
            mem_limit: mem_limit.to_owned(),
            machine,
            init_minutes: self.positive("timeouts", "init-pv", 45)?,
            batch_minutes: self.positive("timeouts", "blast-k8s-job", 10_080)?,
            partitions,
        })
        .and_then(|config| {
            self.switch("cluster", "exp-use-local-ssd")?;
            self.switch("cluster", "exp-skip-warmed-ssd-init")?;
            Ok(config)
        })
    }
}

fn options(text: &str) -> Result<String, String> {
    if let Some(bad) = text.chars().find(|letter| "\"\\\n'`;|&<>$".contains(*letter)) {
        return Err(format!("error converting YAML to JSON: options hold {bad:?}"));
    }
    let words: Vec<_> = text.split_whitespace().collect();
    if let Some(word) = words.iter().find(|word| REJECTED.contains(word)) {
        return Err(format!("BLAST option {word} is not supported"));
    }
    if words.windows(2).any(|pair| pair == ["-mt_mode", "0"]) {
        return Err("ValueError: invalid literal for mt_mode".to_owned());
    }
    if words.iter().filter(|word| TAXID_FILTERS.contains(word)).count() > 1 {
        return Err("more than one taxid filter".to_owned());
    }
    let has_format = words.contains(&"-outfmt");
    Ok(if has_format { text.to_owned() } else { format!("{text} -outfmt 11").trim().to_owned() })
}

/// Bytes of `^\d+(\.\d+)?[kKmMgGtT]i?$`.
pub fn memory(text: &str) -> Option<u128> {
    let (number, rest) = text.split_at(text.find(|letter: char| letter.is_ascii_alphabetic())?);
    let plain = !number.is_empty() && !number.ends_with('.') && !number.starts_with('.');
    let (unit, binary) = rest.strip_suffix('i').map_or((rest, false), |unit| (unit, true));
    let unit = match unit {
        "k" | "K" if binary => "Ki",
        "m" | "M" if binary => "Mi",
        "g" | "G" if binary => "Gi",
        "t" | "T" if binary => "Ti",
        "k" | "K" => "k",
        "m" | "M" => "M",
        "g" | "G" => "G",
        "t" | "T" => "T",
        _ => return None,
    };
    let bytes = Quantity::read(&format!("{number}{unit}")).ok()?.milli() / 1_000;
    (plain && bytes > 0).then_some(bytes)
}

fn usual_batch_len(program: &str) -> i64 {
    match program {
        "blastp" => 10_000,
        "blastn" => 5_000_000,
        "blastx" => 20_004,
        "tblastn" => 20_000,
        _ => 100_000,
    }
}
