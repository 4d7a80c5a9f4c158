//! A script root and a host that runs it.

use crate::account::TestAccount;
use crate::scripted::{Script, Seen};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde::Deserialize;
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

const PATIENCE: Duration = Duration::from_secs(30);

/// What to run.
pub struct Plan {
    root: TempDir,
    host: Value,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

/// A running host with everything around it.
pub struct TestHost {
    pub base: String,
    pub script: Script,
    pub account: TestAccount,
    pub http: reqwest::Client,
    root: TempDir,
    process: Child,
}

#[derive(Debug, Deserialize)]
pub struct Status {
    pub id: String,
    pub state: String,
    pub functions: Vec<String>,
    pub rejected: Vec<Rejected>,
    pub disabled: Vec<String>,
    pub processes: Vec<Process>,
}

#[derive(Debug, Deserialize)]
pub struct Rejected {
    pub name: String,
    pub reason: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Process {
    pub group: Option<String>,
    pub state: String,
    pub pid: Option<i32>,
    pub restarts: u64,
}

impl Plan {
    /// Proxied HTTP, one message at a time, quick retries.
    pub fn new() -> Self {
        let handler = env!("CARGO_BIN_EXE_toy-handler");
        let host = json!({
            "version": "2.0",
            "extensions": {
                "http": {"routePrefix": ""},
                "queues": {"batchSize": 1, "newBatchThreshold": 0, "visibilityTimeout": "00:00:00", "maxDequeueCount": 3},
            },
            "customHandler": {
                "description": {"defaultExecutablePath": handler, "arguments": ["serve"]},
                "enableProxyingHttpRequest": true,
                "enableForwardingHttpRequest": true,
            },
        });
        Self { root: tempfile::tempdir().unwrap(), host, arguments: Vec::new(), environment: Vec::new() }
    }

    pub fn function(self, name: &str, bindings: &Value) -> Self {
        self.file(&format!("{name}/function.json"), &json!({ "bindings": bindings }).to_string())
    }

    pub fn http(self, name: &str, route: &str, methods: &[&str]) -> Self {
        let trigger = json!({"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous",
            "route": route, "methods": methods});
        self.function(name, &json!([trigger, {"type": "http", "direction": "out", "name": "res"}]))
    }

    pub fn queue(self, name: &str, queue: &str) -> Self {
        self.function(
            name,
            &json!([{"type": "queueTrigger", "direction": "in", "name": "message", "queueName": queue}]),
        )
    }

    pub fn file(self, path: &str, text: &str) -> Self {
        let path = self.root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Overrides a key of host.json, as `/extensions/queues/batchSize`.
    pub fn host(mut self, pointer: &str, value: Value) -> Self {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        self.host.pointer_mut(parent).unwrap()[key] = value;
        self
    }

    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.extend(argument.split(' ').map(str::to_owned));
        self
    }

    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub async fn start(self) -> TestHost {
        let account = TestAccount::new();
        self.start_with(account).await
    }

    pub async fn start_with(self, account: TestAccount) -> TestHost {
        self.launch(account).await
    }

    /// For a handler that never becomes ready, on a port chosen beforehand.
    pub async fn start_unready(self) -> TestHost {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let account = TestAccount::new();
        let mut host = self.spawn(account, port).await;
        host.base = format!("http://127.0.0.1:{port}");
        let wait = async {
            let mut ticks = interval(Duration::from_millis(20));
            while host.http.get(host.url("/admin/host/status")).send().await.is_err() {
                ticks.tick().await;
            }
        };
        timeout(PATIENCE, wait).await.expect("the host does not listen");
        host
    }

    async fn launch(self, account: TestAccount) -> TestHost {
        let mut host = self.spawn(account, 0).await;
        let mut lines = BufReader::new(host.process.stdout.take().unwrap()).lines();
        let ready = timeout(PATIENCE, lines.next_line()).await;
        let ready = ready.ok().and_then(Result::ok).flatten();
        let Some(base) = ready.as_deref().and_then(|line| line.strip_prefix("ready ")) else {
            panic!("the host did not become ready: {ready:?}\n{}", host.log());
        };
        host.base = base.to_owned();
        host
    }

    async fn spawn(self, account: TestAccount, port: u16) -> TestHost {
        std::fs::write(self.root.path().join("host.json"), self.host.to_string()).unwrap();
        let script = Script::start().await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_functions-local"));
        command.arg("--port").arg(port.to_string()).arg("--root").arg(self.root.path()).args(&self.arguments);
        command.env("AzureWebJobsStorage", account.connection_string()).env("TOY_TEST", &script.url);
        command.envs(self.environment).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        command.stderr(File::create(self.root.path().join("host.log")).unwrap());
        let process = command.spawn().unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        TestHost { base: String::new(), script, account, http, root: self.root, process }
    }
}

impl TestHost {
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub async fn echo(&self, path: &str) -> Seen {
        self.http.get(self.url(path)).send().await.unwrap().json().await.unwrap()
    }

    pub async fn status(&self) -> Status {
        self.http.get(self.url("/admin/host/status")).send().await.unwrap().json().await.unwrap()
    }

    /// Waits until the host's own view satisfies `condition`.
    pub async fn until(&self, condition: impl Fn(&Status) -> bool) -> Status {
        let wait = async {
            let mut ticks = interval(Duration::from_millis(20));
            loop {
                ticks.tick().await;
                let status = self.status().await;
                if condition(&status) {
                    return status;
                }
            }
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("the state did not come\n{}", self.log()))
    }

    /// The process of a group, once it is ready.
    pub async fn process(&self, group: &str) -> Process {
        let ready =
            |s: &Status| s.processes.iter().any(|p| p.group.as_deref() == Some(group) && p.state == "ready");
        let status = self.until(ready).await;
        status.processes.into_iter().find(|p| p.group.as_deref() == Some(group)).unwrap()
    }

    /// Puts a base64 message, as the platform's clients do.
    pub async fn put(&self, queue: &str, text: &str) {
        use base64::Engine as _;
        let stored = base64::engine::general_purpose::STANDARD.encode(text);
        self.account.storage().put_message(queue, &stored, Duration::ZERO).await.unwrap();
    }

    /// Waits for a message in `queue`, takes and deletes it, and gives its stored text.
    pub async fn take(&self, queue: &str) -> String {
        let storage = self.account.storage();
        let wait = async {
            let mut ticks = interval(Duration::from_millis(20));
            loop {
                ticks.tick().await;
                let got = storage.get_messages(queue, 1, Duration::from_secs(30)).await.unwrap();
                if let Some(message) = got.into_iter().next() {
                    storage.delete_message(queue, &message.id, &message.pop_receipt).await.unwrap();
                    return message.text;
                }
            }
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("no message came to {queue}\n{}", self.log()))
    }

    /// Waits until a queue holds no message at all, hidden ones included.
    pub async fn until_empty(&self, queue: &str) {
        let wait = async {
            let mut ticks = interval(Duration::from_millis(20));
            while crate::rows::message_count(&self.account.account(), queue).await != 0 {
                ticks.tick().await;
            }
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{queue} is not empty\n{}", self.log()));
    }

    pub fn log(&self) -> String {
        log(self.root.path())
    }

    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.process.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    pub async fn ended(&mut self) -> ExitStatus {
        timeout(PATIENCE, self.process.wait()).await.expect("the host did not end").unwrap()
    }
}

/// Waits until a process is gone.
pub async fn until_gone(pid: i32) {
    let pid = Pid::from_raw(pid).unwrap();
    let wait = async {
        let mut ticks = interval(Duration::from_millis(20));
        while test_kill_process(pid).is_ok() && !is_zombie(pid) {
            ticks.tick().await;
        }
    };
    timeout(PATIENCE, wait).await.expect("the process is still there");
}

pub fn kill(pid: i32) {
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

/// In a container whose first process reaps nobody, orphans stay behind as zombies: dead, but with a number.
fn is_zombie(pid: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z'))
}

fn log(root: &Path) -> String {
    std::fs::read_to_string(root.join("host.log")).unwrap_or_default()
}
