//! Looking at everything, which only the doctor does.

use crate::world::World;
use blastline_jobs::{
    blob_path::BlobPath,
    names::{Container, QueueName, Table},
    ports::{BatchOp, Entity, PutCondition, Select},
};
use bytes::Bytes;
use std::time::Duration;

const QUEUE: QueueName = QueueName::BlastSubmitPoison;

pub async fn a_scan_comes_to_the_last_row_of_the_last_partition(world: &World) {
    let rows = |pk: &str, count: usize| -> Vec<(String, String)> {
        (0..count).map(|n| (pk.to_owned(), format!("{n:06}"))).collect()
    };
    let expected: Vec<_> =
        [rows("a", 1), rows("b", 1_050), rows("it's", 2), rows("z", 1)].into_iter().flatten().collect();
    for (pk, count) in [("z", 1), ("b", 1_050), ("a", 1), ("it's", 2)] {
        for hundred in rows(pk, count).chunks(100) {
            let row =
                |(pk, rk): &(String, String)| BatchOp::Insert(Entity::new(pk, rk).int("n", 1).int("m", 2));
            let ops: Vec<_> = hundred.iter().map(row).collect();
            world.tables.batch(Table::JobChunks, pk, &ops).await.unwrap();
        }
    }
    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = world.survey.scan(Table::JobChunks, Select::Only(&["n"]), after.as_ref()).await.unwrap();
        pages += 1;
        for row in page.rows {
            assert_eq!(row.entity.props.keys().collect::<Vec<_>>(), ["n"]);
            found.push((row.entity.pk, row.entity.rk));
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(found, expected);
    assert!(pages > 1);
    let empty = world.survey.scan(Table::Databases, Select::All, None).await.unwrap();
    assert!(empty.rows.is_empty() && empty.next.is_none());
}

pub async fn a_message_that_is_peeked_at_stays_as_it_was(world: &World) {
    let body = r#"{"jobId":"<it's>"}"#;
    world.queues.send(QUEUE, body, None).await.unwrap();
    world.queues.send(QUEUE, "later", Some(Duration::from_secs(600))).await.unwrap();
    for _ in 0..2 {
        let seen = world.survey.peek(QUEUE).await.unwrap();
        assert_eq!(seen.len(), 1, "a hidden one is not shown");
        assert_eq!((seen[0].body.as_str(), seen[0].dequeue_count), (body, 0));
        assert!(seen[0].sent_at.year() >= 2026);
    }
    let taken = world.queues.receive(QUEUE, 1, Duration::from_secs(600)).await.unwrap();
    assert_eq!(taken[0].dequeue_count, 1);
    assert!(world.survey.peek(QUEUE).await.unwrap().is_empty());
    for n in 0..40 {
        world.queues.send(QUEUE, &n.to_string(), None).await.unwrap();
    }
    assert_eq!(world.survey.peek(QUEUE).await.unwrap().len(), 32);
    assert!(world.bare().survey.peek(QUEUE).await.unwrap().is_empty(), "a queue that does not exist");
}

pub async fn a_blob_is_deleted_only_in_the_version_that_was_listed(world: &World) {
    let path = BlobPath::new(Container::Queries, "job/query.fa").unwrap();
    let put = |body: &'static str| {
        world.blobs.put(&path, Bytes::from_static(body.as_bytes()), "text/plain", PutCondition::Overwrite)
    };
    put("first").await.unwrap();
    let listed = world.blobs.list(Container::Queries, "job/", None).await.unwrap().blobs.remove(0);
    put("second").await.unwrap();
    assert!(!world.blobs.delete_version(&listed).await.unwrap());
    assert_eq!(world.blobs.get(&path, 100).await.unwrap().unwrap(), "second");
    let listed = world.blobs.list(Container::Queries, "job/", None).await.unwrap().blobs.remove(0);
    assert!(world.blobs.delete_version(&listed).await.unwrap());
    assert!(!world.blobs.delete_version(&listed).await.unwrap(), "gone");
    assert_eq!(world.blobs.head(&path).await.unwrap(), None);
}
