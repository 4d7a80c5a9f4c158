use crate::{ConnectError, CredentialSource, Endpoints, endpoints::parse};
use azure_core::credentials::Secret;
use std::{collections::BTreeMap, fmt};

/// Account of the local emulator.
/// Source: <https://learn.microsoft.com/azure/storage/common/storage-connect-azurite>, its key too.
const DEVELOPMENT_ACCOUNT: &str = "devstoreaccount1";
/// Key of the local emulator: published, the same everywhere, and no secret.
const DEVELOPMENT_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// A storage connection string. It holds a key, so it does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectionString(Secret);

impl ConnectionString {
    /// Takes the text of the setting as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Secret::new(text.into()))
    }

    /// The connection string of the local emulator at its usual ports.
    pub fn development() -> Self {
        Self::new("UseDevelopmentStorage=true")
    }

    /// Account, key and addresses.
    pub(crate) fn parts(&self) -> Result<KeyAccess, ConnectError> {
        let refuse = |problem: &str| ConnectError::ConnectionString { problem: problem.to_owned() };
        let mut fields = BTreeMap::new();
        for part in self.0.secret().split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| refuse("a part has no `=`"))?;
            fields.insert(name.trim().to_ascii_lowercase(), value.trim());
        }
        if fields.get("usedevelopmentstorage").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            if fields.len() > 1 {
                return Err(refuse(
                    "`UseDevelopmentStorage=true` takes no further parts; name the endpoints",
                ));
            }
            return KeyAccess::development();
        }
        let field = |name: &str| fields.get(name).copied().filter(|value| !value.is_empty());
        if field("sharedaccesssignature").is_some() {
            return Err(refuse("a shared access signature is not taken; use an identity or an account key"));
        }
        let account = field("accountname").ok_or_else(|| refuse("it lacks AccountName"))?;
        let key = field("accountkey").ok_or_else(|| refuse("it lacks AccountKey"))?;
        let mut endpoints =
            Endpoints::of_account(account, field("endpointsuffix").unwrap_or("core.windows.net"))?;
        for (name, slot) in [
            ("BlobEndpoint", &mut endpoints.blob),
            ("QueueEndpoint", &mut endpoints.queue),
            ("TableEndpoint", &mut endpoints.table),
        ] {
            if let Some(address) = field(&name.to_ascii_lowercase()) {
                *slot = parse(name, address)?;
            }
        }
        Ok(KeyAccess { account: account.to_owned(), key: Secret::new(key.to_owned()), endpoints })
    }
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectionString(…)")
    }
}

/// What a connection string says.
#[derive(Debug, Clone)]
pub struct KeyAccess {
    /// Account name.
    pub account: String,
    /// Account key, base64.
    pub key: Secret,
    /// Addresses of the services.
    pub endpoints: Endpoints,
}

impl KeyAccess {
    fn development() -> Result<Self, ConnectError> {
        let at =
            |name: &str, port: u16| parse(name, &format!("http://127.0.0.1:{port}/{DEVELOPMENT_ACCOUNT}"));
        Ok(Self {
            account: DEVELOPMENT_ACCOUNT.to_owned(),
            key: Secret::new(DEVELOPMENT_KEY),
            endpoints: Endpoints {
                blob: at("blob", 10000)?,
                queue: at("queue", 10001)?,
                table: at("table", 10002)?,
            },
        })
    }
}

/// How storage is reached, as the settings say it: by a connection string, or by an identity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StorageSettings {
    /// `AzureWebJobsStorage`.
    pub connection_string: Option<ConnectionString>,
    /// `AzureWebJobsStorage__accountName`: the account, in the public cloud.
    pub account_name: Option<String>,
    /// `AzureWebJobsStorage__blobServiceUri`.
    pub blob_service_uri: Option<String>,
    /// `AzureWebJobsStorage__queueServiceUri`.
    pub queue_service_uri: Option<String>,
    /// `AzureWebJobsStorage__tableServiceUri`.
    pub table_service_uri: Option<String>,
    /// `AzureWebJobsStorage__clientId`: the user-assigned identity; none means the system-assigned one.
    pub client_id: Option<String>,
    /// Which identity the process has.
    pub credential: CredentialSource,
}

impl StorageSettings {
    /// The local emulator at its usual ports.
    pub fn development() -> Self {
        Self::of(ConnectionString::development())
    }

    /// Storage behind a connection string.
    pub fn of(connection_string: ConnectionString) -> Self {
        Self { connection_string: Some(connection_string), ..Self::default() }
    }

    /// Reads the settings through a look-up of environment variables; empty values count as absent.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| get(name).filter(|value| !value.trim().is_empty());
        let part = |name: &str| get(&format!("AzureWebJobsStorage__{name}"));
        Self {
            connection_string: get("AzureWebJobsStorage").map(ConnectionString::new),
            account_name: part("accountName"),
            blob_service_uri: part("blobServiceUri"),
            queue_service_uri: part("queueServiceUri"),
            table_service_uri: part("tableServiceUri"),
            client_id: part("clientId").or_else(|| get("AZURE_CLIENT_ID")),
            credential: CredentialSource::detect(part("credential").as_deref(), |name| get(name).is_some()),
        }
    }

    /// Whether any part of the identity-based connection is set.
    fn names_identity(&self) -> bool {
        [&self.account_name, &self.blob_service_uri, &self.queue_service_uri, &self.table_service_uri]
            .into_iter()
            .any(Option::is_some)
    }

    /// The way in: exactly one of the two.
    pub(crate) fn access(&self) -> Result<SettingsAccess, ConnectError> {
        match (&self.connection_string, self.names_identity()) {
            (Some(_), true) => Err(ConnectError::Contradiction),
            (Some(connection_string), false) => connection_string.parts().map(SettingsAccess::Key),
            (None, true) => self.identity_endpoints().map(SettingsAccess::Identity),
            (None, false) => Err(ConnectError::Missing),
        }
    }

    fn identity_endpoints(&self) -> Result<Endpoints, ConnectError> {
        let service = |name: &str, uri: &Option<String>| match (uri, &self.account_name) {
            (Some(uri), _) => parse(&format!("AzureWebJobsStorage__{name}ServiceUri"), uri),
            (None, Some(account)) => parse(
                "AzureWebJobsStorage__accountName",
                &format!("https://{account}.{name}.core.windows.net/"),
            ),
            (None, None) => Err(ConnectError::Address {
                name: format!("AzureWebJobsStorage__{name}ServiceUri"),
                problem: "it is not set, and neither is AzureWebJobsStorage__accountName".to_owned(),
            }),
        };
        Ok(Endpoints {
            blob: service("blob", &self.blob_service_uri)?,
            queue: service("queue", &self.queue_service_uri)?,
            table: service("table", &self.table_service_uri)?,
        })
    }
}

/// The one way in that the settings name.
#[derive(Debug, Clone)]
pub enum SettingsAccess {
    /// An account key.
    Key(KeyAccess),
    /// An identity, at these addresses.
    Identity(Endpoints),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> StorageSettings {
        StorageSettings::read(|name| {
            set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_key_does_not_print() {
        let text = "AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:1/a";
        let settings = StorageSettings::of(ConnectionString::new(text));
        let access = settings.access().unwrap();
        for printed in [format!("{settings:?}"), format!("{access:?}")] {
            assert!(!printed.contains("c2VjcmV0"), "{printed}");
        }
    }

    #[test]
    fn endpoints_come_from_the_string_or_the_suffix() {
        let text = "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=a2V5==;EndpointSuffix=core.example;\
                    TableEndpoint=http://127.0.0.1:7/acct";
        let parts = ConnectionString::new(text).parts().unwrap();
        assert_eq!(parts.endpoints.blob.as_str(), "https://acct.blob.core.example/");
        assert_eq!(parts.endpoints.table.as_str(), "http://127.0.0.1:7/acct");
        assert_eq!(parts.key.secret(), "a2V5==");
    }

    #[test]
    fn broken_connection_strings_say_what_is_wrong() {
        for (text, problem) in [
            ("AccountName=a", "AccountKey"),
            ("AccountKey=a2V5", "AccountName"),
            ("nonsense", "no `=`"),
            ("AccountName=a;SharedAccessSignature=sv=x", "shared access signature"),
            ("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://h", "no further parts"),
        ] {
            let error = ConnectionString::new(text).parts().unwrap_err().to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }

    #[test]
    fn two_ways_in_are_a_contradiction_and_none_is_missing() {
        let both = read(&[
            ("AzureWebJobsStorage", "UseDevelopmentStorage=true"),
            ("AzureWebJobsStorage__accountName", "a"),
        ]);
        assert!(matches!(both.access(), Err(ConnectError::Contradiction)));
        assert!(matches!(read(&[("AzureWebJobsStorage", " ")]).access(), Err(ConnectError::Missing)));
    }

    #[test]
    fn an_account_name_leads_to_the_public_cloud_and_a_uri_goes_before_it() {
        let settings = read(&[
            ("AzureWebJobsStorage__accountName", "acct"),
            ("AzureWebJobsStorage__tableServiceUri", "https://tables.example.org/"),
            ("AzureWebJobsStorage__clientId", "id-1"),
            ("IDENTITY_ENDPOINT", "http://127.0.0.1:1/token"),
        ]);
        assert_eq!(settings.client_id.as_deref(), Some("id-1"));
        assert_eq!(settings.credential, CredentialSource::ManagedIdentity);
        let SettingsAccess::Identity(endpoints) = settings.access().unwrap() else { panic!("an identity") };
        assert_eq!(endpoints.queue.as_str(), "https://acct.queue.core.windows.net/");
        assert_eq!(endpoints.table.as_str(), "https://tables.example.org/");
    }
}
