//! `functions-local`: see the crate's documentation.

use blastline_local::cli::{Cli, Step};
use blastline_local::host::{Host, Options};
use blastline_local::process::exec_child;
use clap::Parser as _;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(Step::ExecChild { host, command }) = cli.step {
        let Err(error) = exec_child::run(host, &command);
        eprintln!("functions-local: {error}");
        return ExitCode::from(127);
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    let result = std::env::current_exe()
        .and_then(|launcher| Ok((launcher, runtime()?)))
        .map_err(Into::into)
        .and_then(|(launcher, runtime)| runtime.block_on(run(cli.run.options(launcher))));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("functions-local: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Two threads: the host moves bytes and waits; the cores are the handlers'.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// Runs the host until it is told to stop.
async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut host = Host::start(options).await?;
    let ready = async {
        host.ready().await;
        let mut out = std::io::stdout();
        // Nobody may be reading; the host works all the same.
        let _ = writeln!(out, "ready http://{}", host.address()).and_then(|()| out.flush());
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = ready => {}
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    host.stop();
    Ok(())
}
