//! Logs of searches: what their containers and child processes said, live and lasting.
//!
//! The watcher writes every line to `job-artifacts` ([`archive`], [`collect`]): compressed chunks that are only ever
//! created, numbered through for each step, each with lines of one source. Beside them lies an index whose entries are
//! names, so that one listing tells what is there. A chunk is created behind the last one that is known; who finds that
//! somebody else was faster reads what that one wrote and leaves out what is stored. So the lines of a source are stored
//! once and in order, whoever is killed when, and however many write at a time.
//!
//! Readers page over the archive ([`page`]), or follow a search ([`live`]): stored lines first, then those that the
//! cluster says while they are said.

mod archive;
mod child;
mod collect;
mod collected;
mod follow;
mod live;
mod page;
mod reading;
mod shelf;
mod sources;
#[cfg(test)]
mod tests;

pub use archive::Archive;
pub use child::CHILD_POD;
pub(crate) use child::{ChildRun, keep};
pub(crate) use collect::Collector;
pub use collected::Collected;
pub use live::{Live, LiveStream, STREAM_SECONDS, live};
pub use page::{LogPage, MAX_PAGE_LINES, page};
pub use shelf::{Shelf, Stored};
pub use sources::cluster_id;
