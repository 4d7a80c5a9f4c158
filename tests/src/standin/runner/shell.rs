//! The container that runs `elastic-blast submit`: its own script in a real shell, with `az` and `elastic-blast` played.
//!
//! Paths that are mounted are replaced in the script and in the environment, so that redirections, pipes and exit codes
//! are the script's own. The played `elastic-blast` hands its arguments and its standard input over and prints what it
//! is told to.

use super::{Attempt, Ended, cli, environment, places};
use crate::standin::logs::LogBook;
use rustix::process::{Pid, Signal, kill_process_group};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Stdio, sync::Arc};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::Command,
};

/// Signs nobody in, but wants to be given what the real one wants.
const AZ: &str = r#"#!/bin/bash
case "$1 $2" in
"login --service-principal") wanted="-u -t --federated-token" ;;
"account set") wanted="-s" ;;
*) echo "ERROR: '$1' is misspelled or not recognized by the system." >&2; exit 2 ;;
esac
for name in $wanted; do
    value=
    for ((at = 1; at < $#; at++)); do
        following=$((at + 1))
        if [ "${!at}" = "$name" ]; then value=${!following}; fi
    done
    if [ -z "$value" ]; then echo "ERROR: argument $name: expected one argument" >&2; exit 2; fi
done
"#;

/// Hands over what it was given, and prints what it is told: `o…` on standard output, `e…` on standard error.
const ELASTIC_BLAST: &str = r#"#!/bin/bash
printf '%s\0' "$@" > "$STANDIN_PLAY/argv"
cat > "$STANDIN_PLAY/stdin"
mkfifo "$STANDIN_PLAY/said"
: > "$STANDIN_PLAY/asked"
while IFS= read -r line; do
    case $line in
    o*) printf '%s\n' "${line#o}" ;;
    e*) printf '%s\n' "${line#e}" >&2 ;;
    esac
done < "$STANDIN_PLAY/said"
exit "$(cat "$STANDIN_PLAY/code")"
"#;

/// Writes the played programs into a folder.
pub fn write_tools(dir: &Path) {
    fs::create_dir_all(dir).unwrap();
    for (name, text) in [("az", AZ), ("elastic-blast", ELASTIC_BLAST)] {
        let file = dir.join(name);
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// Ends a process with all that it started.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = self.0 {
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// Runs the container's command.
pub async fn run(attempt: &Attempt<'_>) -> Ended {
    let Attempt { shared, pod, container, dir, .. } = attempt;
    let mounts = places::mounts(shared, pod, container, dir);
    let moved = |text: &str| {
        let moving = |text: String, (inside, place): &(String, std::path::PathBuf)| {
            text.replace(inside, &place.display().to_string())
        };
        mounts.iter().fold(text.to_owned(), moving)
    };
    let mut words = container.command.iter().chain(&container.args).map(|word| moved(word));
    let Some(program) = words.next() else {
        attempt.say("the image has no command of its own");
        return Ended::code(127);
    };
    let play = dir.join(format!("{}.play", container.name));
    fs::create_dir_all(&play).unwrap();
    let home = container.working_dir.as_deref().map_or_else(|| dir.clone(), |inside| attempt.path(inside));
    fs::create_dir_all(&home).unwrap();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", shared.dir.join("bin").display());
    let variables = environment::resolved(shared, pod, container);
    let started = Command::new(program)
        .args(words)
        .env_clear()
        .env("PATH", path)
        .envs(variables.iter().map(|(name, value)| (name, moved(value))))
        .env("STANDIN_PLAY", &play)
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            attempt.say(format!("exec: {error}"));
            return Ended::code(127);
        }
    };
    let group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
    let out = take_down(child.stdout.take(), attempt);
    let err = take_down(child.stderr.take(), attempt);
    let waiting = async {
        tokio::select! {
            biased;
            status = child.wait() => status,
            () = cli::play(attempt, &play, &variables) => child.wait().await,
        }
    };
    let (status, (), ()) = tokio::join!(waiting, out, err);
    drop(group);
    let code = status.ok().and_then(|status| status.code()).unwrap_or(137);
    let message = fs::read(attempt.path(places::TERMINATION_LOG)).unwrap_or_default();
    let message = String::from_utf8_lossy(&message).into_owned();
    Ended::Exit { code, out_of_memory: false, message }
}

/// Takes down what a stream says, line by line.
async fn take_down(stream: Option<impl AsyncRead + Unpin>, attempt: &Attempt<'_>) {
    let Some(stream) = stream else { return };
    let log: &Arc<LogBook> = &attempt.log;
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        match lines.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let text = line.strip_suffix(b"\n").unwrap_or(&line);
                let now = attempt.shared.world().now();
                log.write(now, text);
            }
        }
    }
}
