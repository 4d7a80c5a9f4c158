//! Finding functions: immediate sub-directories of the script root that hold a `function.json`.

use super::binding::FunctionJson;
use super::function::{Function, FunctionError};
use super::host_json::HostJson;
use super::settings::Settings;
use std::path::Path;

/// What the script root holds.
#[derive(Debug, Default)]
pub struct Discovered {
    /// The functions that run, by name.
    pub functions: Vec<Function>,
    /// Folders with a `function.json` that cannot run, with the reason.
    pub rejected: Vec<(String, FunctionError)>,
    /// Functions that are switched off.
    pub disabled: Vec<String>,
}

/// Looks at every immediate sub-directory of `root`. One bad function never stops the others.
///
/// # Errors
/// When `root` itself cannot be listed.
pub fn discover(root: &Path, host: &HostJson, settings: &Settings) -> std::io::Result<Discovered> {
    let mut found = Discovered::default();
    for entry in std::fs::read_dir(root)? {
        let folder = entry?.path();
        let Some(name) = folder.file_name().and_then(|n| n.to_str()).map(str::to_owned) else { continue };
        let file = folder.join("function.json");
        if !file.is_file() || host.functions.as_ref().is_some_and(|only| !only.contains(&name)) {
            continue;
        }
        match read(&file) {
            Ok(json) if json.disabled || is_disabled(&name, settings) => found.disabled.push(name),
            Ok(json) => {
                let raw_http = host.handler.raw_http;
                match Function::build(&name, &json, settings, &host.route_prefix, raw_http) {
                    Ok(function) => found.functions.push(function),
                    Err(error) => found.rejected.push((name, error)),
                }
            }
            Err(error) => found.rejected.push((name, error)),
        }
    }
    // Route precedence is this order, so it must not depend on the file system.
    found.functions.sort_by_key(|f| (f.name.to_ascii_lowercase(), f.name.clone()));
    found.rejected.sort_by(|a, b| a.0.cmp(&b.0));
    found.disabled.sort();
    Ok(found)
}

fn read(file: &Path) -> Result<FunctionJson, FunctionError> {
    let text = std::fs::read_to_string(file)?;
    Ok(serde_json::from_str(text.trim_start_matches('\u{feff}'))?)
}

/// `AzureWebJobs.<NAME>.Disabled`; with `__` where an environment takes no dots.
fn is_disabled(name: &str, settings: &Settings) -> bool {
    [format!("AzureWebJobs.{name}.Disabled"), format!("AzureWebJobs__{name}__Disabled")]
        .iter()
        .filter_map(|key| settings.get(key))
        .any(|value| value == "1" || value.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: &str = r#"{"bindings":[{"type":"queueTrigger","name":"m","queueName":"q"}]}"#;

    fn root(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let host = r#"{"customHandler":{"description":{"defaultExecutablePath":"h"}}}"#;
        std::fs::write(dir.path().join("host.json"), host).unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        dir
    }

    fn look(dir: &Path, pairs: &[(&str, &str)]) -> Discovered {
        let pairs = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let settings = Settings::load(&dir.join("local.settings.json"), pairs).unwrap();
        discover(dir, &HostJson::load(dir, &settings).unwrap(), &settings).unwrap()
    }

    fn names(found: &Discovered) -> Vec<&str> {
        found.functions.iter().map(|f| f.name.as_str()).collect()
    }

    #[test]
    fn only_immediate_folders_and_in_alphabetical_order() {
        let dir = root(&[
            ("zz/function.json", QUEUE),
            ("Bb/function.json", QUEUE),
            ("aa/function.json", QUEUE),
            ("deep/er/function.json", QUEUE),
            ("empty/readme.txt", ""),
            ("function.json", QUEUE),
        ]);
        assert_eq!(names(&look(dir.path(), &[])), ["aa", "Bb", "zz"]);
    }

    #[test]
    fn a_bad_function_does_not_stop_the_others() {
        let dir =
            root(&[("good/function.json", QUEUE), ("bad/function.json", "{"), ("worse/function.json", "{}")]);
        let found = look(dir.path(), &[]);
        assert_eq!(names(&found), ["good"]);
        let rejected: Vec<&str> = found.rejected.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(rejected, ["bad", "worse"]);
    }

    #[test]
    fn switches() {
        let off = QUEUE.replacen('{', r#"{"disabled":true,"#, 1);
        let dir = root(&[("a/function.json", QUEUE), ("b/function.json", QUEUE), ("c/function.json", &off)]);
        assert_eq!(names(&look(dir.path(), &[])), ["a", "b"]);
        assert_eq!(names(&look(dir.path(), &[("AzureWebJobs.a.Disabled", "true")])), ["b"]);
        assert_eq!(names(&look(dir.path(), &[("AzureWebJobs__b__Disabled", "1")])), ["a"]);
        assert_eq!(names(&look(dir.path(), &[("AzureFunctionsJobHost__functionTimeout", "-1")])), ["a", "b"]);
    }
}
