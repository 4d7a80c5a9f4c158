//! What happens on the way to storage: busy, frozen, reset, cut off, gone.

use crate::world::{connect_with, kind, pattern};
use blastline_azure::{CallLimits, Storage};
use blastline_jobs::{
    blob_path::BlobPath,
    names::{Container, QueueName, Table},
    ports::{Entity, PutCondition, Select, StorageErrorKind as Kind},
};
use blastline_tests::{
    azurite::{Account, Addresses, Azurite},
    proxy::Proxy,
};
use futures::TryStreamExt;
use std::time::Duration;

/// Longest wait for what has to happen.
const SOON: Duration = Duration::from_secs(30);

/// Storage behind three proxies, one before each service.
struct Way {
    account: Account,
    blob: Proxy,
    queue: Proxy,
    table: Proxy,
}

impl Way {
    async fn new() -> Self {
        let account = Azurite::shared().account();
        crate::world::connect(&account).bootstrap().await;
        let Addresses { blob, queue, table } = account.addresses();
        let before = async |address: &str| Proxy::before(address).await.unwrap();
        Self { blob: before(blob).await, queue: before(queue).await, table: before(table).await, account }
    }

    fn storage(&self) -> Storage {
        let limits = CallLimits {
            try_timeout: Duration::from_millis(500),
            whole: Duration::from_secs(2),
            idle: Duration::from_secs(2),
            first_delay: Duration::from_millis(10),
            ..CallLimits::default()
        };
        let addresses = Addresses { blob: self.blob.url(), queue: self.queue.url(), table: self.table.url() };
        connect_with(&self.account.connection_string_through(&addresses), limits)
    }
}

/// Waits for a condition that no event tells.
async fn until(mut holds: impl FnMut() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let asking = async {
        while !holds() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(SOON, asking).await.expect("it happens in time");
}

fn path(name: &str) -> BlobPath {
    BlobPath::new(Container::Results, name).unwrap()
}

#[tokio::test]
async fn a_busy_service_is_asked_again() {
    let way = Way::new().await;
    let storage = way.storage();
    for proxy in [&way.blob, &way.queue, &way.table] {
        proxy.answer_busy(2);
    }
    storage.tables().insert(Table::JobState, &Entity::new("p", "r").text("a", "1")).await.unwrap();
    assert_eq!(way.table.requests(), 3);
    storage.queues().send(QueueName::BlastSubmit, "{}", None).await.unwrap();
    assert_eq!(way.queue.requests(), 3);
    storage.blobs().put(&path("a"), "a".into(), "text/plain", PutCondition::Overwrite).await.unwrap();
    assert_eq!(way.blob.requests(), 3);
    way.blob.answer_busy(2);
    assert_eq!(storage.blobs().get(&path("a"), 10).await.unwrap().unwrap(), "a");
}

#[tokio::test]
async fn a_service_that_stays_busy_is_told_as_throttled() {
    let way = Way::new().await;
    for proxy in [&way.blob, &way.queue, &way.table] {
        proxy.answer_busy(1_000);
    }
    let storage = way.storage();
    assert_eq!(kind(storage.tables().get(Table::JobState, "p", "r", Select::All).await), Kind::Throttled);
    assert_eq!(way.table.requests(), 3, "three tries and no more");
    assert_eq!(kind(storage.queues().approximate_count(QueueName::BlastSubmit).await), Kind::Throttled);
    assert_eq!(kind(storage.blobs().get(&path("a"), 10).await), Kind::Throttled);
}

#[tokio::test]
async fn a_long_wait_that_the_service_asks_for_is_told_and_not_waited_for() {
    let way = Way::new().await;
    way.table.answer_busy_for(1_000, 30);
    let error = way.storage().tables().get(Table::JobState, "p", "r", Select::All).await.unwrap_err();
    assert_eq!((error.kind, error.retry_after), (Kind::Throttled, Some(Duration::from_secs(30))));
    assert_eq!(way.table.requests(), 1);
}

#[tokio::test]
async fn frozen_storage_is_given_up_within_the_bound() {
    let way = Way::new().await;
    let storage = way.storage();
    for proxy in [&way.blob, &way.queue, &way.table] {
        proxy.freeze();
    }
    let (tables, queues, blobs) = (storage.tables(), storage.queues(), storage.blobs());
    let blob = path("a");
    let calls = async {
        tokio::join!(
            tables.get(Table::JobState, "p", "r", Select::All),
            queues.send(QueueName::BlastSubmit, "{}", None),
            blobs.head(&blob),
            blobs.get(&blob, 10),
        )
    };
    // Each call may last 2 s here, and the read of a blob is three of them; without a bound none would end.
    let (get, send, head, read) = tokio::time::timeout(SOON, calls).await.expect("each call ends");
    for found in [kind(get), kind(send), kind(head), kind(read)] {
        assert_eq!(found, Kind::Unavailable);
    }
}

#[tokio::test]
async fn a_connection_that_died_without_a_word_is_left_for_another() {
    let way = Way::new().await;
    let storage = way.storage();
    let tables = storage.tables();
    tables.insert(Table::JobState, &Entity::new("p", "r")).await.unwrap();
    way.table.freeze();
    let before = way.table.requests();
    let thaw = async {
        // The second try is on its way: the first was given up.
        until(|| way.table.requests() >= before + 2).await;
        way.table.thaw();
    };
    let (found, ()) = tokio::join!(tables.get(Table::JobState, "p", "r", Select::All), thaw);
    assert!(found.unwrap().is_some());
}

#[tokio::test]
async fn a_reset_connection_is_made_again() {
    let way = Way::new().await;
    let storage = way.storage();
    for n in 0..5 {
        storage.tables().upsert(Table::JobState, &Entity::new("p", "r").int("n", n)).await.unwrap();
        way.table.reset();
    }
    // In the middle of a call: its answer is held back until the reset.
    way.table.delay(Duration::ZERO, Duration::from_millis(400));
    let before = way.table.requests();
    let reset = async {
        until(|| way.table.requests() > before).await;
        way.table.reset();
        way.table.delay(Duration::ZERO, Duration::ZERO);
    };
    let tables = storage.tables();
    let (found, ()) = tokio::join!(tables.get(Table::JobState, "p", "r", Select::All), reset);
    assert_eq!(found.unwrap().unwrap().entity.get_int("n").unwrap(), 4);
}

#[tokio::test]
async fn a_read_that_breaks_off_once_goes_on() {
    let way = Way::new().await;
    let storage = way.storage();
    let bytes = pattern(9 * 1024 * 1024);
    let blob = path("large");
    storage.blobs().put(&blob, bytes.clone().into(), "text/plain", PutCondition::Overwrite).await.unwrap();
    way.blob.cut_after(1_000_000);
    assert!(storage.blobs().get(&blob, u64::MAX).await.unwrap().unwrap() == bytes);
    way.blob.cut_after(6_000_000);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("large");
    assert_eq!(storage.blobs().get_file(&blob, &file).await.unwrap(), bytes.len() as u64);
    assert!(std::fs::read(&file).unwrap() == bytes);
}

#[tokio::test]
async fn a_read_that_keeps_breaking_off_is_an_error_and_not_a_short_read() {
    let way = Way::new().await;
    let storage = way.storage();
    let blob = path("large");
    let body = pattern(9 * 1024 * 1024);
    storage.blobs().put(&blob, body.into(), "text/plain", PutCondition::Overwrite).await.unwrap();
    way.blob.cut_each_after(1_000_000);
    assert_eq!(kind(storage.blobs().get(&blob, u64::MAX).await), Kind::Unavailable);
    assert_eq!(kind(storage.blobs().open(&blob, None).await.map(drop)), Kind::Unavailable);
    // And where it begins well and breaks off later.
    way.blob.cut_each_after(u64::MAX);
    let mut stream = storage.blobs().open(&blob, None).await.unwrap();
    assert!(stream.try_next().await.unwrap().is_some());
    way.blob.cut_each_after(1_000);
    way.blob.reset();
    let rest: Result<Vec<_>, _> = stream.try_collect().await;
    assert_eq!(kind(rest), Kind::Unavailable);
}

#[tokio::test]
async fn an_upload_over_a_line_that_breaks_off_is_whole() {
    let way = Way::new().await;
    let storage = way.storage();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("large");
    let bytes = pattern(13 * 1024 * 1024);
    std::fs::write(&file, &bytes).unwrap();
    let blob = path("uploaded");
    let blobs = storage.blobs();
    let reset = async {
        for seen in [1, 3] {
            until(|| way.blob.requests() >= seen).await;
            way.blob.reset();
        }
    };
    let (written, ()) = tokio::join!(blobs.put_file(&blob, &file, "text/plain"), reset);
    assert_eq!(written.unwrap(), bytes.len() as u64);
    assert!(blobs.get(&blob, u64::MAX).await.unwrap().unwrap() == bytes);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_unavailable() {
    let way = Way::new().await;
    let storage = way.storage();
    let Way { blob, queue, table, .. } = way;
    drop((blob, queue, table));
    assert_eq!(kind(storage.tables().get(Table::JobState, "p", "r", Select::All).await), Kind::Unavailable);
    assert_eq!(kind(storage.queues().send(QueueName::BlastSubmit, "{}", None).await), Kind::Unavailable);
    assert_eq!(kind(storage.blobs().get(&path("a"), 1).await), Kind::Unavailable);
}
