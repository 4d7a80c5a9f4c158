//! Queue calls.

use super::error::StorageError;
use super::messages::{self, QueueMessage};
use super::transport::{Call, Service, Storage};
use super::xml;
use bytes::Bytes;
use http::Method;
use std::time::Duration;

impl Storage {
    /// Creates a queue; one that exists is no error.
    ///
    /// # Errors
    /// [`StorageError`] when the service refuses or is away.
    pub async fn create_queue(&self, queue: &str) -> Result<(), StorageError> {
        self.queue_call(Method::PUT, format!("/{queue}"), &[], Bytes::new()).await.map(|_| ())
    }

    /// Puts a message that never expires, seen after `delay`; creates the queue when it is missing.
    ///
    /// # Errors
    /// [`StorageError`] when the service refuses or is away.
    pub async fn put_message(&self, queue: &str, text: &str, delay: Duration) -> Result<(), StorageError> {
        let body = format!("<QueueMessage><MessageText>{}</MessageText></QueueMessage>", xml::escape(text));
        let body = Bytes::from(body);
        let query = [("messagettl", "-1".to_owned()), ("visibilitytimeout", delay.as_secs().to_string())];
        let path = format!("/{queue}/messages");
        match self.queue_call(Method::POST, path.clone(), &query, body.clone()).await {
            Err(error) if error.is_not_found() => {
                self.create_queue(queue).await?;
                self.queue_call(Method::POST, path, &query, body).await.map(|_| ())
            }
            other => other.map(|_| ()),
        }
    }

    /// Receives up to `count` messages and hides them for `lease`. A queue that does not exist is empty.
    ///
    /// # Errors
    /// [`StorageError`] when the service refuses or is away.
    pub async fn get_messages(
        &self,
        queue: &str,
        count: usize,
        lease: Duration,
    ) -> Result<Vec<QueueMessage>, StorageError> {
        let query =
            [("numofmessages", count.to_string()), ("visibilitytimeout", lease.as_secs().max(1).to_string())];
        match self.queue_call(Method::GET, format!("/{queue}/messages"), &query, Bytes::new()).await {
            Ok(answer) => messages::parse(&answer.1),
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Hides a received message for another `lease` without touching its body; gives the new pop receipt.
    ///
    /// # Errors
    /// [`StorageError`]; not found when somebody else has the message.
    pub async fn renew_message(
        &self,
        queue: &str,
        id: &str,
        receipt: &str,
        lease: Duration,
    ) -> Result<String, StorageError> {
        let query = [("popreceipt", receipt.to_owned()), ("visibilitytimeout", lease.as_secs().to_string())];
        let (receipt, _) =
            self.queue_call(Method::PUT, format!("/{queue}/messages/{id}"), &query, Bytes::new()).await?;
        receipt.ok_or(StorageError::Unreadable("no new pop receipt"))
    }

    /// Deletes a received message.
    ///
    /// # Errors
    /// [`StorageError`]; not found when somebody else has the message.
    pub async fn delete_message(&self, queue: &str, id: &str, receipt: &str) -> Result<(), StorageError> {
        let query = [("popreceipt", receipt.to_owned())];
        let path = format!("/{queue}/messages/{id}");
        self.queue_call(Method::DELETE, path, &query, Bytes::new()).await.map(|_| ())
    }

    async fn queue_call(
        &self,
        method: Method,
        path: String,
        query: &[(&str, String)],
        body: Bytes,
    ) -> Result<(Option<String>, Bytes), StorageError> {
        let call = Call { service: Service::Queue, method, path, query, headers: &[], body };
        let answer = self.send(call).await?;
        let receipt = answer.headers.get("x-ms-popreceipt").and_then(|v| v.to_str().ok()).map(str::to_owned);
        Ok((receipt, answer.body))
    }
}
