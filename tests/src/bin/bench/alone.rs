//! The handler by itself, without a host, behind proxies that count its storage calls: nothing else calls.

use blastline_azure::{ConnectionString, Storage, StorageSettings};
use blastline_tests::{
    azurite::{Account, Addresses, Azurite},
    chain::{Database, add_database, api::Api, places::handler, until},
    proxy::Proxy,
};
use std::{
    collections::BTreeMap,
    net::TcpListener,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A handler process with an account of its own.
pub struct Alone {
    /// A client.
    pub api: Api,
    process: Child,
    proxies: [Proxy; 3],
    account: Account,
    environment: BTreeMap<String, String>,
    dir: TempDir,
}

impl Alone {
    /// Starts it with a database.
    pub async fn with(database: &Database) -> Self {
        let account = Azurite::shared().account();
        let direct = account.addresses().clone();
        let proxies = [
            Proxy::before(&direct.blob).await.unwrap(),
            Proxy::before(&direct.queue).await.unwrap(),
            Proxy::before(&direct.table).await.unwrap(),
        ];
        let [blob, queue, table] = proxies.each_ref().map(Proxy::url);
        let dir = tempfile::Builder::new().prefix("blastline-bench-").tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).display().to_string();
        let mut environment = BTreeMap::from([
            ("AzureWebJobsStorage".to_owned(), account.connection_string()),
            ("CACHE_DIR".to_owned(), path("cache")),
            ("SCRATCH_DIR".to_owned(), path("scratch")),
        ]);
        add_database(dir.path(), &environment, database).await;
        let counted = account.connection_string_through(&Addresses { blob, queue, table });
        environment.insert("AzureWebJobsStorage".to_owned(), counted);
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let process = Command::new(handler())
            .arg("serve")
            .envs(&environment)
            .env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let api = Api::at(format!("http://127.0.0.1:{port}"));
        let alone = Self { api, process, proxies, account, environment, dir };
        until("the handler is ready", || async {
            let asked = alone.api.request(reqwest::Method::GET, "/api/health/ready").send().await;
            asked.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        alone
    }

    /// Its process.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.process.id()).unwrap()
    }

    /// Storage calls that it has made.
    pub fn calls(&self) -> u64 {
        self.proxies.iter().map(Proxy::requests).sum()
    }

    /// Its storage, not by way of the proxies.
    pub fn storage(&self) -> Storage {
        let connection = ConnectionString::new(self.account.connection_string());
        Storage::connect(&StorageSettings::of(connection)).unwrap()
    }

    /// Calls that something makes.
    pub async fn counted<T>(&self, what: impl Future<Output = T>) -> (u64, T) {
        let before = self.calls();
        let done = what.await;
        (self.calls() - before, done)
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = (&self.environment, &self.dir);
    }
}
