//! What the handler is told by its environment: read once at start, checked, and never again.

mod elastic;
#[cfg(test)]
mod readme_test;
pub mod registry;

pub use elastic::AzureCluster;

use blastline_azure::StorageSettings;
use blastline_blast::fasta::Limits;
use blastline_cluster::ClusterSettings;
use blastline_engine::deps::DispatchLimits;
use blastline_engine::elastic::ElasticSettings;
use blastline_jobs::timing::{BLAST_DEADLINE_SECONDS, BLAST_HEARTBEAT_SECONDS, BLAST_STALE_SECONDS, Timing};
use std::{collections::BTreeMap, path::PathBuf, str::FromStr, time::Duration};

/// Largest body that the Functions host passes on, in bytes.
const HOST_BODY_LIMIT: u64 = 104_857_600;

/// Values of the registry, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How storage is reached.
    pub storage: StorageSettings,
    /// Where databases are cached.
    pub cache_dir: PathBuf,
    /// Size of the cache in bytes.
    pub cache_max_bytes: u64,
    /// Where searches keep their files.
    pub scratch_dir: PathBuf,
    /// Folder of the page.
    pub web_root: PathBuf,
    /// Folder of the BLAST+ programs; `None` for the search path.
    pub blast_bin_dir: Option<PathBuf>,
    /// Largest request body in bytes.
    pub max_body_bytes: u64,
    /// What a query may be.
    pub query_limits: Limits,
    /// Address space beyond the size of the database, in bytes.
    pub chunk_memory_extra_bytes: u64,
    /// Parts in flight.
    pub dispatch: DispatchLimits,
    /// Heartbeats and deadlines.
    pub timing: Timing,
    /// By how much times are divided; 1 but in tests.
    pub time_scale: f64,
    /// By how much the clock is wrong; nothing but in tests.
    pub clock_ahead: time::Duration,
    /// Which clusters there are.
    pub clusters: ClusterSettings,
    /// One of them that is reached through Azure's resource manager.
    pub azure_cluster: Option<AzureCluster>,
    /// How searches are submitted to them; where storage is, is added when it is known.
    pub elastic: ElasticSettings,
    /// Whether a submission asks its cluster at once, before it is taken.
    pub sync_capacity_check: bool,
    /// What is logged.
    pub log_level: String,
    /// Port to listen on.
    pub port: u16,
}

/// A setting that cannot be used, or two that contradict each other. The handler does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting {name}: {problem}")]
pub struct SettingsError {
    /// The setting.
    pub name: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Settings {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_map(&std::env::vars().collect())
    }

    /// Reads a map of names and values.
    pub fn from_map(map: &BTreeMap<String, String>) -> Result<Self, SettingsError> {
        let values = Values { map };
        let temp = std::env::temp_dir();
        let cores = std::thread::available_parallelism().map_or(2, usize::from) as u64;
        let in_flight = values.number(registry::PARTS_IN_FLIGHT_MAX, cores * 2)?;
        let time_scale = values.number(registry::TIME_SCALE, 1.0_f64)?;
        let target = Duration::from_secs(values.number(registry::CHUNK_TARGET_SECONDS, 60)?);
        let overrides =
            values.times([BLAST_HEARTBEAT_SECONDS, BLAST_STALE_SECONDS, BLAST_DEADLINE_SECONDS])?;
        let root = values.path("FUNCTIONS_APP_ROOT_PATH", PathBuf::from("."));
        let settings = Self {
            storage: StorageSettings::read(|name| values.get(name).map(str::to_owned)),
            cache_dir: values.path(registry::CACHE_DIR, temp.join("blastline-cache")),
            cache_max_bytes: values.number(registry::CACHE_MAX_BYTES, 20_000_000_000)?,
            scratch_dir: values.path(registry::SCRATCH_DIR, temp.join("blastline-scratch")),
            web_root: values.path(registry::WEB_ROOT, root.join("web")),
            blast_bin_dir: values.get(registry::BLAST_BIN_DIR).map(PathBuf::from),
            max_body_bytes: values.number(registry::MAX_REQUEST_BODY_BYTES, HOST_BODY_LIMIT)?,
            query_limits: query_limits(&values)?,
            chunk_memory_extra_bytes: values.number(registry::CHUNK_MEMORY_EXTRA_BYTES, 4_000_000_000)?,
            dispatch: DispatchLimits {
                in_flight,
                per_owner: values.number(registry::PARTS_IN_FLIGHT_PER_OWNER, in_flight)?,
            },
            timing: Timing::new(&overrides, target, time_scale),
            time_scale,
            clock_ahead: values.clock_ahead()?,
            clusters: elastic::clusters(&values),
            azure_cluster: elastic::azure_cluster(&values)?,
            elastic: elastic::submission(&values)?,
            sync_capacity_check: values.flag(registry::BLAST_SUBMIT_SYNC_CAPACITY_CHECK)?,
            log_level: values.get(registry::LOG_LEVEL).unwrap_or("info").to_owned(),
            port: values.number("FUNCTIONS_CUSTOMHANDLER_PORT", 0)?,
        };
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsError> {
        let wrong = |name: &str, problem: &str| {
            Err(SettingsError { name: name.to_owned(), problem: problem.to_owned() })
        };
        if !(1.0..=10_000.0).contains(&self.time_scale) {
            return wrong(registry::TIME_SCALE, "has to be from 1 to 10000");
        }
        if self.dispatch.in_flight == 0 || self.dispatch.per_owner == 0 {
            return wrong(registry::PARTS_IN_FLIGHT_MAX, "has to be at least 1, and so for each owner");
        }
        if self.max_body_bytes > HOST_BODY_LIMIT {
            return wrong(
                registry::MAX_REQUEST_BODY_BYTES,
                "is more than the Functions host passes on (104857600)",
            );
        }
        let times = self.timing.blast;
        if times.quiet < times.heartbeat * 2 {
            return wrong(BLAST_STALE_SECONDS, "has to be at least twice BLAST_HEARTBEAT_SECONDS");
        }
        Ok(())
    }
}

/// What a query may be. Its bytes are bounded too, because a small file can unpack to any amount of blank lines.
fn query_limits(values: &Values<'_>) -> Result<Limits, SettingsError> {
    let max_letters = values.number(registry::MAX_QUERY_LETTERS, 100_000_000_u64)?;
    Ok(Limits {
        max_queries: values.number(registry::MAX_QUERIES, 100_000)?,
        max_letters,
        max_bytes: max_letters.saturating_mul(2).saturating_add(BYTES_BESIDE_LETTERS),
        ..Limits::default()
    })
}

/// Bytes of headers and blanks that a query may have beyond twice its letters.
const BYTES_BESIDE_LETTERS: u64 = 64 * 1024 * 1024;

struct Values<'a> {
    map: &'a BTreeMap<String, String>,
}

impl<'a> Values<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        self.map.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    fn path(&self, name: &str, default: PathBuf) -> PathBuf {
        self.get(name).map_or(default, PathBuf::from)
    }

    fn number<T: FromStr>(&self, name: &str, default: T) -> Result<T, SettingsError> {
        let Some(text) = self.get(name) else { return Ok(default) };
        text.parse()
            .map_err(|_| SettingsError { name: name.to_owned(), problem: format!("`{text}` is no number") })
    }

    /// `true` or `false`; `false` where it is not set.
    fn flag(&self, name: &str) -> Result<bool, SettingsError> {
        let wrong =
            |_| SettingsError { name: name.to_owned(), problem: "has to be true or false".to_owned() };
        self.get(name).map_or(Ok(false), |text| text.parse().map_err(wrong))
    }

    fn clock_ahead(&self) -> Result<time::Duration, SettingsError> {
        let name = registry::CLOCK_OFFSET_FILE;
        let Some(file) = self.get(name) else { return Ok(time::Duration::ZERO) };
        let wrong = |problem: String| SettingsError { name: name.to_owned(), problem };
        let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
        let millis =
            text.trim().parse::<i32>().map_err(|_| wrong(format!("`{}` is no number", text.trim())))?;
        Ok(time::Duration::milliseconds(millis.into()))
    }

    fn times<const N: usize>(
        &self,
        names: [&'static str; N],
    ) -> Result<Vec<(&'static str, u64)>, SettingsError> {
        let set = names.into_iter().filter(|name| self.get(name).is_some());
        set.map(|name| Ok((name, self.number(name, 0)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let mut map =
            BTreeMap::from([("AzureWebJobsStorage".to_owned(), "UseDevelopmentStorage=true".to_owned())]);
        map.extend(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        Settings::from_map(&map)
    }

    #[test]
    fn contradictions_refuse_to_start() {
        for (name, value) in [
            ("TIME_SCALE", "0.5"),
            ("PARTS_IN_FLIGHT_MAX", "0"),
            ("MAX_REQUEST_BODY_BYTES", "200000000"),
            ("BLAST_STALE_SECONDS", "11"),
            ("CACHE_MAX_BYTES", "much"),
            ("BLAST_SUBMIT_SYNC_CAPACITY_CHECK", "1"),
        ] {
            assert_eq!(with(&[(name, value)]).unwrap_err().name, name);
        }
    }

    #[test]
    fn a_wrong_clock_is_as_wrong_as_its_file_says() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("offset");
        std::fs::write(&file, "-1500\n").unwrap();
        let name = file.to_str().unwrap();
        let settings = with(&[("CLOCK_OFFSET_FILE", name)]).unwrap();
        assert_eq!(settings.clock_ahead, time::Duration::milliseconds(-1500));
        std::fs::write(&file, "soon").unwrap();
        assert_eq!(with(&[("CLOCK_OFFSET_FILE", name)]).unwrap_err().name, "CLOCK_OFFSET_FILE");
    }

    #[test]
    fn the_scale_divides_times() {
        let settings = with(&[("TIME_SCALE", "10"), ("BLAST_STALE_SECONDS", "50")]).unwrap();
        assert_eq!(settings.timing.blast.quiet, Duration::from_secs(5));
    }

    #[test]
    fn every_key_of_the_sample_settings_is_in_the_registry() {
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../local.settings.sample.json");
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Sample {
            values: BTreeMap<String, String>,
        }
        let sample: Sample = serde_json::from_str(&std::fs::read_to_string(sample).unwrap()).unwrap();
        let known: Vec<_> = registry::all().iter().map(|setting| setting.name).collect();
        for key in sample.values.keys() {
            assert!(known.contains(&key.as_str()), "{key} is not in the registry");
        }
        assert!(Settings::from_map(&sample.values).is_ok());
    }
}
