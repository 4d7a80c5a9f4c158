//! The body of `handler child`: prepare this process, then become the program.

use rustix::process::{
    Pid, Resource, Rlimit, Signal, getpgrp, getpid, getppid, set_parent_process_death_signal, setpgid,
    setrlimit,
};
use std::{
    ffi::{OsStr, OsString},
    io,
    os::unix::process::CommandExt,
    process::Command,
};

/// Exit code of `handler child` when the program was never started; the reason is on standard error. The code that
/// shells have for a command they do not find.
pub const EXIT_NOT_STARTED: u8 = 127;

/// How much likelier than its parent a child is to be chosen when memory runs out: a lost search is repeated, a lost
/// handler takes all its searches with it. See proc(5), `oom_score_adj`.
const OOM_SCORE_ADJ: &str = "500";

/// What `handler child` was told.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    parent: u32,
    memory_bytes: u64,
    program: OsString,
    args: Vec<OsString>,
}

/// Sets up this process and replaces it with the program: the body of
/// `handler child --parent <pid> --memory-bytes <n> -- <program> [args…]`; `args` is what follows `child`.
///
/// Returns only when that failed; the caller prints the error and exits with [`EXIT_NOT_STARTED`].
pub fn exec_self(args: impl IntoIterator<Item = OsString>) -> io::Error {
    match parse(args).and_then(|plan| prepare(&plan)) {
        Ok(mut command) => {
            let error = command.exec();
            let program = command.get_program().to_string_lossy().into_owned();
            io::Error::new(error.kind(), format!("could not start {program}: {error}"))
        }
        Err(error) => error,
    }
}

fn prepare(plan: &Plan) -> io::Result<Command> {
    // Built first: nothing is to be allocated any more once the memory limit holds.
    let mut command = Command::new(&plan.program);
    command.args(&plan.args);
    // Already so when it was started by `HandlerChildren`; then setting it again changes nothing.
    if getpgrp() != getpid() {
        setpgid(None, None)?;
    }
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // The parent may have died before the signal was asked for: then nobody would send it.
    if getppid().map(Pid::as_raw_pid) != i32::try_from(plan.parent).ok() {
        return Err(io::Error::other("the process that asked for this child is gone"));
    }
    // Best effort: not every container mounts /proc for writing.
    let _ = std::fs::write("/proc/self/oom_score_adj", OOM_SCORE_ADJ);
    setrlimit(Resource::Core, both(0))?;
    setrlimit(Resource::As, both(plan.memory_bytes))?;
    Ok(command)
}

fn both(limit: u64) -> Rlimit {
    Rlimit { current: Some(limit), maximum: Some(limit) }
}

fn parse(args: impl IntoIterator<Item = OsString>) -> io::Result<Plan> {
    let mut args = args.into_iter();
    let (mut parent, mut memory_bytes) = (None, None);
    loop {
        let Some(flag) = args.next() else { return Err(usage("no program was named after `--`")) };
        match flag.to_str() {
            Some("--") => break,
            Some("--parent") => parent = Some(number(args.next(), "--parent")?),
            Some("--memory-bytes") => memory_bytes = Some(number(args.next(), "--memory-bytes")?),
            _ => return Err(usage("an unknown option was given")),
        }
    }
    let parent =
        parent.and_then(|pid| u32::try_from(pid).ok()).ok_or_else(|| usage("--parent is missing"))?;
    let memory_bytes = memory_bytes.ok_or_else(|| usage("--memory-bytes is missing"))?;
    let program = args.next().ok_or_else(|| usage("no program was named after `--`"))?;
    Ok(Plan { parent, memory_bytes, program, args: args.collect() })
}

fn number(value: Option<OsString>, flag: &str) -> io::Result<u64> {
    value
        .as_deref()
        .and_then(OsStr::to_str)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| usage(&format!("{flag} takes a number")))
}

fn usage(problem: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("{problem}; usage: child --parent <pid> --memory-bytes <n> -- <program> [args…]"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn everything_after_the_dashes_belongs_to_the_program() {
        let plan = parse(words("--memory-bytes 5 --parent 7 -- blastn --parent 9 -- x")).unwrap();
        assert_eq!(
            plan,
            Plan { parent: 7, memory_bytes: 5, program: "blastn".into(), args: words("--parent 9 -- x") }
        );
    }

    #[test]
    fn what_is_incomplete_is_refused_before_anything_is_changed() {
        for bad in [
            "",
            "--",
            "--parent 1 --",
            "--parent 1 -- x",
            "--memory-bytes 1 -- x",
            "--parent -1 --memory-bytes 1 -- x",
            "--parent 1 --memory-bytes x -- x",
            "--parent 99999999999 --memory-bytes 1 -- x",
            "--parent 1 --memory-bytes 1 x",
            "--parent",
        ] {
            assert_eq!(parse(words(bad)).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{bad:?}");
        }
    }
}
