use super::{Account, Addresses, find, key, name};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    thread,
};
use tempfile::TempDir;

/// Runs Azurite beside a reader of the pipe, and stops it by SIGTERM when that closes, frozen or not.
const SUPERVISOR: &str = r#"
exec 3<&0
"$@" 3<&- </dev/null 2>&1 &
azurite=$!
echo "$azurite"
( cat <&3; kill -CONT $azurite; kill -TERM $azurite; sleep 20; kill -KILL $azurite ) >/dev/null 2>&1 &
watcher=$!
wait $azurite
kill $watcher 2>/dev/null
"#;

/// An Azurite of one's own with one account, at fixed ports and with a folder that outlives its process: it can be
/// frozen, stopped and started again. Dropping it stops it and takes the folder away.
#[derive(Debug)]
pub struct OwnAzurite {
    dir: TempDir,
    ports: [u16; 3],
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    supervisor: Child,
    pid: i32,
}

impl OwnAzurite {
    /// Starts one at free ports.
    pub fn start() -> Self {
        let dir = tempfile::Builder::new().prefix("azurite-").tempdir().expect("a temporary directory");
        // Held all at once, so that no two are the same.
        let free = [(); 3].map(|()| TcpListener::bind(("127.0.0.1", 0)).expect("a free port"));
        let ports = free.each_ref().map(|port| port.local_addr().expect("an address").port());
        drop(free);
        let mut azurite = Self { dir, ports, running: None };
        azurite.start_again();
        azurite
    }

    /// Starts it again after [`OwnAzurite::stop`], with what it held. Blocks until it listens.
    pub fn start_again(&mut self) {
        let [blob, queue, table] = self.ports.map(|port| port.to_string());
        let mut supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "azurite"])
            .arg(find())
            .args(["--silent", "--disableTelemetry", "--blobPort", &blob, "--queuePort", &queue])
            .args(["--tablePort", &table, "--location"])
            .arg(self.dir.path())
            .env("AZURITE_ACCOUNTS", format!("{}:{}", name(0), key(0)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("a shell");
        let mut output = BufReader::new(supervisor.stdout.take().expect("a pipe"));
        let (mut said, mut pid) = (String::new(), None);
        for _ in 0..64 {
            let mut line = String::new();
            assert!(output.read_line(&mut line).expect("its output") > 0, "Azurite did not start: {said}");
            pid = pid.or_else(|| line.trim().parse().ok());
            said.push_str(&line);
            if said.matches("successfully listening").count() == self.ports.len() {
                break;
            }
        }
        // Read on, so that it never waits for a full pipe.
        thread::spawn(move || output.read_to_end(&mut Vec::new()));
        self.running = Some(Running { supervisor, pid: pid.expect("its process id") });
    }

    /// Stops it by SIGTERM and waits until it is gone. Blocks, and Azurite waits until its clients have let go.
    pub fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.supervisor.stdin.take());
            running.supervisor.wait().expect("the supervisor ends");
        }
    }

    /// Stops it in the middle of whatever it does (SIGSTOP).
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Its account.
    pub fn account(&self) -> Account {
        let [blob, queue, table] = self.ports.map(|port| format!("http://127.0.0.1:{port}"));
        Account { name: name(0), key: key(0), addresses: Addresses { blob, queue, table } }
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.running.as_ref().and_then(|running| Pid::from_raw(running.pid)) {
            kill_process(pid, signal).expect("Azurite takes a signal");
        }
    }
}

impl Drop for OwnAzurite {
    fn drop(&mut self) {
        self.stop();
    }
}
