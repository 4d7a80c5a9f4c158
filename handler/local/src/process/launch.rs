//! The command line and environment of a handler process.

use crate::config::Settings;
use crate::config::host_json::HandlerSettings;
use crate::protocol::encoding::guid;
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// What every handler process is started from.
#[derive(Debug, Clone)]
pub struct Launch {
    /// This program, which turns itself into the handler (see [`super::exec_child`]).
    pub launcher: PathBuf,
    /// The script root.
    pub root: PathBuf,
    /// `customHandler.description`.
    pub handler: HandlerSettings,
    /// App settings, which the handler inherits.
    pub settings: Settings,
    /// `WEBSITE_HOSTNAME`: where the host itself listens.
    pub hostname: String,
}

impl Launch {
    /// The command that starts a handler listening on `port`. `group` is absent when one process serves all groups.
    #[must_use]
    pub fn command(&self, group: Option<&str>, port: u16) -> Command {
        let mut command = Command::new(&self.launcher);
        command.arg("exec-child").arg(std::process::id().to_string()).arg("--");
        command.arg(self.program()).args(&self.handler.arguments);
        command.current_dir(self.root.join(&self.handler.working_directory));
        command.envs(self.settings.iter());
        let (port, id) = (port.to_string(), guid());
        command.env("FUNCTIONS_CUSTOMHANDLER_PORT", &port).env("FUNCTIONS_HTTPWORKER_PORT", &port);
        command.env("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", &id).env("FUNCTIONS_HTTPWORKER_ID", &id);
        command.env("FUNCTIONS_APP_ROOT_PATH", &self.root).env("AzureWebJobsScriptRoot", &self.root);
        command.env("AZURE_FUNCTIONS_ENVIRONMENT", "Development").env("WEBSITE_HOSTNAME", &self.hostname);
        match group {
            Some(group) => command.env("FUNCTIONS_TARGET_GROUP", group),
            None => command.env_remove("FUNCTIONS_TARGET_GROUP"),
        };
        command
    }

    /// A relative path is below the script root if that file exists there, and a command of `PATH` otherwise.
    fn program(&self) -> PathBuf {
        let given = Path::new(&self.handler.executable);
        let below = self.root.join(given);
        if given.is_relative() && !below.is_file() { given.to_owned() } else { below }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::ffi::OsStr;
    use std::time::Duration;

    fn launch(root: &Path, executable: &str) -> Launch {
        let pairs = [("KEY", "value"), ("FUNCTIONS_TARGET_GROUP", "outer")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()));
        Launch {
            launcher: "functions-local".into(),
            root: root.to_owned(),
            handler: HandlerSettings {
                executable: executable.to_owned(),
                arguments: vec!["serve".to_owned()],
                working_directory: String::new(),
                initialization_timeout: Duration::from_secs(1),
                raw_http: true,
            },
            settings: Settings::load(Path::new("/nowhere/x.json"), pairs).unwrap(),
            hostname: "127.0.0.1:7071".to_owned(),
        }
    }

    #[test]
    fn a_file_below_the_root_beats_path() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(launch(dir.path(), "handler").program(), Path::new("handler"));
        std::fs::write(dir.path().join("handler"), "").unwrap();
        assert_eq!(launch(dir.path(), "handler").program(), dir.path().join("handler"));
    }

    #[test]
    fn the_environment_is_the_platforms() {
        let command = launch(Path::new("/root-of-app"), "handler").command(Some("http"), 4711);
        let got: BTreeMap<&OsStr, Option<&OsStr>> = command.as_std().get_envs().collect();
        let value = |name: &str| got[OsStr::new(name)].and_then(OsStr::to_str);
        assert_eq!(value("FUNCTIONS_CUSTOMHANDLER_PORT"), Some("4711"));
        assert_eq!(value("FUNCTIONS_HTTPWORKER_PORT"), Some("4711"));
        assert_eq!(value("FUNCTIONS_APP_ROOT_PATH"), Some("/root-of-app"));
        assert_eq!(value("FUNCTIONS_TARGET_GROUP"), Some("http"));
        assert_eq!(value("KEY"), Some("value"));
        assert_eq!(value("FUNCTIONS_CUSTOMHANDLER_WORKER_ID"), value("FUNCTIONS_HTTPWORKER_ID"));
        let all = launch(Path::new("/root-of-app"), "handler").command(None, 1);
        assert!(
            all.as_std().get_envs().any(|(name, value)| name == "FUNCTIONS_TARGET_GROUP" && value.is_none())
        );
    }
}
