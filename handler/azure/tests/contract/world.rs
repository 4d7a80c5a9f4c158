use blastline_azure::{CallLimits, ConnectionString, Storage, StorageSettings};
use blastline_jobs::{
    memory::{ManualClock, MemoryBlobs, MemoryQueues, MemorySurvey, MemoryTables},
    names::{Container, QueueName, Table},
    ports::{Blobs, Queues, StorageErrorKind, StorageResult, Survey, Tables},
};
use blastline_tests::azurite::{Account, Azurite};
use std::{future::Future, sync::Arc, time::Duration};
use time::macros::datetime;

/// Blobs on a page of a listing: few, so that a listing has several pages.
const LIST_PAGE: u16 = 7;
/// Longest wait for something that takes its time.
const PATIENCE: Duration = Duration::from_secs(30);

/// One implementation of the ports, with a way to let time pass.
pub struct World {
    pub tables: Arc<dyn Tables>,
    pub queues: Arc<dyn Queues>,
    pub blobs: Arc<dyn Blobs>,
    pub survey: Arc<dyn Survey>,
    clock: Option<ManualClock>,
}

impl World {
    /// In memory, with every table, queue and container.
    pub async fn in_memory() -> Self {
        let world = Self::bare_in_memory();
        world.make_all().await;
        world
    }

    fn bare_in_memory() -> Self {
        let clock = ManualClock::at(datetime!(2026-11-21 10:00 UTC));
        let (tables, queues) = (MemoryTables::new(), MemoryQueues::new(Arc::new(clock.clone())));
        let survey = MemorySurvey { tables: tables.clone(), queues: queues.clone(), page_size: 100 };
        Self {
            tables: Arc::new(tables),
            queues: Arc::new(queues),
            survey: Arc::new(survey),
            blobs: Arc::new(MemoryBlobs::new(Arc::new(clock.clone())).list_page(usize::from(LIST_PAGE))),
            clock: Some(clock),
        }
    }

    /// On an Azurite account of its own, with every table, queue and container.
    pub async fn on_azurite() -> Self {
        let world = Self::bare_on_azurite();
        world.make_all().await;
        world
    }

    fn bare_on_azurite() -> Self {
        let storage = connect(&Azurite::shared().account());
        Self {
            tables: storage.tables(),
            queues: storage.queues(),
            blobs: storage.blobs(),
            survey: storage.survey(),
            clock: None,
        }
    }

    /// Another one of the same kind without any table, queue or container.
    pub fn bare(&self) -> Self {
        if self.clock.is_some() { Self::bare_in_memory() } else { Self::bare_on_azurite() }
    }

    /// Twice, because what is there already is no fault.
    async fn make_all(&self) {
        for _ in 0..2 {
            for table in Table::ALL {
                self.tables.ensure(*table).await.unwrap();
            }
            for queue in QueueName::ALL {
                self.queues.ensure(*queue).await.unwrap();
            }
            for container in Container::ALL {
                self.blobs.ensure(*container).await.unwrap();
            }
        }
    }

    /// Asks again and again until there is an answer, letting time pass in between.
    pub async fn until<T, F: Future<Output = Option<T>>>(&self, mut ask: impl FnMut() -> F) -> T {
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        let asking = async {
            loop {
                if let Some(answer) = ask().await {
                    return answer;
                }
                match &self.clock {
                    Some(clock) => clock.advance(Duration::from_millis(100)),
                    None => drop(ticks.tick().await),
                }
            }
        };
        tokio::time::timeout(PATIENCE, asking).await.expect("it happens in time")
    }
}

/// Storage of an account, with small pages.
pub fn connect(account: &Account) -> Storage {
    connect_with(&account.connection_string(), CallLimits { list_page: LIST_PAGE, ..CallLimits::default() })
}

/// Storage behind a connection string.
pub fn connect_with(connection_string: &str, limits: CallLimits) -> Storage {
    let settings = StorageSettings::of(ConnectionString::new(connection_string));
    Storage::connect_within(&settings, limits).unwrap()
}

/// The class of the error that a call ended with.
#[track_caller]
pub fn kind<T: std::fmt::Debug>(result: StorageResult<T>) -> StorageErrorKind {
    result.unwrap_err().kind
}

/// Bytes that repeat at no small period.
pub fn pattern(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(size).collect()
}
