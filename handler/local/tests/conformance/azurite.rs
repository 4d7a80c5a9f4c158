//! One Azurite per test binary, an account per test.
//!
//! It is found by `AZURITE` (the executable or its script), on `PATH`, or under `.local/tools` of the repository,
//! where `make run` puts it.

use blastline_local::storage::Storage;
use blastline_local::storage::connection::Account;
use rustix::process::{Pid, Signal, kill_process};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak, mpsc};
use std::time::Duration;
use tokio::time::{interval, timeout};

const ACCOUNTS: usize = 200;
const KEY: &str = "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXk=";
const START_LIMIT: Duration = Duration::from_secs(60);

static SHARED: Mutex<Weak<Azurite>> = Mutex::new(Weak::new());
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A running Azurite. The last one to drop it stops it with SIGTERM and removes its folder.
#[derive(Debug)]
struct Azurite {
    ports: [u16; 3],
    stop: Option<mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// One test's account.
#[derive(Debug)]
pub struct TestAccount {
    azurite: Arc<Azurite>,
    name: String,
}

impl TestAccount {
    /// A fresh account of the shared Azurite, which is started when no test has one.
    pub async fn new() -> Self {
        let azurite = {
            let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
            shared.upgrade().unwrap_or_else(|| {
                let new = Arc::new(Azurite::start());
                *shared = Arc::downgrade(&new);
                new
            })
        };
        azurite.ready().await;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(number < ACCOUNTS, "more tests than accounts");
        Self { azurite, name: account_name(number) }
    }

    pub fn connection_string(&self) -> String {
        let [blob, queue, table] =
            self.azurite.ports.map(|port| format!("http://127.0.0.1:{port}/{}", self.name));
        let name = &self.name;
        format!(
            "AccountName={name};AccountKey={KEY};BlobEndpoint={blob};QueueEndpoint={queue};TableEndpoint={table}"
        )
    }

    pub fn account(&self) -> Account {
        Account::parse(&self.connection_string()).unwrap()
    }

    pub fn storage(&self) -> Storage {
        Storage::new(self.account()).unwrap()
    }
}

impl Azurite {
    fn start() -> Self {
        let ports = [free_port(), free_port(), free_port()];
        let (stop, stopped) = mpsc::channel();
        // The child dies with the thread that started it, so this thread stays until the end.
        let thread = std::thread::spawn(move || {
            let folder = tempfile::tempdir().unwrap();
            let mut child = spawn(folder.path(), ports);
            let _ = stopped.recv();
            let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
            kill_process(pid, Signal::TERM).unwrap();
            child.wait().unwrap();
        });
        Self { ports, stop: Some(stop), thread: Some(thread) }
    }

    async fn ready(&self) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let wait = async {
            let mut ticks = interval(Duration::from_millis(50));
            for port in self.ports {
                while client.get(format!("http://127.0.0.1:{port}/")).send().await.is_err() {
                    ticks.tick().await;
                }
            }
        };
        timeout(START_LIMIT, wait).await.expect("Azurite did not start");
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn spawn(folder: &Path, ports: [u16; 3]) -> Child {
    let accounts: Vec<String> = (0..ACCOUNTS).map(|n| format!("{}:{KEY}", account_name(n))).collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_functions-local"));
    command.arg("exec-child").arg(std::process::id().to_string()).arg("--").arg(executable());
    for (service, port) in ["blob", "queue", "table"].iter().zip(ports) {
        command.arg(format!("--{service}Port")).arg(port.to_string());
    }
    command.args(["--silent", "--disableTelemetry", "--location"]).arg(folder);
    command.env("AZURITE_ACCOUNTS", accounts.join(";")).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
    command.spawn().unwrap()
}

fn executable() -> PathBuf {
    if let Some(given) = std::env::var_os("AZURITE") {
        return given.into();
    }
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.local/tools/node_modules/.bin/azurite");
    if tools.exists() { tools } else { "azurite".into() }
}

fn account_name(number: usize) -> String {
    format!("test{number:04}")
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
