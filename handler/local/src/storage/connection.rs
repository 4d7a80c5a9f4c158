//! Connection strings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// The account and key that every Azurite has; both are public.
const DEVELOPMENT_ACCOUNT: &str = "devstoreaccount1";
const DEVELOPMENT_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Why a connection string cannot be used. The text never holds the key.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ConnectionError {
    /// The setting is not set.
    #[error("the setting `{0}` is not set; UseDevelopmentStorage=true means Azurite on its usual ports")]
    Unset(String),
    /// A part is missing.
    #[error("the connection string has no {0}")]
    Missing(&'static str),
    /// The key is no base64.
    #[error("the AccountKey of the connection string is no base64")]
    Key,
}

/// One storage account and where its services answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The account's name.
    pub name: String,
    /// The decoded key.
    pub key: Vec<u8>,
    /// Blob service, without a slash at the end.
    pub blob: String,
    /// Queue service, without a slash at the end.
    pub queue: String,
    /// Table service, without a slash at the end.
    pub table: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// Reads a connection string: `UseDevelopmentStorage=true`, endpoints and key, or name and key.
    ///
    /// # Errors
    /// [`ConnectionError`] when the account, the key or an endpoint is missing.
    pub fn parse(text: &str) -> Result<Self, ConnectionError> {
        let parts: BTreeMap<String, &str> = text
            .split(';')
            .filter_map(|part| part.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
            .collect();
        let part = |name: &str| parts.get(name).copied().filter(|v| !v.is_empty());
        if part("usedevelopmentstorage").is_some_and(|v| v.eq_ignore_ascii_case("true")) {
            let at = |port: u16| format!("http://127.0.0.1:{port}/{DEVELOPMENT_ACCOUNT}");
            return Ok(Self {
                name: DEVELOPMENT_ACCOUNT.to_owned(),
                key: decode(DEVELOPMENT_KEY)?,
                blob: at(10_000),
                queue: at(10_001),
                table: at(10_002),
            });
        }
        let name = part("accountname").ok_or(ConnectionError::Missing("AccountName"))?;
        let key = decode(part("accountkey").ok_or(ConnectionError::Missing("AccountKey"))?)?;
        let scheme = part("defaultendpointsprotocol").unwrap_or("https");
        let suffix = part("endpointsuffix").unwrap_or("core.windows.net");
        let endpoint = |service: &str| {
            let given = part(&format!("{service}endpoint")).map(|e| e.trim_end_matches('/').to_owned());
            given.unwrap_or_else(|| format!("{scheme}://{name}.{service}.{suffix}"))
        };
        Ok(Self {
            name: name.to_owned(),
            key,
            blob: endpoint("blob"),
            queue: endpoint("queue"),
            table: endpoint("table"),
        })
    }
}

fn decode(key: &str) -> Result<Vec<u8>, ConnectionError> {
    STANDARD.decode(key).map_err(|_| ConnectionError::Key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_storage() {
        let got = Account::parse("UseDevelopmentStorage=true").unwrap();
        assert_eq!(got.queue, "http://127.0.0.1:10001/devstoreaccount1");
        assert_eq!(got.key.len(), 64);
    }

    #[test]
    fn endpoints_or_suffix() {
        let got = Account::parse(
            "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=aGk=;QueueEndpoint=http://127.0.0.1:9/a/;",
        );
        let got = got.unwrap();
        assert_eq!(
            (got.queue.as_str(), got.blob.as_str()),
            ("http://127.0.0.1:9/a", "http://a.blob.core.windows.net")
        );
        assert_eq!(got.key, b"hi");
    }

    #[test]
    fn what_is_missing_is_named_and_the_key_never_printed() {
        assert_eq!(Account::parse(""), Err(ConnectionError::Missing("AccountName")));
        assert_eq!(Account::parse("AccountName=a"), Err(ConnectionError::Missing("AccountKey")));
        assert_eq!(Account::parse("AccountName=a;AccountKey=?"), Err(ConnectionError::Key));
        let account = Account::parse("AccountName=a;AccountKey=c2VjcmV0").unwrap();
        assert!(!format!("{account:?}").contains("115"));
    }
}
