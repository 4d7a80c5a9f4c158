use crate::{
    CallLimits, ConnectError, Endpoints, Storage, StorageSettings,
    blobs::AzureBlobs,
    patience::Patience,
    queues::AzureQueues,
    settings::SettingsAccess,
    shared_key::{SharedKey, Signing},
    tables::AzureTables,
};
use azure_core::{
    credentials::{Secret, TokenCredential},
    http::{
        ClientOptions, ExponentialRetryOptions, Pipeline, RetryOptions, Transport, UserAgentOptions,
        policies::{Policy, auth::BearerTokenAuthorizationPolicy},
    },
    time::Duration as AzureDuration,
};
use azure_storage_blob::{BlobServiceClient, BlobServiceClientOptions};
use azure_storage_queue::{QueueServiceClient, QueueServiceClientOptions};
use std::{sync::Arc, time::Duration};

/// Version of the Blob and Queue services that every call asks for. The newest that Azurite 3.35 knows too; the
/// crates' own default is newer and Azurite refuses it.
const API_VERSION: &str = "2025-11-05";
/// Scope of a token for storage.
const STORAGE_SCOPE: &str = "https://storage.azure.com/.default";

/// How requests are authorised.
#[derive(Debug, Clone)]
enum Access {
    Key { account: String, key: Secret },
    Identity(Arc<dyn TokenCredential>),
}

/// The one place that knows how storage is reached: addresses, key or identity, API version, retries, time limits.
#[derive(Debug, Clone)]
pub struct Factory {
    endpoints: Endpoints,
    access: Access,
    limits: CallLimits,
    http: Option<reqwest::Client>,
}

impl Factory {
    /// From the settings. A credential is made here and shared by all three services.
    pub fn from_settings(settings: &StorageSettings) -> Result<Self, ConnectError> {
        match settings.access()? {
            SettingsAccess::Key(key) => Ok(Self {
                endpoints: key.endpoints,
                access: Access::Key { account: key.account, key: key.key },
                limits: CallLimits::default(),
                http: None,
            }),
            SettingsAccess::Identity(endpoints) => {
                let credential = settings.credential.credential(settings.client_id.as_deref())?;
                Self::with_credential(endpoints, credential)
            }
        }
    }

    /// At these addresses with this identity. A token never travels over plain HTTP.
    pub fn with_credential(
        endpoints: Endpoints,
        credential: Arc<dyn TokenCredential>,
    ) -> Result<Self, ConnectError> {
        for (name, url) in
            [("blob", &endpoints.blob), ("queue", &endpoints.queue), ("table", &endpoints.table)]
        {
            if url.scheme() != "https" {
                return Err(ConnectError::Address {
                    name: name.to_owned(),
                    problem: "an identity needs https".to_owned(),
                });
            }
        }
        Ok(Self {
            endpoints,
            access: Access::Identity(credential),
            limits: CallLimits::default(),
            http: None,
        })
    }

    /// With other time limits.
    #[must_use]
    pub fn limits(mut self, limits: CallLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Trusts one more certificate authority, given as PEM: Azurite over https has its own.
    pub fn trust(mut self, pem: &[u8]) -> Result<Self, ConnectError> {
        let certificate = reqwest::Certificate::from_pem(pem).map_err(client_error)?;
        self.http = Some(self.client_builder().tls_certs_merge([certificate]).build().map_err(client_error)?);
        Ok(self)
    }

    /// Makes the storage. Nothing is called yet.
    pub fn build(self) -> Result<Storage, ConnectError> {
        let http = match &self.http {
            Some(http) => http.clone(),
            None => self.client_builder().build().map_err(client_error)?,
        };
        let invalid = |error: azure_core::Error| ConnectError::Client { problem: error.to_string() };
        let blobs = BlobServiceClient::new(
            self.endpoints.blob.clone(),
            self.credential(),
            Some(BlobServiceClientOptions {
                client_options: self.client_options(&http, Signing::BlobOrQueue),
                version: API_VERSION.to_owned(),
            }),
        )
        .map_err(invalid)?;
        let queues = QueueServiceClient::new(
            self.endpoints.queue.clone(),
            self.credential(),
            Some(QueueServiceClientOptions {
                client_options: self.client_options(&http, Signing::BlobOrQueue),
                version: API_VERSION.to_owned(),
            }),
        )
        .map_err(invalid)?;
        let tables = AzureTables::new(self.endpoints.table.clone(), self.table_pipeline(&http), self.limits);
        Ok(Storage::new(
            Arc::new(tables),
            Arc::new(AzureQueues::new(queues, self.limits)),
            Arc::new(AzureBlobs::new(blobs, self.limits)),
            self.endpoints.blob.as_str(),
            self.endpoints.is_loopback(),
        ))
    }

    fn credential(&self) -> Option<Arc<dyn TokenCredential>> {
        match &self.access {
            Access::Key { .. } => None,
            Access::Identity(credential) => Some(Arc::clone(credential)),
        }
    }

    /// One connection pool for all three services.
    fn client_builder(&self) -> reqwest::ClientBuilder {
        let builder = reqwest::Client::builder()
            .connect_timeout(self.limits.connect)
            .read_timeout(self.limits.idle)
            // The platform's load balancers drop idle connections without a word after four minutes.
            .pool_idle_timeout(Duration::from_secs(60))
            .redirect(reqwest::redirect::Policy::none())
            // Decompressed answers have other sizes than their ranges: ranged reads would fail.
            .no_gzip()
            .no_deflate();
        if self.endpoints.is_loopback() { builder.no_proxy() } else { builder }
    }

    fn client_options(&self, http: &reqwest::Client, signing: Signing) -> ClientOptions {
        let milliseconds =
            |span: Duration| AzureDuration::milliseconds(i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
        let mut per_try: Vec<Arc<dyn Policy>> = vec![Patience::new(self.limits)];
        if let Access::Key { account, key } = &self.access {
            per_try.push(SharedKey::new(account, key, signing));
        }
        ClientOptions {
            per_try_policies: per_try,
            retry: RetryOptions::exponential(ExponentialRetryOptions {
                initial_delay: milliseconds(self.limits.first_delay),
                max_retries: self.limits.tries.saturating_sub(1),
                max_total_elapsed: milliseconds(self.limits.whole),
                max_delay: AzureDuration::seconds(2),
            }),
            transport: Some(Transport::new(Arc::new(http.clone()))),
            user_agent: UserAgentOptions { application_id: Some("blastline".to_owned()) },
            ..Default::default()
        }
    }

    fn table_pipeline(&self, http: &reqwest::Client) -> Pipeline {
        let authorize: Vec<Arc<dyn Policy>> = match &self.access {
            Access::Key { .. } => Vec::new(),
            Access::Identity(credential) => {
                vec![Arc::new(BearerTokenAuthorizationPolicy::new(Arc::clone(credential), [STORAGE_SCOPE]))]
            }
        };
        Pipeline::new(
            option_env!("CARGO_PKG_NAME"),
            option_env!("CARGO_PKG_VERSION"),
            self.client_options(http, Signing::Table),
            Vec::new(),
            authorize,
            None,
        )
    }
}

fn client_error(error: reqwest::Error) -> ConnectError {
    ConnectError::Client { problem: error.to_string() }
}
