use super::state::World;
use futures::future::BoxFuture;
use std::sync::Arc;

/// Number of a process.
pub type ProcessId = usize;

/// What a host runs when it starts.
pub type Boot = Arc<dyn Fn(Arc<World>, ProcessId) -> BoxFuture<'static, ()> + Send + Sync>;

/// What a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Somebody outside; never killed.
    Client,
    /// A host; its handler dies with it.
    Host,
    /// A handler.
    Handler,
}

/// A process that is killed and started again.
pub struct Process {
    pub name: Arc<str>,
    pub role: Role,
    /// Host and handler of one site die and freeze together, the handler also alone.
    pub site: usize,
    pub alive: bool,
    pub frozen_until: u64,
    /// By how many milliseconds its clock is off.
    pub skew_ms: i64,
    pub boot: Option<Boot>,
}
