use super::lock;
use crate::{
    names::QueueName,
    ports::{
        Clock, Peeked, Queues, Received, StorageError, StorageErrorKind, StorageResult,
        limits::{check_message, check_receive, whole_seconds},
    },
};
use async_trait::async_trait;
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};
use time::OffsetDateTime;

/// Queues in memory, whose delays and visibility follow a clock. Clones share their messages.
#[derive(Clone)]
pub struct MemoryQueues {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    queues: HashMap<QueueName, Vec<Message>>,
    /// Counts messages and receipts.
    made: u64,
}

#[derive(Debug)]
struct Message {
    id: String,
    pop_receipt: String,
    body: String,
    sent: OffsetDateTime,
    visible: OffsetDateTime,
    dequeue_count: u64,
}

impl MemoryQueues {
    /// Without any queue.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Arc::default() }
    }

    /// With every queue there is.
    pub fn ready(clock: Arc<dyn Clock>) -> Self {
        let queues = Self::new(clock);
        lock(&queues.state).queues = QueueName::ALL.iter().map(|queue| (*queue, Vec::new())).collect();
        queues
    }

    /// The bodies that lie in a queue, hidden ones included, in the order of their sending.
    pub fn bodies(&self, queue: QueueName) -> Vec<String> {
        let state = lock(&self.state);
        state.queues.get(&queue).into_iter().flatten().map(|message| message.body.clone()).collect()
    }

    /// Up to 32 messages that are visible now, left where they are.
    pub fn peek(&self, queue: QueueName) -> Vec<Peeked> {
        let now = self.clock.now();
        let state = lock(&self.state);
        let visible = state.queues.get(&queue).into_iter().flatten().filter(|message| message.visible <= now);
        let peeked = visible.take(32).map(|message| Peeked {
            body: message.body.clone(),
            sent_at: message.sent,
            dequeue_count: message.dequeue_count,
        });
        peeked.collect()
    }

    /// Hides a received message for another while, or lets it be seen again with a span of zero, as a host does; gives
    /// the message with the receipt that holds from then on.
    pub fn hide(&self, queue: QueueName, message: &Received, span: Duration) -> StorageResult<Received> {
        let what = format!("hide {} of {queue}", message.id);
        let until = self.clock.now() + Duration::from_secs(whole_seconds(span));
        let mut state = lock(&self.state);
        let receipt = state.next("receipt");
        let messages = state.queue(&what, queue)?;
        let missing = || StorageError::new(StorageErrorKind::NotFound, what.clone(), "MessageNotFound");
        let stored = messages.iter_mut().find(|stored| stored.id == message.id).ok_or_else(missing)?;
        if stored.pop_receipt != message.pop_receipt {
            return Err(StorageError::new(StorageErrorKind::LostRace, what, "PopReceiptMismatch"));
        }
        stored.visible = until;
        stored.pop_receipt = format!("{receipt}-{}", stored.id);
        Ok(Received { pop_receipt: stored.pop_receipt.clone(), ..message.clone() })
    }

    /// When the next message of a queue becomes visible; in the past for one that is.
    pub fn next_visible(&self, queue: QueueName) -> Option<OffsetDateTime> {
        let state = lock(&self.state);
        state.queues.get(&queue).into_iter().flatten().map(|message| message.visible).min()
    }
}

impl fmt::Debug for MemoryQueues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryQueues").field("state", &lock(&self.state)).finish_non_exhaustive()
    }
}

impl State {
    fn next(&mut self, what: &str) -> String {
        self.made += 1;
        format!("{what}-{}", self.made)
    }

    fn queue(&mut self, what: &str, queue: QueueName) -> StorageResult<&mut Vec<Message>> {
        let missing = || StorageError::new(StorageErrorKind::NotFound, what, "QueueNotFound");
        self.queues.get_mut(&queue).ok_or_else(missing)
    }
}

#[async_trait]
impl Queues for MemoryQueues {
    async fn ensure(&self, queue: QueueName) -> StorageResult<()> {
        lock(&self.state).queues.entry(queue).or_default();
        Ok(())
    }

    async fn send(&self, queue: QueueName, body: &str, delay: Option<Duration>) -> StorageResult<()> {
        let what = format!("send to {queue}");
        check_message(&what, body, delay)?;
        let delay = Duration::from_secs(delay.map_or(0, whole_seconds));
        let mut state = lock(&self.state);
        let message = Message {
            id: state.next("message"),
            pop_receipt: String::new(),
            body: body.to_owned(),
            sent: self.clock.now(),
            visible: self.clock.now() + delay,
            dequeue_count: 0,
        };
        state.queue(&what, queue)?.push(message);
        Ok(())
    }

    async fn approximate_count(&self, queue: QueueName) -> StorageResult<u64> {
        Ok(lock(&self.state).queues.get(&queue).map_or(0, |messages| messages.len() as u64))
    }

    async fn receive(&self, queue: QueueName, max: u8, visibility: Duration) -> StorageResult<Vec<Received>> {
        let what = format!("receive from {queue}");
        check_receive(&what, max, visibility)?;
        let now = self.clock.now();
        let mut state = lock(&self.state);
        let receipt = state.next("receipt");
        let Ok(messages) = state.queue(&what, queue) else { return Ok(Vec::new()) };
        let visible = messages.iter_mut().filter(|message| message.visible <= now).take(usize::from(max));
        let taken = visible.map(|message| {
            message.visible = now + Duration::from_secs(whole_seconds(visibility));
            message.dequeue_count += 1;
            message.pop_receipt = format!("{receipt}-{}", message.id);
            Received {
                id: message.id.clone(),
                pop_receipt: message.pop_receipt.clone(),
                body: message.body.clone(),
                dequeue_count: message.dequeue_count,
            }
        });
        Ok(taken.collect())
    }

    async fn delete(&self, queue: QueueName, message: &Received) -> StorageResult<()> {
        let what = format!("delete {} from {queue}", message.id);
        let mut state = lock(&self.state);
        let messages = state.queue(&what, queue)?;
        let Some(at) = messages.iter().position(|stored| stored.id == message.id) else { return Ok(()) };
        if messages[at].pop_receipt != message.pop_receipt {
            return Err(StorageError::new(StorageErrorKind::LostRace, what, "PopReceiptMismatch"));
        }
        messages.remove(at);
        Ok(())
    }
}
