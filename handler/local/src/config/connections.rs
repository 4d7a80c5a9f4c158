//! Storage clients by the setting that holds their connection string.

use super::function::{Function, Trigger};
use super::settings::Settings;
use crate::storage::connection::{Account, ConnectionError};
use crate::storage::{Storage, StorageError};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// A connection that a function names and that cannot be used.
#[derive(Debug, Clone, Error)]
#[error("the connection `{name}` cannot be used: {reason}")]
pub struct UnusableConnection {
    /// The setting.
    pub name: String,
    /// What is wrong with it.
    pub reason: String,
}

/// All connections that the functions name. Functions of one account share its client.
#[derive(Debug, Default)]
pub struct Connections(BTreeMap<String, Result<Storage, UnusableConnection>>);

impl Connections {
    /// Makes a client for each connection that `functions` or the host itself (`own`) need.
    #[must_use]
    pub fn new<'a>(
        functions: impl IntoIterator<Item = &'a Function>,
        own: &'a str,
        settings: &Settings,
    ) -> Self {
        let mut names = BTreeSet::from([own]);
        for function in functions {
            names.extend(function.outputs.iter().map(|output| output.connection.as_str()));
            if let Trigger::Queue { connection, .. } = &function.trigger {
                names.insert(connection);
            }
        }
        let client = |name: &str| {
            let reason = |reason: String| UnusableConnection { name: name.to_owned(), reason };
            let account = account(name, settings).map_err(|e| reason(e.to_string()))?;
            Storage::new(account).map_err(|e: StorageError| reason(e.to_string()))
        };
        Self(names.into_iter().map(|name| (name.to_owned(), client(name))).collect())
    }

    /// The client of a connection.
    ///
    /// # Errors
    /// [`UnusableConnection`] when its setting is missing or malformed.
    pub fn get(&self, name: &str) -> Result<&Storage, UnusableConnection> {
        let unknown =
            || UnusableConnection { name: name.to_owned(), reason: "no function names it".to_owned() };
        self.0.get(name).ok_or_else(unknown)?.as_ref().map_err(Clone::clone)
    }
}

/// The setting under its own name or with the platform's `AzureWebJobs` prefix.
fn account(name: &str, settings: &Settings) -> Result<Account, ConnectionError> {
    let prefixed = format!("AzureWebJobs{name}");
    let text = settings.get(&prefixed).or_else(|| settings.get(name)).filter(|text| !text.trim().is_empty());
    Account::parse(text.ok_or_else(|| ConnectionError::Unset(name.to_owned()))?)
}
