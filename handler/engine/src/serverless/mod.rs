//! The serverless engine: the query is cut into parts, each part is one queue message, each message one invocation that
//! runs BLAST+ on a database cached where it runs.
//!
//! What may happen at any moment: a process is killed, a message comes twice or late, a storage call fails. So every
//! function here reads the rows, does what they ask for, writes under the version it read, and returns effects that
//! the rows tell, so that running it again returns them again.

mod accept;
mod advance;
mod artifacts;
mod cancel;
mod chunk;
mod delete;
mod delivery;
mod estimate;
mod fail;
mod fair;
mod paths;
mod poison;
mod reconcile;
mod release;
mod retry_job;
mod submit;
#[cfg(test)]
pub(crate) mod tests;
mod tidy;
mod watch;
mod workbench;

pub use accept::{Accepted, Search, accept};
pub use advance::{Tally, advance};
pub use artifacts::join_results;
pub(crate) use cancel::parts_still_run;
pub use cancel::{finish_cancel, request_cancel};
pub(crate) use chunk::released_again;
pub use chunk::run_chunk;
pub use delete::delete_job;
pub use delivery::Delivery;
pub use estimate::{Estimate, estimate};
#[cfg(test)]
pub(crate) use fail::fail_job;
pub(crate) use fail::fail_job_if;
pub use paths::{ResultFiles, ResultPaths, joined_files, part_files};
pub use poison::handle_poison;
pub use reconcile::reconcile;
pub use submit::prepare;
pub use tidy::{NamedResults, OWNED};
pub use workbench::{
    JoinPart, JoinTask, Joined, PartError, PartOutput, PartTask, Preparation, SearchPlan, Stop, StopReceiver,
    Workbench,
};
