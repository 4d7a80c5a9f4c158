//! Processes are killed (SIGKILL).

use super::{
    adversary::{as_soon_as_there_is, span},
    bed::Bed,
};
use blastline_tests::chain::processes::{Process, kill};

/// Kills one of the handler processes.
pub async fn handler(bed: &Bed, place: usize) -> bool {
    let chain = bed.chain.lock().await;
    one_of(chain.processes(), place, |process| process.command.contains("handler serve"))
}

/// Kills one of the BLAST+ processes, if one runs.
pub async fn blast(bed: &Bed, place: usize) -> bool {
    as_soon_as_there_is(|| async { one_of(bed.chain.lock().await.blast_processes(), place, |_| true) }).await
}

fn one_of(processes: Vec<Process>, place: usize, is: impl Fn(&Process) -> bool) -> bool {
    let processes: Vec<_> = processes.into_iter().filter(is).collect();
    if processes.is_empty() {
        return false;
    }
    kill(processes[place % processes.len()].pid);
    true
}

/// Kills the host, and with it every handler; starts it again after a while.
pub async fn host(bed: &Bed, down_ms: u64) {
    let mut chain = bed.chain.lock().await;
    chain.kill_host().await;
    span(down_ms).await;
    bed.start_host(&mut chain).await;
}
