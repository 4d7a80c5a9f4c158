use super::process::ProcessId;
use super::state::World;
use super::storage::{GatedBlobs, GatedClock, GatedQueues, GatedTables};
use crate::deps::Random;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Who makes a call: a process, and in it an invocation.
#[derive(Clone)]
pub struct Caller {
    pub world: Arc<World>,
    pub process: ProcessId,
    pub name: Arc<str>,
    /// Number of the invocation, 0 outside.
    pub invocation: u64,
    /// Whether a call of this invocation went wrong.
    pub disturbed: Arc<AtomicBool>,
}

/// Storage, clock and random numbers as one caller sees them: through gates.
pub struct Deck {
    pub tables: Arc<GatedTables>,
    pub queues: Arc<GatedQueues>,
    pub blobs: Arc<GatedBlobs>,
    pub clock: Arc<GatedClock>,
    pub random: Arc<dyn Random>,
}

impl Caller {
    pub fn new(world: &Arc<World>, process: ProcessId) -> Self {
        let name = world.process_name(process);
        let disturbed = Arc::new(AtomicBool::new(false));
        Self { world: world.clone(), process, name, invocation: 0, disturbed }
    }

    /// The same process in an invocation of its own.
    pub fn invocation(&self) -> Self {
        let invocation = self.world.next_invocation();
        Self { invocation, disturbed: Arc::new(AtomicBool::new(false)), ..self.clone() }
    }

    pub fn deck(&self) -> Deck {
        Deck {
            tables: Arc::new(GatedTables(self.clone())),
            queues: Arc::new(GatedQueues(self.clone())),
            blobs: Arc::new(GatedBlobs(self.clone())),
            clock: Arc::new(GatedClock(self.clone())),
            random: Arc::new(self.clone()),
        }
    }

    pub fn is_clean(&self) -> bool {
        !self.disturbed.load(Ordering::Relaxed)
    }

    pub fn disturb(&self) {
        self.disturbed.store(true, Ordering::Relaxed);
    }
}

impl Random for Caller {
    fn bytes(&self) -> [u8; 16] {
        self.world.random_bytes()
    }
}
