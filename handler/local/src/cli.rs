//! The command line.

use crate::host::Options;
use clap::{Args, Parser, Subcommand};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

/// An Azure Functions host for one machine: runs the custom handler of a script root without Azure.
#[derive(Debug, Parser)]
#[command(name = "functions-local", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// How to run the host.
    #[command(flatten)]
    pub run: Run,
    /// What else to do.
    #[command(subcommand)]
    pub step: Option<Step>,
}

/// Steps that the host takes itself.
#[derive(Debug, Subcommand)]
pub enum Step {
    /// Become a handler process that dies with the host (used by the host itself).
    #[command(hide = true)]
    ExecChild {
        /// Process id of the host.
        host: i32,
        /// The handler's command line.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

/// How to run the host.
#[derive(Debug, Args)]
pub struct Run {
    /// Port to listen on; 0 for any free one.
    #[arg(long, default_value_t = 7071)]
    pub port: u16,
    /// Address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub address: IpAddr,
    /// The script root, which holds host.json and one folder per function.
    #[arg(long, default_value = ".")]
    pub root: PathBuf,
    /// Seconds that a received message stays hidden unless it is renewed.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    pub lease: u64,
    /// One handler process for all functions, in place of one per scale group.
    #[arg(long)]
    pub single_process: bool,
    /// Processes of a queue function, each taking messages for itself; repeat for several functions.
    #[arg(long, value_name = "FUNCTION=N", value_parser = instances, conflicts_with = "single_process")]
    pub instances: Vec<(String, usize)>,
    /// Seconds without a byte in either direction after which a proxied request is cut.
    #[arg(long, value_name = "SECONDS", default_value_t = 240, value_parser = clap::value_parser!(u64).range(1..))]
    pub idle_limit: u64,
}

impl Run {
    /// The host's options; `launcher` is this program.
    #[must_use]
    pub fn options(self, launcher: PathBuf) -> Options {
        Options {
            root: self.root,
            address: self.address,
            port: self.port,
            lease: Duration::from_secs(self.lease),
            single_process: self.single_process,
            instances: self.instances.into_iter().collect::<BTreeMap<_, _>>(),
            idle_limit: Duration::from_secs(self.idle_limit),
            launcher,
        }
    }
}

fn instances(text: &str) -> Result<(String, usize), String> {
    let (name, count) = text.split_once('=').ok_or("write FUNCTION=N")?;
    let count = count.parse().ok().filter(|n| (1..=64).contains(n)).ok_or("N is a number from 1 to 64")?;
    Ok((name.to_owned(), count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn defaults_are_the_platforms() {
        let got = Cli::try_parse_from(["functions-local"]).unwrap().run.options("me".into());
        assert_eq!((got.port, got.lease.as_secs(), got.idle_limit.as_secs()), (7071, 600, 240));
        assert!(got.address.is_loopback() && !got.single_process && got.instances.is_empty());
    }

    #[test]
    fn instances_are_numbers_per_function() {
        let args = ["functions-local", "--instances", "a=2", "--instances", "b=1"];
        let got = Cli::try_parse_from(args).unwrap().run.options("me".into());
        assert_eq!(got.instances, [("a".to_owned(), 2), ("b".to_owned(), 1)].into_iter().collect());
        for bad in ["a", "a=0", "a=x", "a=65"] {
            assert!(Cli::try_parse_from(["functions-local", "--instances", bad]).is_err(), "{bad}");
        }
    }
}
