//! App settings: `local.settings.json` under the environment.
//!
//! The environment beats `Values`, as under Core Tools. Handlers inherit all of them.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why `local.settings.json` could not be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file exists and cannot be read.
    #[error("{path}: {source}", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no JSON of the known shape.
    #[error("{path}: {source}", path = .path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// Where it went wrong.
        source: serde_json::Error,
    },
    /// The values are encrypted for another machine.
    #[error("{}: IsEncrypted is true; write the values in plain text and set it to false", .0.display())]
    Encrypted(PathBuf),
}

/// A `%NAME%` whose setting is not set.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("the setting `{0}` is not set")]
pub struct MissingSetting(pub String);

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct File {
    is_encrypted: bool,
    values: BTreeMap<String, String>,
    host: FileHost,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct FileHost {
    #[serde(rename = "CORS")]
    cors: String,
}

/// All settings that the host and its handlers see.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    values: BTreeMap<String, String>,
    origins: Vec<String>,
}

impl Settings {
    /// Reads `file` when it exists and lays `environment` over it.
    ///
    /// # Errors
    /// [`SettingsError`] when the file exists and is unusable.
    pub fn load(
        file: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let shape = match std::fs::read_to_string(file) {
            Ok(text) => serde_json::from_str::<File>(text.trim_start_matches('\u{feff}'))
                .map_err(|source| SettingsError::Shape { path: file.to_owned(), source })?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => File::default(),
            Err(source) => return Err(SettingsError::Read { path: file.to_owned(), source }),
        };
        if shape.is_encrypted {
            return Err(SettingsError::Encrypted(file.to_owned()));
        }
        let mut values = shape.values;
        values.extend(environment);
        let origins = shape.host.cors.split(',').map(str::trim).filter(|o| !o.is_empty() && *o != "*");
        Ok(Self { values, origins: origins.map(|o| o.trim_end_matches('/').to_owned()).collect() })
    }

    /// One setting; the exact name first, then any spelling of its case, as .NET reads configuration.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let any_case = || self.values.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v);
        self.values.get(name).or_else(any_case).map(String::as_str)
    }

    /// Every setting, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Origins other than our own that may send requests which change something (`Host.CORS`).
    #[must_use]
    pub fn allowed_origins(&self) -> &[String] {
        &self.origins
    }

    /// Replaces each `%NAME%` in a value of `function.json`.
    ///
    /// # Errors
    /// [`MissingSetting`] for the first name that is not set.
    pub fn expand(&self, text: &str) -> Result<String, MissingSetting> {
        self.replace(text, |name| Err(MissingSetting(name.to_owned())))
    }

    /// Replaces each `%NAME%` in a command line; unset names vanish, as on the platform.
    #[must_use]
    pub fn expand_or_empty(&self, text: &str) -> String {
        self.replace(text, |_| Ok::<_, std::convert::Infallible>(String::new()))
            .unwrap_or_else(|never| match never {})
    }

    fn replace<E>(&self, text: &str, missing: impl Fn(&str) -> Result<String, E>) -> Result<String, E> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, name, after)) = reference(rest) {
            out.push_str(before);
            match self.get(name) {
                Some(value) => out.push_str(value),
                None => out.push_str(&missing(name)?),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// Splits at the first `%NAME%`. A `%` without a partner is plain text.
fn reference(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('%')?;
    let (name, after) = rest.split_once('%')?;
    (!name.is_empty()).then_some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let values = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Settings { values, origins: Vec::new() }
    }

    #[test]
    fn the_environment_beats_values() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("local.settings.json");
        let text = r#"{"IsEncrypted":false,"Values":{"A":"file","B":"file"},"Host":{"CORS":"http://localhost:5173/, *"}}"#;
        std::fs::write(&file, text).unwrap();
        let got = Settings::load(&file, [("A".to_owned(), "environment".to_owned())]).unwrap();
        assert_eq!(
            (got.get("A"), got.get("B"), got.get("b")),
            (Some("environment"), Some("file"), Some("file"))
        );
        assert_eq!(got.allowed_origins(), ["http://localhost:5173"]);
    }

    #[test]
    fn a_missing_file_is_no_error_and_an_encrypted_one_is() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("local.settings.json");
        assert!(Settings::load(&file, []).is_ok());
        std::fs::write(&file, r#"{"IsEncrypted":true}"#).unwrap();
        assert!(matches!(Settings::load(&file, []), Err(SettingsError::Encrypted(_))));
        std::fs::write(&file, "{").unwrap();
        assert!(matches!(Settings::load(&file, []), Err(SettingsError::Shape { .. })));
    }

    #[test]
    fn references_are_replaced_and_missing_ones_named() {
        let s = settings(&[("CRON", "0 * * * * *"), ("Q", "jobs")]);
        assert_eq!(s.expand("%CRON%").as_deref(), Ok("0 * * * * *"));
        assert_eq!(s.expand("a-%Q%-%q%").as_deref(), Ok("a-jobs-jobs"));
        assert_eq!(s.expand("100%").as_deref(), Ok("100%"));
        assert_eq!(s.expand("%NO%"), Err(MissingSetting("NO".to_owned())));
        assert_eq!(s.expand_or_empty("x%NO%y"), "xy");
    }
}
