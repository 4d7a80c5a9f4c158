//! What the submit Job's container runs, under a real bash, with a CLI that a test plays.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
    sync::{Mutex, MutexGuard, PoisonError},
};

const SCRIPT: &str = include_str!("../goldens/submit.sh");
const ID: &str = "job-0123456789abcdef0123456789abcdef";

/// One container at a time: a program that is being written while another thread starts a child cannot be run for a
/// moment, because the child has it open too.
static ONE: Mutex<()> = Mutex::new(());

/// A container: its folder, and the programs that are played.
struct Container(tempfile::TempDir, #[expect(dead_code, reason = "held")] MutexGuard<'static, ()>);

impl Container {
    /// With a CLI of these lines.
    fn new(cli: &str) -> Self {
        let turn = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let container = Self(tempfile::tempdir().unwrap(), turn);
        container.program("az", "echo \"az $*\" >> \"$HOME/calls\"");
        container.program(
            "elastic-blast",
            &format!("echo \"elastic-blast $*\" >> \"$HOME/calls\"\ncat > \"$HOME/read\"\n{cli}"),
        );
        fs::write(container.path().join("elastic-blast.ini"), "[cluster]\nname = elb\n").unwrap();
        fs::write(container.path().join("token"), "federated").unwrap();
        container
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn program(&self, name: &str, lines: &str) {
        let path = self.path().join(name);
        fs::write(&path, format!("#!/bin/bash\n{lines}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn run(&self) -> Output {
        let here = self.path().to_str().unwrap();
        let script = SCRIPT
            .replace("/cfg/", &format!("{here}/"))
            .replace("/dev/termination-log", &format!("{here}/end"));
        Command::new("bash")
            .args(["-c", &script])
            .env_clear()
            .env("PATH", format!("{here}:/usr/bin:/bin"))
            .env("HOME", here)
            .env("ELB_ID", ID)
            .env("AZURE_CLIENT_ID", "client")
            .env("AZURE_TENANT_ID", "tenant")
            .env("AZURE_SUBSCRIPTION_ID", "subscription")
            .env("AZURE_FEDERATED_TOKEN_FILE", format!("{here}/token"))
            .output()
            .unwrap()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_default()
    }
}

#[test]
fn the_cli_gets_the_configuration_on_standard_input_and_the_id_twice() {
    let container = Container::new("echo '{\"decision\":\"accepted\"}'");
    assert!(container.run().status.success());
    assert_eq!(container.read("read"), "[cluster]\nname = elb\n");
    assert_eq!(
        container.read("calls"),
        format!(
            "az login --service-principal -u client -t tenant --federated-token federated -o none\n\
             az account set -s subscription\n\
             elastic-blast submit --cfg - --json --idempotency-key {ID} --correlation-id {ID} --logfile stderr --loglevel INFO\n"
        )
    );
    assert_eq!(container.read("end"), "{\"decision\":\"accepted\"}\n");
}

#[test]
fn the_exit_code_is_the_clis() {
    for code in [0, 1, 8, 10, 255] {
        assert_eq!(Container::new(&format!("exit {code}")).run().status.code(), Some(code));
    }
}

#[test]
fn without_an_identity_nothing_is_submitted() {
    for failing in ["exit 1", "[ \"$1\" = login ] || exit 1"] {
        let container = Container::new("");
        container.program("az", failing);
        assert_eq!(container.run().status.code(), Some(7));
        assert!(!container.read("calls").contains("elastic-blast"));
    }
}

/// The termination log after a CLI that prints a text.
fn end_after(printed: &str) -> String {
    let container = Container::new("cat \"$HOME/printed\"");
    fs::write(container.path().join("printed"), printed).unwrap();
    assert!(container.run().status.success());
    container.read("end")
}

#[test]
fn the_answer_is_found_among_noise() {
    let answer = "{\"decision\":\"accepted\"}";
    for (printed, end) in [
        (format!("\u{1b}[33m[1/5] Writing\u{1b}[0m\n{answer}\n"), format!("{answer}\n")),
        (format!("{answer}\nazcopy: done {{1}} of 1\n"), format!("{answer}\n")),
        (format!("{answer}\r\nbye\n"), format!("{answer}\r\n")),
        (format!("{{\"kind\":\"error\"}}\nnoise\n{answer}\n"), format!("{{\"kind\":\"error\"}}\n{answer}\n")),
        (format!("{answer}\n{{not json}}\n"), format!("{answer}\n{{not json}}\n")),
        ("no answer at all\n".to_owned(), String::new()),
        (String::new(), String::new()),
        (format!("binary \u{0} before\n{answer}\n"), format!("{answer}\n")),
    ] {
        assert_eq!(end_after(&printed), end, "{printed}");
    }
}

#[test]
fn an_answer_that_is_too_long_cannot_push_the_next_one_out() {
    let long = format!("{{\"message\":\"{}\"}}", "x".repeat(5000));
    let end = end_after(&format!("{long}\n{{\"decision\":\"accepted\"}}\n"));
    assert_eq!(end.lines().last(), Some("{\"decision\":\"accepted\"}"));
    assert!(end.len() <= 4000);
    assert_eq!(end_after(&long).len(), 4000, "its end; what it was, the exit code and the log tell");
}
