use super::{EXIT_NOT_STARTED, HandlerChildren};
use blastline_jobs::ports::{Child, ChildExit, ChildSpec, Children};
use std::{
    fs,
    future::Future,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
    time::Duration,
};
use tempfile::TempDir;

const LONG: Duration = Duration::from_secs(20);

/// Waits for a condition.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let met = async {
        while !holds() {
            ticks.tick().await;
        }
    };
    within(what, met).await;
}

async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(LONG, work).await.unwrap_or_else(|_| panic!("not in time: {what}"))
}

/// The executable with the `child` role.
pub(crate) fn roles() -> PathBuf {
    static ROLES: LazyLock<PathBuf> = LazyLock::new(|| example("child_roles"));
    ROLES.clone()
}

/// An executable of `examples/`. A plain `cargo test` builds it beside the tests; one with a filter or a target does
/// not, or leaves an old one, so it is built here then.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let path = profile.join("examples").join(name);
    let built = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    if built(&path) < built(&test) {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "-p", env!("CARGO_PKG_NAME"), "--example", name])
            .args(["--target-dir".as_ref(), profile.parent().unwrap().as_os_str()])
            .status();
        assert!(built.unwrap().success());
    }
    path
}

fn spec(dir: &TempDir, program: &str, args: &[&str]) -> ChildSpec {
    ChildSpec {
        program: program.to_owned(),
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: vec![("GREETING".to_owned(), "hello; exit 9".to_owned())],
        dir: dir.path().to_owned(),
        stdout: dir.path().join("out"),
        stderr: dir.path().join("err"),
        memory_bytes: 4 << 30,
    }
}

async fn spawn(spec: &ChildSpec) -> Box<dyn Child> {
    HandlerChildren::new(roles()).spawn(spec).await.unwrap()
}

fn out(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join("out")).unwrap_or_default()
}

/// The lines of standard output once there are so many, as process ids.
async fn pids(dir: &TempDir, count: usize) -> Vec<u32> {
    until("the process ids", || out(dir).matches('\n').count() >= count).await;
    out(dir).lines().map(|line| line.parse().unwrap()).collect()
}

/// Whether a process runs. One that waits to be collected by somebody else does not.
fn runs(pid: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    !matches!(stat.rsplit(')').next().and_then(|rest| rest.trim().chars().next()), Some('Z' | 'X'))
}

#[tokio::test]
async fn output_environment_directory_and_exit_code_arrive() {
    let dir = TempDir::new().unwrap();
    let script = r#"echo "$GREETING $1"; pwd; echo oops >&2; exit 3"#;
    let mut child = spawn(&spec(&dir, "sh", &["-c", script, "sh", "a b;$(c)"])).await;
    let exit = within("the end", child.wait()).await.unwrap();
    assert_eq!(exit, ChildExit { code: Some(3), signal: None });
    let pwd = dir.path().canonicalize().unwrap();
    assert_eq!(out(&dir), format!("hello; exit 9 a b;$(c)\n{}\n", pwd.display()));
    assert_eq!(fs::read_to_string(dir.path().join("err")).unwrap(), "oops\n");
    assert_eq!(child.wait().await.unwrap(), exit, "asked again");
}

#[tokio::test]
async fn a_signal_is_reported_and_leaves_no_core() {
    let dir = TempDir::new().unwrap();
    let mut child = spawn(&spec(&dir, "sh", &["-c", "ulimit -c; kill -SEGV $$"])).await;
    let exit = within("the end", child.wait()).await.unwrap();
    assert_eq!(exit, ChildExit { code: None, signal: Some(11) });
    assert_eq!(out(&dir), "0\n");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "only the two output files");
}

#[tokio::test]
async fn the_memory_limit_holds() {
    let dir = TempDir::new().unwrap();
    let mut small = spec(&dir, "sh", &["-c", "ulimit -v; dd if=/dev/zero of=/dev/null bs=512M count=1"]);
    small.memory_bytes = 256 << 20;
    let exit = within("the end", spawn(&small).await.wait()).await.unwrap();
    assert_ne!(exit.code, Some(0));
    assert_eq!(out(&dir), format!("{}\n", 256 << 10));
}

#[tokio::test]
async fn a_program_that_is_not_there_has_its_own_exit_code() {
    let dir = TempDir::new().unwrap();
    let mut child = spawn(&spec(&dir, "no-such-program", &[])).await;
    let exit = within("the end", child.wait()).await.unwrap();
    assert_eq!(exit.code, Some(i32::from(EXIT_NOT_STARTED)));
    let said = fs::read_to_string(dir.path().join("err")).unwrap();
    assert!(said.contains("could not start no-such-program"), "{said}");
}

#[tokio::test]
async fn what_cannot_be_started_is_an_error_that_names_the_file() {
    let dir = TempDir::new().unwrap();
    let spec = spec(&dir, "true", &[]);
    let missing = HandlerChildren::new(dir.path().join("no-handler")).spawn(&spec).await;
    assert!(missing.err().unwrap().to_string().contains("no-handler"));
    let nowhere = ChildSpec { stdout: dir.path().join("none/out"), ..spec };
    assert!(
        HandlerChildren::new(roles()).spawn(&nowhere).await.err().unwrap().to_string().contains("none/out")
    );
}

const FAMILY: &str = "tail -f /dev/null & echo $!; echo $$; wait";

#[tokio::test]
async fn a_kill_ends_the_grandchildren_too_and_leaves_no_zombie() {
    let dir = TempDir::new().unwrap();
    let mut child = spawn(&spec(&dir, "sh", &["-c", FAMILY])).await;
    let family = pids(&dir, 2).await;
    assert!(family.iter().all(|&pid| runs(pid)));
    within("the kill", child.kill()).await.unwrap();
    assert!(!family.iter().any(|&pid| runs(pid)));
    assert!(!Path::new(&format!("/proc/{}", family[1])).exists(), "the child was collected");
    assert_eq!(child.wait().await.unwrap(), ChildExit { code: None, signal: Some(9) });
    child.kill().await.unwrap();
}

#[tokio::test]
async fn a_dropped_child_dies_with_its_group_and_leaves_no_zombie() {
    let dir = TempDir::new().unwrap();
    let child = spawn(&spec(&dir, "sh", &["-c", FAMILY])).await;
    let family = pids(&dir, 2).await;
    drop(child);
    until("the end of the family", || !family.iter().any(|&pid| runs(pid))).await;
    let child = PathBuf::from(format!("/proc/{}", family[1]));
    until("the collection", || !child.exists()).await;
}

#[tokio::test]
async fn what_a_finished_program_left_behind_is_swept() {
    let dir = TempDir::new().unwrap();
    let mut child = spawn(&spec(&dir, "sh", &["-c", "tail -f /dev/null & echo $!"])).await;
    let exit = within("the end", child.wait()).await.unwrap();
    assert_eq!(exit.code, Some(0));
    assert!(!runs(pids(&dir, 1).await[0]));
}

#[tokio::test]
async fn a_wait_may_be_dropped_and_called_again() {
    let dir = TempDir::new().unwrap();
    let mut child = spawn(&spec(&dir, "sh", &["-c", "echo $$; while [ ! -e go ]; do :; done"])).await;
    pids(&dir, 1).await;
    assert!(tokio::time::timeout(Duration::from_millis(20), child.wait()).await.is_err());
    fs::write(dir.path().join("go"), "").unwrap();
    assert_eq!(within("the end", child.wait()).await.unwrap().code, Some(0));
}

#[test]
fn a_child_outlives_the_runtime_thread_that_asked_for_it() {
    let dir = TempDir::new().unwrap();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let start = async { spawn(&spec(&dir, "sh", &["-c", "echo $$; exec tail -f /dev/null"])).await };
    let mut child = std::thread::scope(|scope| scope.spawn(|| runtime().block_on(start)).join().unwrap());
    runtime().block_on(async {
        let pid = pids(&dir, 1).await[0];
        assert!(tokio::time::timeout(Duration::from_millis(50), child.wait()).await.is_err(), "still there");
        child.kill().await.unwrap();
        assert!(!runs(pid));
    });
}

#[tokio::test]
async fn a_child_dies_with_a_parent_that_is_killed() {
    let dir = TempDir::new().unwrap();
    let mut parent = Command::new(roles())
        .args(["parent".as_ref(), dir.path().as_os_str(), "sh".as_ref(), "-c".as_ref()])
        .arg("echo $$ > pid.new; mv pid.new pid; exec tail -f /dev/null")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(parent.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "started\n");
    until("the child's id", || dir.path().join("pid").exists()).await;
    let child: u32 = fs::read_to_string(dir.path().join("pid")).unwrap().trim().parse().unwrap();
    assert!(runs(child));
    parent.kill().unwrap();
    parent.wait().unwrap();
    until("the end of the child", || !runs(child)).await;
}

#[test]
fn a_child_whose_parent_is_gone_already_does_not_start() {
    let other = std::os::unix::process::parent_id().to_string();
    let ended = Command::new(roles())
        .args(["child", "--parent", &other, "--memory-bytes", "1000000000", "--", "echo", "hi"])
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(i32::from(EXIT_NOT_STARTED)));
    assert!(ended.stdout.is_empty());
    assert!(String::from_utf8_lossy(&ended.stderr).contains("is gone"));
}
