use super::shelf::Stored;
use super::sources::{Seen, WhichLog, says_gone};
use blastline_jobs::logs::{LogEvent, Numbering, OVERLAP_SECONDS};
use blastline_jobs::ports::{Clock, Cluster, ClusterErrorKind, LogWish};
use futures::StreamExt;
use std::time::Duration;

/// Lines of one chunk, in bytes.
pub(super) const CHUNK_BYTES: usize = 1 << 20;
/// What a cluster's lines say they are: it does not tell standard output and standard error apart.
pub(super) const STREAM: &str = "stdout";

/// What was read of a source.
pub(super) struct Read {
    pub seen: Seen,
    /// Lines behind those that are stored.
    pub events: Vec<LogEvent>,
    /// Whether that is all there will ever be.
    pub whole: bool,
    /// Whether there is more to read now.
    pub more: bool,
}

impl Read {
    /// Whether lines were read.
    pub fn tells(&self) -> bool {
        !self.events.is_empty()
    }
}

/// Reads what a source said since it was stored last: at most one chunk, and for so long.
pub(super) async fn read(
    cluster: &dyn Cluster,
    clock: &dyn Clock,
    seen: Seen,
    stored: &Stored,
    patience: Duration,
) -> Read {
    let mut read = Read { events: Vec::new(), whole: false, more: false, seen };
    if read.seen.log == WhichLog::Lost {
        read.whole = true;
        return read;
    }
    let mark = stored.mark();
    let since = mark.and_then(|mark| mark.since(OVERLAP_SECONDS));
    let wish = LogWish { since, previous: read.seen.log == WhichLog::Previous, ..LogWish::default() };
    let mut log = match cluster.log(&read.seen.source.target(), &wish).await {
        Ok(log) => log,
        Err(error) => {
            // A container that ended without having begun has no log, and will have none.
            let never = read.seen.ended && error.kind == ClusterErrorKind::Invalid;
            read.whole = says_gone(error.kind) || never;
            if !read.whole {
                tracing::warn!(target = read.seen.source.name(), %error, "a log was not read");
            }
            return read;
        }
    };
    if read.seen.log == WhichLog::Unlisted {
        return read;
    }
    let (mut numbering, mut bytes, mut index) = (Numbering::after(mark), 0, stored.lines());
    let patience = clock.sleep(patience);
    tokio::pin!(patience);
    loop {
        let line = tokio::select! {
            biased;
            line = log.next() => line,
            () = &mut patience => {
                read.more = true;
                return read;
            }
        };
        match line {
            None => {
                read.whole = read.seen.ended;
                return read;
            }
            Some(Err(error)) => {
                tracing::warn!(target = read.seen.source.name(), %error, "a log broke off");
                return read;
            }
            Some(Ok(line)) => {
                let Some(line) = numbering.take(line) else { continue };
                let event = LogEvent::new(&read.seen.source, STREAM, index, &line);
                bytes += event.bytes();
                index += 1;
                read.events.push(event);
                if bytes >= CHUNK_BYTES {
                    read.more = true;
                    return read;
                }
            }
        }
    }
}
