use crate::error::storage_error;
use blastline_jobs::ports::{StorageError, StorageErrorKind, StorageResult};
use std::{future::Future, time::Duration};

/// How long calls to storage may take. Short, because an HTTP request or a queue function waits behind each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// Until a connection stands.
    pub connect: Duration,
    /// One try of a call without a body, until its answer begins; a body adds time by its size.
    pub try_timeout: Duration,
    /// A whole small call with all its tries.
    pub whole: Duration,
    /// Silence on a running stream.
    pub idle: Duration,
    /// Tries of a call, the first included.
    pub tries: u32,
    /// Wait before the second try; it doubles for each further one.
    pub first_delay: Duration,
    /// Blobs on a page of a listing.
    pub list_page: u16,
}

/// Slowest upload that is waited for, in bytes per second.
const SLOWEST_UPLOAD: u64 = 256 * 1024;

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            // The Table service works on a query for five seconds before it gives what it has.
            try_timeout: Duration::from_secs(6),
            whole: Duration::from_secs(14),
            idle: Duration::from_secs(20),
            tries: 3,
            first_delay: Duration::from_millis(200),
            list_page: 1000,
        }
    }
}

impl CallLimits {
    /// What a body of this size adds to a time limit.
    pub(crate) fn for_body(bytes: u64) -> Duration {
        Duration::from_millis(bytes.saturating_mul(1000) / SLOWEST_UPLOAD)
    }

    /// Runs a small call within [`CallLimits::whole`] and turns its error into ours.
    pub(crate) async fn bounded<T>(
        &self,
        what: &str,
        call: impl Future<Output = azure_core::Result<T>>,
    ) -> StorageResult<T> {
        self.bounded_upload(what, 0, call).await
    }

    /// The same for a call that carries a body, which may take longer by its size.
    pub(crate) async fn bounded_upload<T>(
        &self,
        what: &str,
        bytes: u64,
        call: impl Future<Output = azure_core::Result<T>>,
    ) -> StorageResult<T> {
        let limit = self.whole + Self::for_body(bytes) * self.tries;
        match tokio::time::timeout(limit, call).await {
            Ok(result) => result.map_err(|error| storage_error(what, &error)),
            Err(_) => Err(no_answer(what, limit)),
        }
    }
}

/// The error of a call that was given up.
pub fn no_answer(what: &str, limit: Duration) -> StorageError {
    StorageError::new(StorageErrorKind::Unavailable, what, format_args!("no answer within {limit:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_that_never_ends_is_given_up() {
        let limits = CallLimits { whole: Duration::from_millis(20), ..CallLimits::default() };
        let error = limits.bounded::<()>("get t/p/r", std::future::pending()).await.unwrap_err();
        assert_eq!(error.kind, StorageErrorKind::Unavailable);
        assert_eq!(error.what, "get t/p/r");
    }

    #[test]
    fn a_large_body_is_given_time() {
        assert_eq!(CallLimits::for_body(1024 * 1024), Duration::from_secs(4));
    }
}
