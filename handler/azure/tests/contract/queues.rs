use crate::world::{World, kind};
use blastline_jobs::{
    names::QueueName,
    ports::{Received, StorageErrorKind as Kind},
};
use std::{collections::BTreeSet, time::Duration};

const QUEUE: QueueName = QueueName::BlastChunksPoison;
const MINUTE: Duration = Duration::from_secs(60);

async fn take(world: &World, visibility: Duration) -> Option<Received> {
    world.queues.receive(QUEUE, 1, visibility).await.unwrap().pop()
}

pub async fn a_message_comes_as_it_was_sent(world: &World) {
    let bodies = [r#"{"job":"job-1","text":"it's <&> 日本 😀"}"#, "{}", "plain\r\n text ", "MTIz"];
    for body in bodies {
        world.queues.send(QUEUE, body, None).await.unwrap();
    }
    assert_eq!(world.queues.approximate_count(QUEUE).await.unwrap(), 4);
    let messages = world.queues.receive(QUEUE, 32, MINUTE).await.unwrap();
    let seen: BTreeSet<_> = messages.iter().map(|message| message.body.as_str()).collect();
    assert_eq!(seen, BTreeSet::from(bodies));
    assert!(messages.iter().all(|message| message.dequeue_count == 1));
    assert_eq!(world.queues.approximate_count(QUEUE).await.unwrap(), 4, "hidden ones count");
    assert!(take(world, MINUTE).await.is_none());
    for message in &messages {
        world.queues.delete(QUEUE, message).await.unwrap();
        world.queues.delete(QUEUE, message).await.unwrap();
    }
    assert_eq!(world.queues.approximate_count(QUEUE).await.unwrap(), 0);
}

pub async fn a_delayed_message_is_not_seen_before_its_time(world: &World) {
    world.queues.send(QUEUE, "late", Some(Duration::from_millis(1_500))).await.unwrap();
    world.queues.send(QUEUE, "at once", Some(Duration::ZERO)).await.unwrap();
    assert_eq!(take(world, MINUTE).await.unwrap().body, "at once");
    assert!(take(world, MINUTE).await.is_none());
    assert_eq!(world.queues.approximate_count(QUEUE).await.unwrap(), 2);
    let late = world.until(|| take(world, MINUTE)).await;
    assert_eq!(late.body, "late");
}

pub async fn a_message_that_is_not_deleted_comes_again(world: &World) {
    world.queues.send(QUEUE, "again", None).await.unwrap();
    let first = take(world, Duration::from_secs(1)).await.unwrap();
    assert!(take(world, MINUTE).await.is_none());
    let second = world.until(|| take(world, MINUTE)).await;
    assert_eq!((second.id.as_str(), second.dequeue_count), (first.id.as_str(), 2));
    assert_ne!(first.pop_receipt, second.pop_receipt);
    let late = world.queues.delete(QUEUE, &first).await;
    assert_eq!(kind(late), Kind::LostRace, "who lost the message cannot delete it");
    world.queues.delete(QUEUE, &second).await.unwrap();
    world.queues.delete(QUEUE, &first).await.unwrap();
}

pub async fn a_queue_that_does_not_exist_holds_nothing_and_takes_nothing(world: &World) {
    let queues = world.bare().queues;
    assert_eq!(queues.receive(QUEUE, 1, MINUTE).await.unwrap(), []);
    assert_eq!(queues.approximate_count(QUEUE).await.unwrap(), 0);
    assert_eq!(kind(queues.send(QUEUE, "{}", None).await), Kind::NotFound);
}

pub async fn what_the_service_does_not_take_is_refused(world: &World) {
    let week = Duration::from_secs(7 * 24 * 3600);
    assert_eq!(kind(world.queues.send(QUEUE, "{}", Some(week + MINUTE)).await), Kind::Invalid);
    for (max, visibility) in [(0, MINUTE), (33, MINUTE), (1, Duration::ZERO), (1, week + MINUTE)] {
        assert_eq!(kind(world.queues.receive(QUEUE, max, visibility).await), Kind::Invalid);
    }
    world.queues.send(QUEUE, "{}", Some(week)).await.unwrap();
    assert!(take(world, MINUTE).await.is_none());
}
