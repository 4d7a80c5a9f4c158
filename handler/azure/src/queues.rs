use crate::{CallLimits, error::error_code};
use async_trait::async_trait;
use azure_core::http::StatusCode;
use azure_storage_queue::{
    QueueClient, QueueServiceClient,
    models::{
        QueueClientGetPropertiesResultHeaders, QueueClientPeekMessagesOptions,
        QueueClientReceiveMessagesOptions, QueueClientSendMessageOptions, QueueMessage, ReceivedMessage,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use blastline_jobs::{
    names::QueueName,
    ports::{
        Peeked, Queues, Received, StorageError, StorageErrorKind, StorageResult,
        limits::{check_message, check_receive, whole_seconds},
    },
};
use std::time::Duration;

/// A message never expires: one that waits for a stopped app longer than the service's seven days is still wanted.
const NEVER: i32 = -1;

/// Most messages that the service shows at a time.
const MAX_PEEKED: i32 = 32;

/// Queues through the official crate. Bodies are base64, as `host.json` has it, since the host's queue trigger
/// decodes them so by default.
pub struct AzureQueues {
    service: QueueServiceClient,
    limits: CallLimits,
}

impl AzureQueues {
    /// Over a service client.
    pub fn new(service: QueueServiceClient, limits: CallLimits) -> Self {
        Self { service, limits }
    }

    fn queue(&self, queue: QueueName) -> azure_core::Result<QueueClient> {
        self.service.queue_client(queue.as_str())
    }
}

impl AzureQueues {
    /// Up to 32 messages that are visible now, left where they are.
    pub async fn peek(&self, queue: QueueName) -> StorageResult<Vec<Peeked>> {
        let what = format!("peek {queue}");
        let options =
            QueueClientPeekMessagesOptions { number_of_messages: Some(MAX_PEEKED), ..Default::default() };
        let call = async { self.queue(queue)?.peek_messages(Some(options)).await?.into_model() };
        let messages = match self.limits.bounded(&what, call).await {
            Ok(messages) => messages.items.unwrap_or_default(),
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let peeked = messages.into_iter().map(|message| {
            let sent_at = message.insertion_time.ok_or_else(|| lacking(&what, "time"))?;
            Ok(Peeked {
                body: decoded(message.message_text.unwrap_or_default()),
                sent_at,
                dequeue_count: message.dequeue_count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0),
            })
        });
        peeked.collect()
    }
}

#[async_trait]
impl Queues for AzureQueues {
    async fn ensure(&self, queue: QueueName) -> StorageResult<()> {
        let call = async { self.queue(queue)?.create(None).await };
        match self.limits.bounded(&format!("create queue {queue}"), call).await {
            Err(error) if error.kind == StorageErrorKind::AlreadyExists => Ok(()),
            result => result.map(drop),
        }
    }

    async fn send(&self, queue: QueueName, body: &str, delay: Option<Duration>) -> StorageResult<()> {
        let what = format!("send to {queue}");
        check_message(&what, body, delay)?;
        let message = QueueMessage { message_text: Some(STANDARD.encode(body)) };
        let options = QueueClientSendMessageOptions {
            message_time_to_live: Some(NEVER),
            visibility_timeout: delay.map(seconds).filter(|seconds| *seconds > 0),
            ..Default::default()
        };
        let call = async { self.queue(queue)?.send_message(message.try_into()?, Some(options)).await };
        self.limits.bounded(&what, call).await.map(drop)
    }

    async fn approximate_count(&self, queue: QueueName) -> StorageResult<u64> {
        let call = async { self.queue(queue)?.get_properties(None).await?.approximate_messages_count() };
        match self.limits.bounded(&format!("count {queue}"), call).await {
            Ok(count) => Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0)),
            Err(error) if error.is_not_found() => Ok(0),
            Err(error) => Err(error),
        }
    }

    async fn receive(&self, queue: QueueName, max: u8, visibility: Duration) -> StorageResult<Vec<Received>> {
        let what = format!("receive from {queue}");
        check_receive(&what, max, visibility)?;
        let options = QueueClientReceiveMessagesOptions {
            number_of_messages: Some(i32::from(max)),
            visibility_timeout: Some(seconds(visibility)),
            ..Default::default()
        };
        let call = async { self.queue(queue)?.receive_messages(Some(options)).await?.into_model() };
        match self.limits.bounded(&what, call).await {
            Ok(messages) => messages
                .items
                .unwrap_or_default()
                .into_iter()
                .map(|message| received(&what, message))
                .collect(),
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    async fn delete(&self, queue: QueueName, message: &Received) -> StorageResult<()> {
        let call = async {
            match self.queue(queue)?.delete_message(&message.id, &message.pop_receipt, None).await {
                // Gone already is what was wanted; a missing queue or another holder is not.
                Err(error)
                    if error.http_status() == Some(StatusCode::NotFound)
                        && error_code(&error) == "MessageNotFound" =>
                {
                    Ok(())
                }
                result => result.map(drop),
            }
        };
        self.limits.bounded(&format!("delete {} from {queue}", message.id), call).await
    }
}

fn seconds(span: Duration) -> i32 {
    i32::try_from(whole_seconds(span)).unwrap_or(i32::MAX)
}

fn lacking(what: &str, part: &str) -> StorageError {
    StorageError::new(StorageErrorKind::Corrupt, what, format_args!("a message without {part}"))
}

/// A body as text. One that somebody put there by hand may be plain; it is handed on as it is rather than blocking all.
fn decoded(text: String) -> String {
    let decoded = STANDARD.decode(&text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.unwrap_or(text)
}

fn received(what: &str, message: ReceivedMessage) -> StorageResult<Received> {
    let lacking = |part| lacking(what, part);
    Ok(Received {
        id: message.message_id.ok_or_else(|| lacking("id"))?,
        pop_receipt: message.pop_receipt.ok_or_else(|| lacking("pop receipt"))?,
        body: decoded(message.message_text.unwrap_or_default()),
        dequeue_count: message.dequeue_count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0),
    })
}
