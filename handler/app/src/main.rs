//! The `handler` binary: what Azure Functions runs as a custom handler, and a few commands beside it.

mod api;
#[cfg(test)]
mod bed;
mod clusters;
mod commands;
mod functions;
mod http;
mod page;
mod routes;
mod settings;
mod world;

use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Blastline's handler.
#[derive(Debug, Parser)]
#[command(name = "handler", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answers the Functions host, on the port in FUNCTIONS_CUSTOMHANDLER_PORT.
    Serve,
    /// Becomes a program that cannot outlive the handler. For the handler's own use.
    #[command(hide = true)]
    Child {
        /// Limits, then `--`, then the program and its arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<OsString>,
    },
    /// Prints the API document.
    Openapi,
    /// Prints every setting with its default.
    Settings {
        /// As JSON instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Works on the catalogue of databases.
    Database {
        #[command(subcommand)]
        action: commands::database::Action,
    },
    /// Looks after what is stored.
    Doctor {
        #[command(subcommand)]
        action: commands::doctor::Action,
    },
}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|word| word == "child") {
        // Before any thread is started: the process is about to be replaced.
        let error = blastline_engine::child::exec_self(arguments.into_iter().skip(2));
        eprintln!("{error}");
        return ExitCode::from(blastline_engine::child::EXIT_NOT_STARTED);
    }
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("handler: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Box<dyn std::error::Error>> {
    match command {
        Command::Serve => {
            let settings = settings::Settings::from_env()?;
            log_to_stdout(&settings.log_level);
            runtime()?.block_on(commands::serve::serve(settings))?;
            // The host does nothing about a handler that ends without a fault, so ending is one.
            Err("the server ended".into())
        }
        Command::Child { .. } => Err("`child` takes its limits as the handler gives them".into()),
        Command::Openapi => {
            say(&routes::document().to_pretty_json()?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Settings { json } => {
            print_settings(json)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Database { action } => {
            let settings = settings::Settings::from_env()?;
            log_to_stdout("warn");
            runtime()?.block_on(commands::database::run(settings, action))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Doctor { action } => {
            let settings = match settings::Settings::from_env() {
                Ok(settings) => settings,
                Err(error) => {
                    eprintln!("handler: could not look: {error}");
                    return Ok(ExitCode::from(commands::doctor::BLIND));
                }
            };
            log_to_stderr("error");
            Ok(runtime()?.block_on(commands::doctor::run(settings, action)))
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn print_settings(json: bool) -> std::io::Result<()> {
    let all = settings::registry::all();
    if json {
        return say(&serde_json::to_string_pretty(&all)?);
    }
    say("| setting | default | what it does |\n|---|---|---|")?;
    for setting in all {
        say(&format!("| `{}` | {} | {} |", setting.name, setting.default, setting.doc))?;
    }
    Ok(())
}

/// A line on standard output; a reader that went away is an error, not a panic.
fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}

/// Plain lines on standard output: the host adds the time, and takes standard error for errors.
fn log_to_stdout(level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(false)
        .without_time()
        .init();
}

/// For commands whose standard output is read by scripts.
fn log_to_stderr(level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
