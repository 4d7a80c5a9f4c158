//! The stand-in cluster as a program, until Ctrl-C.

mod arguments;

use arguments::Asked;
use std::{env, path::Path, process::ExitCode};
use tokio::signal::unix::{SignalKind, signal};

/// Exit code for arguments that are none.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let asked = arguments::read(env::args().skip(1), env::var("AzureWebJobsStorage").ok());
    let (plan, kubeconfig) = match asked {
        Ok(Asked::Serve(plan, kubeconfig)) => (plan, kubeconfig),
        Ok(Asked::Say(text)) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("standin: {problem}");
            return ExitCode::from(USAGE);
        }
    };
    let standin = plan.start();
    let place = kubeconfig.unwrap_or_else(|| standin.kubeconfig());
    if place != standin.kubeconfig() {
        standin.write_kubeconfig(&place);
    }
    println!("cluster {}", standin.address());
    println!("kubeconfig {}", place.canonicalize().as_deref().unwrap_or(&place).display());
    wait();
    forget(&place);
    ExitCode::SUCCESS
}

/// Waits for SIGINT or SIGTERM.
fn wait() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    });
}

/// A kubeconfig that leads nowhere would be asked for a long time.
fn forget(place: &Path) {
    let _ = std::fs::remove_file(place);
}
