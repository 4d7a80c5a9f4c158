//! What containers wrote, as the kubelet keeps it: the running attempt and the one before.

use super::objects::nanos;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use time::OffsetDateTime;
use tokio::sync::watch;

/// A line with its time. It may hold any bytes but a line feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it was written, by the cluster's clock.
    pub at: OffsetDateTime,
    /// Its bytes.
    pub text: Vec<u8>,
}

impl Line {
    /// As the API sends it.
    pub fn sent(&self, stamps: bool) -> Vec<u8> {
        let mut bytes = if stamps { format!("{} ", nanos(self.at)).into_bytes() } else { Vec::new() };
        bytes.extend_from_slice(&self.text);
        bytes.push(b'\n');
        bytes
    }
}

/// The log of one attempt of a container.
#[derive(Debug)]
pub struct LogBook {
    lines: Mutex<Vec<Line>>,
    /// Lines written so far, and whether it is closed.
    told: watch::Sender<(usize, bool)>,
}

impl Default for LogBook {
    fn default() -> Self {
        Self { lines: Mutex::default(), told: watch::channel((0, false)).0 }
    }
}

impl LogBook {
    /// Adds a line. Line feeds in it part it.
    pub fn write(&self, at: OffsetDateTime, text: impl AsRef<[u8]>) {
        let mut lines = self.lines.lock().unwrap();
        for text in text.as_ref().split(|byte| *byte == b'\n') {
            // Two lines never have one stamp, as the container runtime's clock is finer than its lines.
            let at = lines.last().map_or(at, |last| at.max(last.at + time::Duration::nanoseconds(1)));
            lines.push(Line { at, text: text.to_vec() });
        }
        let count = lines.len();
        self.told.send_modify(|(known, _)| *known = count);
    }

    /// Nothing more will come.
    pub fn close(&self) {
        self.told.send_modify(|(_, closed)| *closed = true);
    }

    /// Lines from an index on, and whether more may come.
    pub fn from(&self, index: usize) -> (Vec<Line>, bool) {
        let closed = self.told.borrow().1;
        let lines = self.lines.lock().unwrap();
        (lines.get(index..).unwrap_or_default().to_vec(), !closed)
    }

    /// Tells of new lines and of the close.
    pub fn listen(&self) -> watch::Receiver<(usize, bool)> {
        self.told.subscribe()
    }

    /// The last bytes, as a termination message takes them (at most 2,048 bytes or 80 lines).
    pub fn tail(&self) -> String {
        let lines = self.lines.lock().unwrap();
        let last: Vec<_> =
            lines.iter().rev().take(80).map(|line| String::from_utf8_lossy(&line.text)).collect();
        let text = last.into_iter().rev().fold(String::new(), |text, line| text + &line + "\n");
        let mut from = text.len().saturating_sub(2_048);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        text[from..].to_owned()
    }
}

/// The logs of all containers that are there.
#[derive(Debug, Default)]
pub struct Logs(Mutex<BTreeMap<(String, String), Attempts>>);

#[derive(Debug, Clone, Default)]
struct Attempts {
    current: Option<Arc<LogBook>>,
    previous: Option<Arc<LogBook>>,
}

impl Logs {
    /// A new attempt of a container of a pod; only the one before is kept.
    pub fn begin(&self, pod_uid: &str, container: &str) -> Arc<LogBook> {
        let mut logs = self.0.lock().unwrap();
        let attempts = logs.entry((pod_uid.to_owned(), container.to_owned())).or_default();
        let book = Arc::new(LogBook::default());
        attempts.previous = attempts.current.replace(Arc::clone(&book));
        book
    }

    /// The log of a container's running or last attempt, or of the one before it.
    pub fn find(&self, pod_uid: &str, container: &str, previous: bool) -> Option<Arc<LogBook>> {
        let logs = self.0.lock().unwrap();
        let attempts = logs.get(&(pod_uid.to_owned(), container.to_owned()))?;
        if previous { attempts.previous.clone() } else { attempts.current.clone() }
    }

    /// The pod is gone, and its logs with it; who follows one sees its end.
    pub fn forget(&self, pod_uid: &str) {
        self.0.lock().unwrap().retain(|(uid, _), attempts| {
            if uid == pod_uid {
                attempts.current.iter().for_each(|book| book.close());
            }
            uid != pod_uid
        });
    }
}
