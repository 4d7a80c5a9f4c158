//! Logs of containers and child processes, as values: which container, which line, what is masked, how lines lie in
//! storage, and what a reader holds already. Pure.
//!
//! A line is named by `<pod uid>:<container>:<kubernetes timestamp>:<n>`, where `n` counts lines of one time stamp from 0,
//! and placed by its number in its container's log, from 0. Both are the same whoever reads the log, and how often.

mod chunk;
mod cursor;
mod entry;
mod numbering;
mod redact;
mod source;

pub use chunk::{LogChunk, LogEvent, SCHEMA_VERSION};
pub use cursor::{Cursor, OVERLAP_SECONDS};
pub use entry::LogEntry;
pub use numbering::{Mark, NumberedLine, Numbering};
pub use redact::redact;
pub use source::{LogSource, SourceError, step_of};
