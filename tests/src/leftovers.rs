//! Nothing may be left in a queue when a test is done: a message that nobody took is work that nobody did.

use blastline_jobs::{names::QueueName, ports::Queues};
use std::{fmt::Write, sync::Arc, thread};

/// Says which queues still hold messages, poison queues included; empty when none does.
pub async fn messages_left(queues: &dyn Queues) -> String {
    let mut said = String::new();
    for queue in QueueName::ALL {
        match queues.approximate_count(*queue).await {
            Ok(0) => {}
            Ok(count) => {
                let _ = write!(said, " {queue}: {count}");
            }
            Err(error) => {
                let _ = write!(said, " {queue}: {error}");
            }
        }
    }
    said
}

/// Fails the test when it is dropped while messages are left. A test that fails already is left alone.
pub struct LeftoverCheck {
    connect: Option<Box<dyn FnOnce() -> Arc<dyn Queues> + Send>>,
}

impl LeftoverCheck {
    /// `connect` makes queues of its own for the check: connections of the test's runtime stand still while it
    /// is being dropped.
    pub fn new(connect: impl FnOnce() -> Arc<dyn Queues> + Send + 'static) -> Self {
        Self { connect: Some(Box::new(connect)) }
    }
}

impl Drop for LeftoverCheck {
    fn drop(&mut self) {
        let Some(connect) = self.connect.take() else { return };
        if thread::panicking() {
            return;
        }
        let check = thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async { messages_left(&*connect()).await })
        });
        let left = check.join().expect("the check runs");
        assert!(left.is_empty(), "messages are left over:{left}");
    }
}
