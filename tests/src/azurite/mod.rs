//! Azurite, once per test binary, with an account for each test.
//!
//! A test binary runs no destructors of its statics, and Azurite keeps its last writes only when it is stopped by
//! SIGTERM. So a small shell waits on a pipe from the test process: when that process ends, in whatever way, the
//! pipe closes, the shell stops Azurite and takes its directory away. An Azurite that a client still holds a
//! connection to would wait for that client, so after a while it is killed.

mod own;

pub use own::OwnAzurite;

use std::{
    env,
    ffi::{OsStr, OsString},
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// Accounts of one Azurite: more than a test binary has tests.
const ACCOUNTS: usize = 128;
/// Longest start, on a busy machine.
const START: Duration = Duration::from_secs(60);

/// Runs Azurite beside a reader of the pipe. `$1` is its directory, the rest its command.
const SUPERVISOR: &str = r#"
dir=$1; shift
exec 3<&0
"$@" 3<&- </dev/null 2>&1 &
azurite=$!
( cat <&3; kill -TERM $azurite; sleep 15; kill -KILL $azurite ) >/dev/null 2>&1 &
watcher=$!
wait $azurite
kill $watcher 2>/dev/null
rm -rf "$dir"
"#;

/// A running Azurite. Dropping it closes the pipe, and so ends it in its own time.
#[derive(Debug)]
pub struct Azurite {
    addresses: Addresses,
    handed_out: AtomicUsize,
    /// Taken away by the supervisor.
    dir: PathBuf,
    /// Its open standard input keeps Azurite alive.
    supervisor: Child,
}

/// Where the three services listen, as `http://127.0.0.1:40123`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addresses {
    /// Blob service.
    pub blob: String,
    /// Queue service.
    pub queue: String,
    /// Table service.
    pub table: String,
}

/// A storage account of its own for one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Account name.
    pub name: String,
    /// Account key, base64.
    pub key: String,
    addresses: Addresses,
}

/// Server certificate and its key, as PEM files.
#[derive(Debug, Clone, Copy)]
pub struct Https<'a> {
    /// Certificate, with its chain.
    pub certificate: &'a Path,
    /// Private key.
    pub key: &'a Path,
}

impl Azurite {
    /// The Azurite of this test binary, started at the first call.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Azurite> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[]))
    }

    /// One of its own, over https and with tokens checked, as production is reached.
    pub fn with_tokens(https: Https<'_>) -> Self {
        let args: [&OsStr; 6] = [
            "--oauth".as_ref(),
            "basic".as_ref(),
            "--cert".as_ref(),
            https.certificate.as_os_str(),
            "--key".as_ref(),
            https.key.as_os_str(),
        ];
        Self::start(&args)
    }

    fn start(extra: &[&OsStr]) -> Self {
        let program = find();
        let dir =
            tempfile::Builder::new().prefix("azurite-").tempdir().expect("a temporary directory").keep();
        let accounts: Vec<_> = (0..ACCOUNTS).map(|index| format!("{}:{}", name(index), key(index))).collect();
        let mut supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "azurite"])
            .arg(&dir)
            .arg(&program)
            .args([
                "--silent",
                "--disableTelemetry",
                "--blobPort",
                "0",
                "--queuePort",
                "0",
                "--tablePort",
                "0",
            ])
            .arg("--location")
            .arg(&dir)
            .args(extra)
            .env("AZURITE_ACCOUNTS", accounts.join(";"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C ends the test process; Azurite is to be stopped in its own way after it.
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
        let output = supervisor.stdout.take().expect("a pipe");
        let addresses = addresses(BufReader::new(output));
        Self { addresses, handed_out: AtomicUsize::new(0), dir, supervisor }
    }

    /// An account that no other test of this binary has.
    pub fn account(&self) -> Account {
        let index = self.handed_out.fetch_add(1, Ordering::SeqCst);
        assert!(index < ACCOUNTS, "this test binary wants over {ACCOUNTS} accounts: raise ACCOUNTS");
        Account { name: name(index), key: key(index), addresses: self.addresses.clone() }
    }

    /// Stops it by SIGTERM and waits until it and its directory are gone. Only for an Azurite of one's own.
    ///
    /// Blocks, and Azurite waits in turn until its clients have let go of their connections: call it beside the
    /// runtime that drives them, not on it.
    pub fn stop(mut self) {
        drop(self.supervisor.stdin.take());
        self.supervisor.wait().expect("the supervisor ends");
        assert!(!self.dir.exists(), "{} is left over", self.dir.display());
    }
}

impl Account {
    /// The connection string, straight to Azurite.
    pub fn connection_string(&self) -> String {
        self.connection_string_through(&self.addresses)
    }

    /// The connection string by way of other addresses, for example of proxies.
    pub fn connection_string_through(&self, addresses: &Addresses) -> String {
        let Self { name, key, .. } = self;
        let Addresses { blob, queue, table } = addresses;
        format!(
            "DefaultEndpointsProtocol=http;AccountName={name};AccountKey={key};BlobEndpoint={blob}/{name};\
             QueueEndpoint={queue}/{name};TableEndpoint={table}/{name}"
        )
    }

    /// Where the services listen, without the account.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Address of the account's Blob service.
    pub fn blob_url(&self) -> String {
        format!("{}/{}", self.addresses.blob, self.name)
    }

    /// Address of the account's Queue service.
    pub fn queue_url(&self) -> String {
        format!("{}/{}", self.addresses.queue, self.name)
    }

    /// Address of the account's Table service.
    pub fn table_url(&self) -> String {
        format!("{}/{}", self.addresses.table, self.name)
    }
}

fn name(index: usize) -> String {
    format!("account{index:03}")
}

/// 88 characters that are base64 as they stand.
fn key(index: usize) -> String {
    format!("{index:0>88}")
}

/// `AZURITE`, else the one that `make tools` installs, else one on the path.
fn find() -> PathBuf {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.local/tools/node_modules/.bin/azurite");
    find_among(env::var_os("AZURITE"), &tools, &env::var_os("PATH").unwrap_or_default())
        .unwrap_or_else(|| panic!("Azurite is not installed. Run: make tools"))
}

fn find_among(named: Option<OsString>, tools: &Path, path: &OsStr) -> Option<PathBuf> {
    let on_path = || env::split_paths(path).map(|dir| dir.join("azurite"));
    let installed = || std::iter::once(tools.to_owned()).chain(on_path()).find(|program| program.is_file());
    named.filter(|named| !named.is_empty()).map(PathBuf::from).or_else(installed)
}

/// Reads the addresses that Azurite prints, and goes on reading so that it never waits for a full pipe.
fn addresses(mut output: impl BufRead + Send + 'static) -> Addresses {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        while output.read_line(&mut line).is_ok_and(|count| count > 0) {
            // Nobody listens any more once the addresses are known; the reading goes on.
            let _ = send.send(std::mem::take(&mut line));
        }
    });
    let (mut found, mut said) = (Addresses::default(), String::new());
    loop {
        let line =
            receive.recv_timeout(START).unwrap_or_else(|_| panic!("Azurite did not start. It said:\n{said}"));
        said.push_str(&line);
        if let Some((head, address)) = line.trim().split_once(" service is successfully listening at ") {
            match head.rsplit(' ').next() {
                Some("Blob") => found.blob = address.to_owned(),
                Some("Queue") => found.queue = address.to_owned(),
                Some("Table") => found.table = address.to_owned(),
                _ => {}
            }
        }
        if ![&found.blob, &found.queue, &found.table].iter().any(|address| address.is_empty()) {
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_from_what_azurite_says() {
        let said = "Azurite Blob service is starting at http://127.0.0.1:0\n\
                    Azurite Blob service is successfully listening at http://127.0.0.1:41\n\
                    Azurite Queue service is successfully listening at http://127.0.0.1:42\n\
                    Azurite Table service is successfully listening at http://127.0.0.1:43\n";
        let found = addresses(said.as_bytes());
        assert_eq!(found.queue, "http://127.0.0.1:42");
        assert_eq!(found.table, "http://127.0.0.1:43");
    }

    #[test]
    fn the_named_azurite_goes_before_the_installed_and_that_before_the_path() {
        let dir = tempfile::tempdir().expect("a directory");
        let (tools, path) = (dir.path().join("tools-azurite"), dir.path().join("azurite"));
        let search = dir.path().as_os_str();
        assert_eq!(find_among(None, &tools, search), None);
        std::fs::write(&path, "").expect("a file");
        assert_eq!(find_among(Some("".into()), &tools, search), Some(path));
        std::fs::write(&tools, "").expect("a file");
        assert_eq!(find_among(None, &tools, search), Some(tools.clone()));
        assert_eq!(find_among(Some("named".into()), &tools, search), Some("named".into()));
    }

    #[test]
    fn azurite_starts_and_stops_and_leaves_no_directory() {
        let azurite = Azurite::start(&[]);
        let account = azurite.account();
        let address = account.addresses().blob.trim_start_matches("http://").to_owned();
        std::net::TcpStream::connect(&address).expect("it listens");
        azurite.stop();
        assert!(std::net::TcpStream::connect(&address).is_err(), "it is gone");
    }
}
