use async_trait::async_trait;
use std::{io, path::PathBuf};

/// A program to run as a child process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildSpec {
    /// Program name (looked up on the path) or file.
    pub program: String,
    /// Its arguments. Never passed through a shell.
    pub args: Vec<String>,
    /// Environment added to the parent's.
    pub env: Vec<(String, String)>,
    /// Working directory.
    pub dir: PathBuf,
    /// File that takes standard output.
    pub stdout: PathBuf,
    /// File that takes standard error.
    pub stderr: PathBuf,
    /// Address-space limit in bytes; a mapped database counts.
    pub memory_bytes: u64,
}

/// How a child process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChildExit {
    /// Exit code, where it exited.
    pub code: Option<i32>,
    /// Signal, where one killed it.
    pub signal: Option<i32>,
}

/// A running child process. Dropping it kills its whole process group.
#[async_trait]
pub trait Child: Send {
    /// Waits for its end. May be dropped and called again.
    async fn wait(&mut self) -> io::Result<ChildExit>;
    /// Kills its process group and waits until it is gone.
    async fn kill(&mut self) -> io::Result<()>;
}

/// Starts child processes that cannot outlive this process.
#[async_trait]
pub trait Children: Send + Sync {
    /// Starts one.
    async fn spawn(&self, spec: &ChildSpec) -> io::Result<Box<dyn Child>>;
}
