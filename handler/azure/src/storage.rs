use crate::{CallLimits, ConnectError, Factory, StorageSettings};
use crate::{blobs::AzureBlobs, queues::AzureQueues, survey::AzureSurvey, tables::AzureTables};
use blastline_jobs::ports::{Blobs, Queues, Survey, Tables};
use std::{fmt, sync::Arc};

/// Tables, queues and blobs of one storage account. Cheap to clone; its parts share connections and identity.
#[derive(Clone)]
pub struct Storage {
    tables: Arc<dyn Tables>,
    queues: Arc<dyn Queues>,
    blobs: Arc<dyn Blobs>,
    survey: Arc<dyn Survey>,
    development: bool,
    blob_base: String,
}

impl Storage {
    /// The storage that the settings name, with the usual time limits. Nothing is called yet.
    pub fn connect(settings: &StorageSettings) -> Result<Self, ConnectError> {
        Self::connect_within(settings, CallLimits::default())
    }

    /// The same with other time limits.
    pub fn connect_within(settings: &StorageSettings, limits: CallLimits) -> Result<Self, ConnectError> {
        Factory::from_settings(settings)?.limits(limits).build()
    }

    pub(crate) fn new(
        tables: Arc<AzureTables>,
        queues: Arc<AzureQueues>,
        blobs: Arc<AzureBlobs>,
        blob_base: &str,
        development: bool,
    ) -> Self {
        let blob_base = blob_base.trim_end_matches('/').to_owned();
        let survey = AzureSurvey { tables: Arc::clone(&tables), queues: Arc::clone(&queues) };
        Self { tables, queues, blobs, survey: Arc::new(survey), development, blob_base }
    }

    /// Its tables.
    pub fn tables(&self) -> Arc<dyn Tables> {
        Arc::clone(&self.tables)
    }

    /// Its queues.
    pub fn queues(&self) -> Arc<dyn Queues> {
        Arc::clone(&self.queues)
    }

    /// Its blobs.
    pub fn blobs(&self) -> Arc<dyn Blobs> {
        Arc::clone(&self.blobs)
    }

    /// Base address of its blobs, without a slash at its end.
    pub fn blob_base(&self) -> &str {
        &self.blob_base
    }

    /// Name of the account: the first label of its host, or for an emulator the last segment of the address.
    pub fn account(&self) -> &str {
        let rest = self.blob_base.split_once("://").map_or(self.blob_base.as_str(), |(_, rest)| rest);
        match rest.rsplit_once('/') {
            Some((_, account)) => account,
            None => rest.split('.').next().unwrap_or_default(),
        }
    }

    /// Everything there is in it, for the doctor alone: what that costs grows with all that was ever stored.
    pub fn survey(&self) -> Arc<dyn Survey> {
        Arc::clone(&self.survey)
    }

    /// Whether this is the emulator on this machine: every service has a loopback address.
    pub fn is_development(&self) -> bool {
        self.development
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage").field("development", &self.development).finish_non_exhaustive()
    }
}
