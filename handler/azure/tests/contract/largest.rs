//! The maximum of everything, since a limit that is only believed in breaks on the largest search.

use crate::world::{World, kind};
use blastline_jobs::{
    names::{QueueName, Table},
    ports::{
        Entity, Match, Select, StorageErrorKind as Kind,
        limits::{
            MAX_ENTITY_BYTES, MAX_KEY_UNITS, MAX_MESSAGE_BYTES, MAX_PROPS, MAX_TEXT_UNITS, entity_bytes,
        },
    },
};
use std::time::Duration;

const TABLE: Table = Table::JobState;

pub async fn a_text_of_the_largest_size_fits_and_a_larger_one_is_refused(world: &World) {
    for (rk, text) in [
        ("ascii", "x".repeat(MAX_TEXT_UNITS)),
        ("two_bytes", "é".repeat(MAX_TEXT_UNITS)),
        ("two_units", "😀".repeat(MAX_TEXT_UNITS / 2)),
        ("escaped", "\"\n".repeat(MAX_TEXT_UNITS / 2)),
    ] {
        let entity = Entity::new("p", rk).text("t", text.clone());
        world.tables.insert(TABLE, &entity).await.unwrap();
        assert_eq!(
            world.tables.get(TABLE, "p", rk, Select::All).await.unwrap().unwrap().entity,
            entity,
            "{rk}"
        );
        let more = Entity::new("p", rk).text("t", text + "x");
        assert_eq!(kind(world.tables.patch(TABLE, &more, &Match::Any).await), Kind::TooLarge, "{rk}");
    }
    let key = "k".repeat(MAX_KEY_UNITS);
    world.tables.insert(TABLE, &Entity::new(&key, &key)).await.unwrap();
    assert!(world.tables.get(TABLE, &key, &key, Select::All).await.unwrap().is_some());
    assert_eq!(kind(world.tables.insert(TABLE, &Entity::new(key + "k", "r")).await), Kind::TooLarge);
}

/// A row of the largest texts, filled up to a size.
fn row(bytes: usize) -> Entity {
    let mut entity = Entity::new("p", "row");
    for n in 0.. {
        // What a property costs besides its units: the same for each, since the names are of one length.
        let left = bytes.saturating_sub(entity_bytes(&entity)).saturating_sub(8 + 2 * 3 + 4) / 2;
        if left == 0 {
            break;
        }
        entity = entity.text(&format!("t{n:02}"), "é".repeat(left.min(MAX_TEXT_UNITS)));
    }
    entity
}

pub async fn a_row_near_its_largest_size_fits_and_a_larger_one_is_refused(world: &World) {
    let largest = row(MAX_ENTITY_BYTES);
    assert!(entity_bytes(&largest) > MAX_ENTITY_BYTES - 64);
    world.tables.insert(TABLE, &largest).await.unwrap();
    let stored = world.tables.get(TABLE, "p", "row", Select::All).await.unwrap().unwrap();
    assert_eq!(stored.entity, largest);
    assert_eq!(kind(world.tables.upsert(TABLE, &row(MAX_ENTITY_BYTES + 128)).await), Kind::TooLarge);

    let wide = |count| (0..count).fold(Entity::new("p", "wide"), |row, n| row.int(&format!("n{n}"), 1));
    world.tables.insert(TABLE, &wide(MAX_PROPS)).await.unwrap();
    assert_eq!(kind(world.tables.upsert(TABLE, &wide(MAX_PROPS + 1)).await), Kind::TooLarge);
}

pub async fn a_message_of_the_largest_size_fits_and_a_larger_one_is_refused(world: &World) {
    let queue = QueueName::BlastSubmit;
    let body = "é".repeat(MAX_MESSAGE_BYTES / 2);
    world.queues.send(queue, &body, None).await.unwrap();
    let message = world.queues.receive(queue, 1, Duration::from_secs(60)).await.unwrap().remove(0);
    assert_eq!(message.body, body);
    assert_eq!(kind(world.queues.send(queue, &(body + "x"), None).await), Kind::TooLarge);
}
