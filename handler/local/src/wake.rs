//! The bell that brings idle queue listeners back to work.
//!
//! It rings when something may have put a message: an output, a finished invocation, a request other than GET, a
//! failed message that is due again. A ring that comes while a listener is looking is not lost.

use tokio::sync::watch;

/// Rings for every listener.
#[derive(Debug, Clone)]
pub struct Wake(watch::Sender<()>);

/// One listener's ear.
#[derive(Debug)]
pub struct Ear(watch::Receiver<()>);

impl Wake {
    /// A bell that nobody hears yet.
    #[must_use]
    pub fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    /// Wakes every listener.
    pub fn ring(&self) {
        self.0.send_replace(());
    }

    /// A new listener, which hears what rings from now on.
    #[must_use]
    pub fn listen(&self) -> Ear {
        Ear(self.0.subscribe())
    }
}

impl Default for Wake {
    fn default() -> Self {
        Self::new()
    }
}

impl Ear {
    /// Forgets what rang so far. Called before looking at the queue.
    pub fn clear(&mut self) {
        self.0.mark_unchanged();
    }

    /// Waits for the next ring since [`Ear::clear`].
    pub async fn rang(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
