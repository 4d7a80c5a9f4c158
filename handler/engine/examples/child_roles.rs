//! The processes that the tests of `child` need: `child …` is the handler's role of that name, and
//! `parent <dir> <program> [args…]` starts a child through it, prints `started` and stays until it is killed.

use blastline_engine::child::{EXIT_NOT_STARTED, HandlerChildren, exec_self};
use blastline_jobs::ports::{ChildSpec, Children};
use std::{ffi::OsString, io, path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let error = match args.next().as_deref().and_then(|role| role.to_str()) {
        Some("child") => exec_self(args),
        Some("parent") => match parent(args) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => error,
        },
        _ => io::Error::other("usage: child_roles child … | parent <dir> <program> [args…]"),
    };
    eprintln!("{error}");
    ExitCode::from(EXIT_NOT_STARTED)
}

#[tokio::main(flavor = "current_thread")]
async fn parent(mut args: impl Iterator<Item = OsString>) -> io::Result<()> {
    let mut next = || args.next().and_then(|arg| arg.into_string().ok());
    let (Some(dir), Some(program)) = (next(), next()) else { return Err(io::Error::other("two arguments")) };
    let dir = PathBuf::from(dir);
    let spec = ChildSpec {
        program,
        args: std::iter::from_fn(next).collect(),
        env: Vec::new(),
        stdout: dir.join("stdout"),
        stderr: dir.join("stderr"),
        dir,
        memory_bytes: 4 << 30,
    };
    let children = HandlerChildren::new(std::env::current_exe()?);
    let mut child = children.spawn(&spec).await?;
    println!("started");
    child.wait().await.map(drop)
}
