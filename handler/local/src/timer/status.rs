//! What a timer remembers between starts: the status blob.
//!
//! `azure-webjobs-hosts/timers/<host id>/<function>/status`, as the platform's monitor writes it.

use crate::protocol::encoding::seconds;
use crate::protocol::payload::ScheduleStatus;
use crate::storage::{Storage, StorageError};
use bytes::Bytes;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const CONTAINER: &str = "azure-webjobs-hosts";
/// .NET's empty moment, for a timer that never ran.
const NEVER: &str = "0001-01-01T00:00:00";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stored {
    last: String,
    last_updated: String,
}

/// One timer's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The last tick; absent before the first.
    pub last: Option<OffsetDateTime>,
    /// The tick after it.
    pub next: OffsetDateTime,
    /// When this was written down.
    pub updated: OffsetDateTime,
}

impl Status {
    /// As payload and blob show it.
    #[must_use]
    pub fn shown(&self) -> ScheduleStatus {
        ScheduleStatus {
            last: self.last.map_or_else(|| NEVER.to_owned(), seconds),
            next: seconds(self.next),
            last_updated: seconds(self.updated),
        }
    }
}

/// The blob of one timer.
#[derive(Debug, Clone)]
pub struct Monitor {
    storage: Storage,
    blob: String,
}

impl Monitor {
    /// The memory of `function` under `host`.
    #[must_use]
    pub fn new(storage: Storage, host: &str, function: &str) -> Self {
        Self { storage, blob: format!("timers/{host}/{function}/status") }
    }

    /// When the timer last ran, or was first seen. A blob that cannot be understood counts as none.
    ///
    /// # Errors
    /// [`StorageError`] when storage refuses or is away.
    pub async fn last(&self) -> Result<Option<(Option<OffsetDateTime>, OffsetDateTime)>, StorageError> {
        let body = self.storage.get_blob(CONTAINER, &self.blob).await?;
        Ok(body.and_then(|body| read(&body)))
    }

    /// Writes the memory down.
    ///
    /// # Errors
    /// [`StorageError`] when storage refuses or is away.
    pub async fn write(&self, status: &Status) -> Result<(), StorageError> {
        let body = serde_json::to_vec(&status.shown())
            .map_err(|_| StorageError::Unreadable("the status is no JSON"))?;
        self.storage.put_blob(CONTAINER, &self.blob, Bytes::from(body)).await
    }
}

fn read(body: &[u8]) -> Option<(Option<OffsetDateTime>, OffsetDateTime)> {
    let stored: Stored = serde_json::from_slice(body).ok()?;
    let moment = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    Some((moment(&stored.last).filter(|last| last.year() > 1), moment(&stored.last_updated)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn what_is_written_is_read() {
        let (next, updated) = (datetime!(2026-01-01 00:10:00 UTC), datetime!(2026-01-01 00:05:01 UTC));
        let mut status = Status { last: None, next, updated };
        let body = serde_json::to_vec(&status.shown()).unwrap();
        assert_eq!(read(&body), Some((None, updated)));
        status.last = Some(datetime!(2026-01-01 00:05:00 UTC));
        let body = serde_json::to_vec(&status.shown()).unwrap();
        assert_eq!(read(&body), Some((status.last, updated)));
        assert_eq!(read(b"{}"), None);
    }
}
