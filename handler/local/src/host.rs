//! The whole host: everything read, started and tied together.

use crate::config::connections::Connections;
use crate::config::function::DEFAULT_CONNECTION;
use crate::config::host_json::HostJsonError;
use crate::config::settings::SettingsError;
use crate::config::{Discovered, Function, HostJson, Settings, Trigger, discover};
use crate::http::admin::{Admin, Rejected};
use crate::http::client::Client;
use crate::http::proxy::Proxy;
use crate::http::routes::Routes;
use crate::http::server::Server;
use crate::invoke::Invoker;
use crate::process::launch::Launch;
use crate::process::spawner::Spawner;
use crate::process::{Fleet, Worker};
use crate::queue::listener::Listener;
use crate::timer::listener::Timer;
use crate::timer::status::Monitor;
use crate::wake::Wake;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// How the host is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The script root: `host.json`, the executable, one folder per function.
    pub root: PathBuf,
    /// Where to listen.
    pub address: IpAddr,
    /// On which port; 0 for any.
    pub port: u16,
    /// How long a received message stays hidden unless it is renewed; 600 s on the platform.
    pub lease: Duration,
    /// One process for all functions in place of one per scale group.
    pub single_process: bool,
    /// How many processes a queue function gets, by name; one where it is not named.
    pub instances: BTreeMap<String, usize>,
    /// Longest silence of a proxied request; 240 s on the platform.
    pub idle_limit: Duration,
    /// This program, which turns itself into handler processes.
    pub launcher: PathBuf,
}

/// Why the host did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The script root is not there.
    #[error("{path}: {source}", path = .path.display())]
    Root {
        /// The script root.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// `local.settings.json` is unusable.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// `host.json` is unusable.
    #[error(transparent)]
    HostJson(#[from] HostJsonError),
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// No thread for child processes.
    #[error("cannot start child processes: {0}")]
    Spawner(std::io::Error),
}

/// A running host. Dropping it kills its handlers.
#[derive(Debug)]
pub struct Host {
    address: SocketAddr,
    fleet: Arc<Fleet>,
    tasks: JoinSet<()>,
}

struct Parts {
    host_id: String,
    root: PathBuf,
    settings: Settings,
    host: HostJson,
    functions: Vec<Arc<Function>>,
    found: Discovered,
}

impl Host {
    /// Reads the script root, listens, and starts every handler process and trigger.
    ///
    /// # Errors
    /// [`StartError`]. Storage that is away is no error: triggers wait for it.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let parts = Parts::read(&options)?;
        let wanted = SocketAddr::new(options.address, options.port);
        let listen = |source| StartError::Listen { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let spawner = Spawner::start().map_err(StartError::Spawner)?;
        let client = Client::default();
        let mut fleet = Fleet::plan(&parts.functions, &options.instances, options.single_process);
        fleet.start(&spawner, &Arc::new(parts.launch(options.launcher.clone(), address)), &client);
        let fleet = Arc::new(fleet);
        let wake = Wake::new();
        // Invocations that arrive early wait about four start-up times, as on the platform.
        let start_limit = parts.host.handler.initialization_timeout * 4;
        let invoker = Arc::new(Invoker {
            client: client.clone(),
            connections: Connections::new(
                parts.functions.iter().map(Arc::as_ref),
                DEFAULT_CONNECTION,
                &parts.settings,
            ),
            wake: wake.clone(),
            function_timeout: parts.host.function_timeout,
            start_limit,
            encoding: parts.host.queues.message_encoding,
        });
        let mut tasks = JoinSet::new();
        parts.listen_to_queues(&mut tasks, &fleet, &invoker, &options);
        let timers = parts.timers(&fleet, &invoker);
        for timer in timers.values() {
            let timer = timer.clone();
            tasks.spawn(async move { timer.listen().await });
        }
        let (idle_limit, function_timeout) = (options.idle_limit, parts.host.function_timeout);
        let server = Arc::new(Server {
            routes: Routes::new(&parts.functions),
            fleet: fleet.clone(),
            proxy: Proxy { client, idle_limit, function_timeout, start_limit },
            allowed_origins: parts.settings.allowed_origins().to_vec(),
            admin: parts.admin(timers, fleet.clone(), invoker),
            wake,
        });
        tasks.spawn(server.listen(listener));
        // The spawner's thread must outlive every child: it goes when this task does.
        tasks.spawn(async move {
            let _held = spawner;
            std::future::pending::<()>().await;
        });
        Ok(Self { address, fleet, tasks })
    }

    /// Where the host listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until requests are answered: the `http` group's process is ready, or every process when there is none.
    pub async fn ready(&self) {
        let http = self.fleet.of("http");
        let all = if http.is_empty() { self.fleet.workers() } else { http };
        for worker in all {
            worker.when_ready().await;
        }
    }

    /// Kills every handler and takes no more work.
    pub fn stop(&mut self) {
        self.tasks.abort_all();
        self.fleet.stop();
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Parts {
    fn read(options: &Options) -> Result<Self, StartError> {
        let at = |source| StartError::Root { path: options.root.clone(), source };
        let root = options.root.canonicalize().map_err(at)?;
        let settings = Settings::load(&root.join("local.settings.json"), std::env::vars())?;
        let host = HostJson::load(&root, &settings)?;
        let mut found = discover(&root, &host, &settings).map_err(at)?;
        for (name, error) in &found.rejected {
            tracing::error!(function = name, %error, "the function is skipped");
        }
        for name in &found.disabled {
            tracing::info!(function = name, "the function is switched off");
        }
        let functions: Vec<_> = std::mem::take(&mut found.functions).into_iter().map(Arc::new).collect();
        if functions.is_empty() {
            tracing::warn!(root = %root.display(), "no functions were found");
        }
        Ok(Self { host_id: host_id(&root, &settings), root, settings, host, functions, found })
    }

    fn launch(&self, launcher: PathBuf, address: SocketAddr) -> Launch {
        Launch {
            launcher,
            root: self.root.clone(),
            handler: self.host.handler.clone(),
            settings: self.settings.clone(),
            hostname: address.to_string(),
        }
    }

    /// One listener for each process of a queue function: each instance takes messages for itself.
    fn listen_to_queues(
        &self,
        tasks: &mut JoinSet<()>,
        fleet: &Fleet,
        invoker: &Arc<Invoker>,
        options: &Options,
    ) {
        for function in &self.functions {
            let Trigger::Queue { queue, connection, binary } = &function.trigger else { continue };
            let storage = match invoker.connections.get(connection) {
                Ok(storage) => storage,
                Err(error) => {
                    tracing::error!(function = function.name, %error, "the queue is not listened to");
                    continue;
                }
            };
            for worker in fleet.of(&function.group()) {
                let listener = Arc::new(Listener {
                    function: function.clone(),
                    queue: queue.clone(),
                    binary: *binary,
                    worker: worker.clone(),
                    storage: storage.clone(),
                    invoker: invoker.clone(),
                    settings: self.host.queues.clone(),
                    lease: options.lease,
                });
                tasks.spawn(listener.run());
            }
        }
    }

    fn timers(&self, fleet: &Fleet, invoker: &Arc<Invoker>) -> BTreeMap<String, Arc<Timer>> {
        let timer = |function: &Arc<Function>| {
            let Trigger::Timer { schedule, run_on_startup, use_monitor } = &function.trigger else {
                return None;
            };
            let worker: &Arc<Worker> = fleet.of(&function.group()).first()?;
            let remembers =
                use_monitor.unwrap_or(true) && !schedule.is_under_a_minute(OffsetDateTime::now_utc());
            let storage = match invoker.connections.get(DEFAULT_CONNECTION) {
                Ok(storage) => Some(storage.clone()),
                Err(error) => {
                    tracing::error!(function = function.name, %error, "the timer forgets its ticks");
                    None
                }
            };
            let monitor =
                storage.filter(|_| remembers).map(|s| Monitor::new(s, &self.host_id, &function.name));
            let timer = Timer {
                function: function.clone(),
                schedule: *schedule,
                run_on_startup: *run_on_startup,
                monitor,
                worker: worker.clone(),
                invoker: invoker.clone(),
                single: Mutex::new(None),
            };
            Some((function.name.clone(), Arc::new(timer)))
        };
        self.functions.iter().filter_map(timer).collect()
    }

    fn admin(&self, timers: BTreeMap<String, Arc<Timer>>, fleet: Arc<Fleet>, invoker: Arc<Invoker>) -> Admin {
        Admin {
            host_id: self.host_id.clone(),
            functions: self.functions.clone(),
            timers,
            rejected: Rejected::of(&self.found),
            disabled: self.found.disabled.clone(),
            fleet,
            invoker,
        }
    }
}

/// The configured id, the site's name, or one made of the script root: two apps must not share timers by accident.
fn host_id(root: &Path, settings: &Settings) -> String {
    let named = settings.get("AzureFunctionsWebHost__hostid").or_else(|| settings.get("WEBSITE_SITE_NAME"));
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    let named: String = named.unwrap_or_default().chars().filter(plain).take(32).collect();
    if !named.is_empty() {
        return named.to_ascii_lowercase();
    }
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    digest.iter().take(6).fold("local-".to_owned(), |id, byte| format!("{id}{byte:02x}"))
}
