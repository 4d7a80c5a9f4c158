//! One listener: a queue, a function, and the process that runs it.

use super::backoff::Backoff;
use super::lease::Lease;
use crate::config::{Function, MessageEncoding, QueueSettings};
use crate::invoke::Invoker;
use crate::process::Worker;
use crate::protocol::encoding::dotnet_base64;
use crate::protocol::{Payload, Sys};
use crate::storage::{QueueMessage, Storage, StorageError};
use crate::wake::Ear;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

const POISON: &str = "-poison";

/// What a listener needs.
#[derive(Debug)]
pub struct Listener {
    /// The function.
    pub function: Arc<Function>,
    /// The queue, settings already filled in.
    pub queue: String,
    /// The body travels as base64 bytes.
    pub binary: bool,
    /// The process that runs this listener's messages.
    pub worker: Arc<Worker>,
    /// The account that holds the queue.
    pub storage: Storage,
    /// Runs invocations.
    pub invoker: Arc<Invoker>,
    /// `extensions.queues`.
    pub settings: QueueSettings,
    /// How long a received message stays hidden unless it is renewed.
    pub lease: Duration,
}

impl Listener {
    /// Takes messages for as long as the future is polled.
    pub async fn run(self: Arc<Self>) {
        let mut running = JoinSet::new();
        let mut polling = Backoff::polling(self.settings.max_polling_interval);
        let mut away = Backoff::away();
        let mut ear = self.invoker.wake.listen();
        loop {
            while running.len() > self.settings.new_batch_threshold {
                running.join_next().await;
            }
            while running.try_join_next().is_some() {}
            // A message taken for a process that is not there would only use up one of its tries.
            self.worker.when_ready().await;
            ear.clear();
            match self.storage.get_messages(&self.queue, self.settings.batch_size, self.lease).await {
                Ok(messages) if messages.is_empty() => {
                    self.back(&mut away);
                    pause(&mut ear, &mut polling).await;
                }
                Ok(messages) => {
                    self.back(&mut away);
                    polling.reset();
                    for message in messages {
                        let listener = self.clone();
                        running.spawn(async move { listener.process(message).await });
                    }
                }
                Err(error) => {
                    // Once is enough: an outage must not fill the log.
                    if away.is_fresh() {
                        tracing::warn!(queue = self.queue, %error, "the queue cannot be read; trying again");
                    }
                    tokio::time::sleep(away.pause()).await;
                }
            }
        }
    }

    fn back(&self, away: &mut Backoff) {
        if !away.is_fresh() {
            tracing::info!(queue = self.queue, "the queue can be read again");
        }
        away.reset();
    }

    async fn process(&self, message: QueueMessage) {
        let has_poison = !self.queue.ends_with(POISON);
        if has_poison && message.dequeue_count > self.settings.max_dequeue_count {
            let receipt = message.pop_receipt.clone();
            return self.done("poison", self.poison(&message, &receipt, "it was received too often").await);
        }
        let Some(body) = self.decode(&message.text) else {
            let receipt = message.pop_receipt.clone();
            return self.done("poison", self.poison(&message, &receipt, "its body is no base64").await);
        };
        let lease = Lease::hold(self.storage.clone(), self.queue.clone(), &message, self.lease);
        let name = &self.function.trigger_name;
        let payload = Payload::queue(name, self.binary, &message, &body, &Sys::now(&self.function.name));
        let result = self.invoker.run(&self.function, &self.worker, &payload).await;
        let receipt = lease.end().await;
        if result.is_ok() {
            self.done("delete", self.storage.delete_message(&self.queue, &message.id, &receipt).await);
        } else if !has_poison {
            // Left hidden until the lease ends: released at once it would come back in a tight loop.
        } else if message.dequeue_count >= self.settings.max_dequeue_count {
            self.done("poison", self.poison(&message, &receipt, "its last try failed").await);
        } else {
            self.done("release", self.release(&message, &receipt).await);
        }
    }

    fn decode(&self, text: &str) -> Option<Vec<u8>> {
        match self.settings.message_encoding {
            MessageEncoding::None => Some(text.as_bytes().to_vec()),
            MessageEncoding::Base64 => dotnet_base64(text),
        }
    }

    /// Makes a failed message visible after the configured delay, and rings when that is over.
    async fn release(&self, message: &QueueMessage, receipt: &str) -> Result<(), StorageError> {
        let delay = self.settings.visibility_timeout;
        self.storage.renew_message(&self.queue, &message.id, receipt, delay).await?;
        let wake = self.invoker.wake.clone();
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            wake.ring();
        });
        Ok(())
    }

    /// Copies the message before it is deleted, so that a crash in between leaves two and not none.
    async fn poison(&self, message: &QueueMessage, receipt: &str, why: &str) -> Result<(), StorageError> {
        let target = format!("{}{POISON}", self.queue.trim_end_matches(POISON));
        tracing::error!(
            queue = self.queue,
            id = message.id,
            tries = message.dequeue_count,
            why,
            "message poisoned"
        );
        self.storage.put_message(&target, &message.text, Duration::ZERO).await?;
        self.storage.delete_message(&self.queue, &message.id, receipt).await?;
        self.invoker.wake.ring();
        Ok(())
    }

    /// A step that fails is not repeated: the message comes back when its lease ends.
    fn done(&self, step: &str, result: Result<(), StorageError>) {
        if let Err(error) = result {
            tracing::warn!(queue = self.queue, step, %error, "the message will be seen again");
        }
    }
}

async fn pause(ear: &mut Ear, polling: &mut Backoff) {
    tokio::select! {
        () = tokio::time::sleep(polling.pause()) => {}
        () = ear.rang() => polling.reset(),
    }
}
