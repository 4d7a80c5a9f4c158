use crate::world::World;
use blastline_azure::{PayloadError, PayloadRef, Payloads};
use blastline_jobs::{
    names::Table,
    ports::{Entity, Select},
};
use std::sync::Arc;

pub async fn a_large_payload_leaves_its_row_and_comes_back(world: &World) {
    let payloads = Payloads::new(Arc::clone(&world.blobs));
    for (text, times, inline) in [
        ("x", 0, true),
        ("x", 24_000, true),
        ("x", 24_001, false),
        ("😀", 12_000, true),
        ("😀", 1_000_000, false),
    ] {
        let json = text.repeat(times);
        let stored = payloads.store("job-1", "request", &json).await.unwrap();
        assert_eq!(matches!(stored, PayloadRef::Inline(_)), inline, "{times} {text}");
        let row = Entity::new("job-1", format!("{times}")).text("payload_json", stored.to_property());
        // Whatever its alphabet, what stays in the row fits in the row.
        world.tables.insert(Table::JobState, &row).await.unwrap();
        let row = world.tables.get(Table::JobState, "job-1", &row.rk, Select::All).await.unwrap().unwrap();
        let found = PayloadRef::from_property(row.entity.get_text("payload_json").unwrap()).unwrap();
        assert_eq!(found, stored);
        assert!(payloads.load(&found).await.unwrap() == json, "{times} {text}");
    }
    let PayloadRef::Blob(blob) = payloads.store("job-1", "request", &"😀".repeat(1_000_000)).await.unwrap()
    else {
        panic!("it is large");
    };
    assert!(blob.name().starts_with("job-1/request-"), "{blob}");
    assert_eq!(world.blobs.head(&blob).await.unwrap().unwrap().size_bytes, 4_000_000);
    payloads.store("job-10", "request", &"x".repeat(30_000)).await.unwrap();
    assert_eq!(payloads.remove("job-1").await.unwrap(), 2);
    assert_eq!(payloads.remove("job-1").await.unwrap(), 0);
    let gone = payloads.load(&PayloadRef::Blob(blob)).await;
    assert!(matches!(gone, Err(PayloadError::Gone { .. })), "{gone:?}");
    assert!(matches!(
        payloads.store("../x", "request", &"x".repeat(30_000)).await,
        Err(PayloadError::Name(_))
    ));
}

pub async fn a_payload_that_loses_the_race_for_its_id_leaves_the_winners_alone(world: &World) {
    let payloads = Payloads::new(Arc::clone(&world.blobs));
    let (winner, loser) = ("w".repeat(30_000), "l".repeat(30_000));
    let stored = payloads.store("job-1", "payload", &winner).await.unwrap();
    payloads.store("job-1", "payload", &loser).await.unwrap();
    assert!(payloads.load(&stored).await.unwrap() == winner);
}
