//! Connecting, and what the development connection makes by itself.

use crate::world::{connect, connect_with, kind};
use blastline_azure::{CallLimits, ConnectionString, Storage, StorageSettings};
use blastline_jobs::{
    names::{Container, QueueName, Table},
    ports::{Entity, Select, StorageErrorKind as Kind},
};
use blastline_tests::{
    azurite::Azurite,
    leftovers::{LeftoverCheck, messages_left},
};

#[tokio::test]
async fn an_empty_emulator_is_prepared_and_a_prepared_one_left_alone() {
    let storage = connect(&Azurite::shared().account());
    assert!(storage.is_development());
    assert!(storage.bootstrap().await.is_empty());
    storage.tables().insert(Table::JobState, &Entity::new("p", "r")).await.unwrap();
    assert!(storage.bootstrap().await.is_empty());
    for table in Table::ALL {
        let row = storage.tables().get(*table, "p", "r", Select::All).await.unwrap();
        assert_eq!(row.is_some(), *table == Table::JobState, "{table}");
    }
    for queue in QueueName::ALL {
        storage.queues().send(*queue, "{}", None).await.unwrap();
    }
    for container in Container::ALL {
        assert_eq!(storage.blobs().list(*container, "", None).await.unwrap().blobs, []);
    }
    let left = messages_left(&*storage.queues()).await;
    assert!(QueueName::ALL.iter().all(|queue| left.contains(queue.as_str())), "{left}");
}

#[tokio::test]
async fn messages_that_are_left_over_fail_a_test() {
    let account = Azurite::shared().account();
    let storage = connect(&account);
    storage.bootstrap().await;
    let check = {
        let account = account.clone();
        LeftoverCheck::new(move || connect(&account).queues())
    };
    drop(check);
    storage.queues().send(QueueName::BlastChunks, "{}", None).await.unwrap();
    let check = LeftoverCheck::new(move || connect(&account).queues());
    let panicked = std::thread::spawn(move || drop(check)).join().unwrap_err();
    let said = panicked.downcast_ref::<String>().unwrap();
    assert!(said.contains("blast-chunks: 1"), "{said}");
}

#[tokio::test]
async fn storage_elsewhere_is_never_prepared() {
    let settings = StorageSettings::of(ConnectionString::new("AccountName=acct;AccountKey=a2V5"));
    let storage = Storage::connect(&settings).unwrap();
    assert!(!storage.is_development());
    // Would fail, and wait, if it called anything.
    assert!(storage.bootstrap().await.is_empty());
    assert!(Storage::connect(&StorageSettings::development()).unwrap().is_development());
}

#[tokio::test]
async fn a_wrong_key_is_denied() {
    let account = Azurite::shared().account();
    let wrong = account.connection_string().replace(&account.key, &"A".repeat(88));
    let storage = connect_with(&wrong, CallLimits::default());
    assert_eq!(kind(storage.tables().get(Table::JobState, "p", "r", Select::All).await), Kind::Denied);
    assert_eq!(kind(storage.queues().send(QueueName::BlastSubmit, "{}", None).await), Kind::Denied);
    assert_eq!(kind(storage.blobs().list(Container::Results, "", None).await), Kind::Denied);
    let failures = storage.bootstrap().await;
    let all = Table::ALL.len() + QueueName::ALL.len() + Container::ALL.len();
    assert_eq!(failures.len(), all, "each failure is told");
}
