use super::lock;
use crate::ports::{ClusterError, ClusterErrorKind, ClusterResult, LogLine, LogTarget, LogWish};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Logs of containers in memory, written while they are read. Clones share them.
#[derive(Clone, Default)]
pub struct MemoryLogs {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    books: BTreeMap<(String, String), Book>,
    /// Connections that began before this many breaks are broken.
    breaks: u64,
    wakers: Vec<Waker>,
}

#[derive(Default, Clone)]
struct Book {
    lines: Vec<LogLine>,
    /// The run before, where the container was started again.
    previous: Option<Vec<LogLine>>,
    /// Number of the run.
    run: u32,
    ended: bool,
}

impl MemoryLogs {
    /// What a container says.
    pub fn write(&self, pod: &str, container: &str, lines: Vec<LogLine>) {
        self.change(pod, container, |book| book.lines.extend(lines));
    }

    /// A container ends, with all that it said.
    pub fn end(&self, pod: &str, container: &str) {
        self.change(pod, container, |book| book.ended = true);
    }

    /// A container is started again in its pod: what it said is that of the run before.
    pub fn restart(&self, pod: &str, container: &str) {
        self.change(pod, container, |book| {
            let previous = Some(std::mem::take(&mut book.lines));
            *book = Book { previous, run: book.run + 1, ended: false, lines: Vec::new() };
        });
    }

    /// Forgets the logs of a pod; who follows one sees its end.
    pub fn remove(&self, pod: &str) {
        let mut state = lock(&self.state);
        state.books.retain(|(of, _), _| of != pod);
        state.wake();
    }

    /// Breaks every connection that is open.
    pub fn cut(&self) {
        let mut state = lock(&self.state);
        state.breaks += 1;
        state.wake();
    }

    fn change(&self, pod: &str, container: &str, change: impl FnOnce(&mut Book)) {
        let mut state = lock(&self.state);
        change(state.books.entry((pod.to_owned(), container.to_owned())).or_default());
        state.wake();
    }

    /// As the API reads a log. `waits` tells that the pod is there, so that a container without a log is one that waits.
    pub(super) fn read(
        &self,
        target: &LogTarget,
        wish: &LogWish,
        waits: bool,
    ) -> ClusterResult<BoxStream<'static, ClusterResult<LogLine>>> {
        let key = (target.pod.clone(), target.container.clone());
        let state = lock(&self.state);
        let error = |kind, cause| ClusterError::new(kind, "read log", cause);
        let Some(book) = state.books.get(&key) else {
            return Err(match waits {
                true => error(ClusterErrorKind::Invalid, "the container is waiting to start"),
                false => error(ClusterErrorKind::NotFound, "the pod is not there"),
            });
        };
        let since = wish.since;
        let wanted = move |line: &LogLine| since.is_none_or(|since| moment(&line.stamp) >= Some(since));
        if wish.previous || !wish.follow {
            let missing = || error(ClusterErrorKind::Invalid, "previous terminated container not found");
            let lines = match wish.previous {
                true => book.previous.clone().ok_or_else(missing)?,
                false => book.lines.clone(),
            };
            let lines = cut_at(lines.into_iter().filter(wanted), wish.limit_bytes);
            return Ok(stream::iter(lines.into_iter().map(Ok)).boxed());
        }
        let (shared, began) = (Arc::clone(&self.state), (state.breaks, book.run));
        drop(state);
        let follow = move |mut at: usize| {
            let (shared, key) = (Arc::clone(&shared), key.clone());
            async move {
                loop {
                    let next = poll_fn(|context| {
                        let mut state = lock(&shared);
                        let next = state.next(&key, at, began);
                        if next.is_none() {
                            state.wakers.push(context.waker().clone());
                        }
                        next.map_or(Poll::Pending, Poll::Ready)
                    })
                    .await;
                    at += 1;
                    match next {
                        Next::End => return None,
                        Next::Broken => {
                            let kind = ClusterErrorKind::Unavailable;
                            let broken = ClusterError::new(kind, "read log", "the connection broke");
                            return Some((Err(broken), usize::MAX));
                        }
                        Next::Line(line) if wanted(&line) => return Some((Ok(line), at)),
                        Next::Line(_) => {}
                    }
                }
            }
        };
        Ok(stream::unfold(0, follow).boxed())
    }
}

/// What a follower sees next.
enum Next {
    Line(LogLine),
    End,
    Broken,
}

impl State {
    fn wake(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }

    /// The line at a place of the run that was the present one when the connection began; `None` while it is not said.
    fn next(&self, key: &(String, String), at: usize, (breaks, run): (u64, u32)) -> Option<Next> {
        if at == usize::MAX {
            return Some(Next::End);
        }
        if breaks < self.breaks {
            return Some(Next::Broken);
        }
        let Some(book) = self.books.get(key) else { return Some(Next::End) };
        let lines = match &book.previous {
            _ if book.run == run => &book.lines,
            Some(lines) if book.run == run + 1 => lines,
            _ => return Some(Next::End),
        };
        match lines.get(at) {
            Some(line) => Some(Next::Line(line.clone())),
            None => (book.ended || book.run != run).then_some(Next::End),
        }
    }
}

fn moment(stamp: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(stamp, &Rfc3339).ok()
}

/// Lines until their bytes are used up, the one that is cut left out.
fn cut_at(lines: impl Iterator<Item = LogLine>, limit: Option<u64>) -> Vec<LogLine> {
    let mut left = limit.unwrap_or(u64::MAX);
    let fits = move |line: &LogLine| {
        let bytes = (line.stamp.len() + line.text.len() + 2) as u64;
        let fits = bytes <= left;
        left = left.saturating_sub(bytes);
        fits
    };
    let mut fits = fits;
    lines.take_while(|line| fits(line)).collect()
}
