//! Everything about a search's sizes at once.

use super::machine::Machine;
use super::sizing::{Requests, SearchShape};
use super::split::{BatchPlan, plan_batches};

/// The sizes of a search on a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPlan {
    /// What one batch asks for, and how many run side by side.
    pub requests: Requests,
    /// Processors that each batch is guaranteed.
    pub cpu_request: u32,
    /// The batches.
    pub batches: BatchPlan,
}

impl SearchPlan {
    /// Sizes a search of queries (letters of each sequence, in order) for so many machines of a type.
    pub fn of(shape: &SearchShape<'_>, machine: &Machine, nodes: u32, lengths: &[u64]) -> Self {
        let requests = Requests::on(machine, nodes);
        let wished = shape.batch_len(requests.cpus);
        let batches = plan_batches(shape.program, lengths, wished, requests.concurrent);
        let cpu_request = requests.cpu_request(batches.batches.len() as u64, nodes);
        Self { requests, cpu_request, batches }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Program;

    #[test]
    fn a_small_query_is_shared_out_over_the_machines() {
        let shape = SearchShape {
            program: Program::Blastn,
            task: Some("megablast"),
            database_letters: Some(1_000_000_000_000),
            filters_by_taxonomy: false,
        };
        let machine = Machine::named("Standard_E16s_v5").unwrap();
        let plan = SearchPlan::of(&shape, &machine, 3, &[1_000; 60]);
        assert_eq!((plan.batches.batches.len(), plan.batches.batch_len), (6, 10_000));
        assert_eq!((plan.cpu_request, plan.requests.cpus), (4, 8));
        let one = SearchPlan::of(&shape, &machine, 1, &[1_000]);
        assert_eq!((one.batches.batches.len(), one.cpu_request), (1, 6));
    }
}
