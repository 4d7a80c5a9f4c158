use super::House;
use crate::query::stage;
use crate::serverless::{Accepted, Search, accept};
use blastline_blast::fasta::{Limits, Want};
use blastline_blast::options::SearchOptions;
use blastline_blast::program::Program;
use blastline_jobs::database_name::DatabaseRef;
use blastline_jobs::ids::{JobId, OwnerId, TenantId};
use blastline_jobs::names::{Container, QueueName};
use blastline_jobs::ports::Queues;

fn search() -> Search {
    Search {
        id: JobId::from_random([7; 16]),
        owner: OwnerId::development(),
        owner_name: String::new(),
        tenant: TenantId::development(),
        title: None,
        options: SearchOptions::defaults(Program::Blastn).unwrap(),
        database: DatabaseRef { name: "tiny".parse().unwrap(), generation: "g1".parse().unwrap() },
        database_title: "Tiny".into(),
        body_hash: "one".into(),
    }
}

#[tokio::test]
async fn of_two_searches_with_one_id_the_later_leaves_nothing_behind() {
    let house = House::new();
    let scratch = tempfile::tempdir().unwrap();
    let staged =
        |fasta: &str| stage(fasta.as_bytes(), Want::Any, &Limits::default(), scratch.path()).unwrap();
    let (first, second) = (staged(">a\nACGTACGT\n"), staged(">b\nACGTTCGT\n"));
    let Accepted::New(row) = accept(&house.deps, search(), &first).await.unwrap() else { panic!("not new") };
    let Accepted::Existing(found) = accept(&house.deps, search(), &second).await.unwrap() else {
        panic!("made twice")
    };
    assert_eq!((found.id.clone(), &found.query_digest), (row.id.clone(), &first.digest));
    let stored = house.deps.blobs.list(Container::Queries, row.id.as_str(), None).await.unwrap().blobs;
    assert_eq!(stored.len(), 1, "{stored:?}");
    assert!(stored[0].path.name().contains(&first.digest));
    let sent = house.queues.approximate_count(QueueName::BlastSubmit).await.unwrap();
    assert_eq!(sent, 1, "the first one's message alone");
    house.settle().await;
    house.assert_completed(&row.id, 1).await;
    house.assert_at_rest().await;
}
