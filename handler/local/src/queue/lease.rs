//! Holding a message while its function runs.

use crate::storage::{QueueMessage, Storage};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A message that is hidden from others and stays so until [`Lease::end`].
#[derive(Debug)]
pub struct Lease {
    stop: CancellationToken,
    renewal: JoinHandle<String>,
    receipt: String,
}

impl Lease {
    /// Renews `message` at half of `lease`, again and again.
    #[must_use]
    pub fn hold(storage: Storage, queue: String, message: &QueueMessage, lease: Duration) -> Self {
        let stop = CancellationToken::new();
        let receipt = message.pop_receipt.clone();
        let renewal = renew(storage, queue, message.id.clone(), receipt.clone(), lease, stop.clone());
        Self { stop, renewal: tokio::spawn(renewal), receipt }
    }

    /// Stops renewing and gives the pop receipt that holds now. A renewal under way is waited for: its answer holds
    /// the only receipt with which the message can be deleted.
    pub async fn end(self) -> String {
        self.stop.cancel();
        self.renewal.await.unwrap_or(self.receipt)
    }
}

async fn renew(
    storage: Storage,
    queue: String,
    id: String,
    mut receipt: String,
    lease: Duration,
    stop: CancellationToken,
) -> String {
    let mut pause = lease / 2;
    loop {
        tokio::select! {
            () = stop.cancelled() => return receipt,
            () = tokio::time::sleep(pause) => {}
        }
        match storage.renew_message(&queue, &id, &receipt, lease).await {
            Ok(new) => {
                receipt = new;
                pause = lease / 2;
            }
            Err(error) if error.is_not_found() || error.code() == "PopReceiptMismatch" => {
                tracing::warn!(queue, id, "the lease was lost; somebody else may run this message too");
                stop.cancelled().await;
                return receipt;
            }
            Err(error) => {
                tracing::warn!(queue, id, %error, "the lease could not be renewed");
                pause = (lease / 10).min(Duration::from_secs(60));
            }
        }
    }
}
