use super::House;
use super::tricky::{Trick, Tricky, Write};
use crate::query::stage;
use crate::serverless::{Accepted, Search, accept, reconcile};
use blastline_blast::fasta::{Limits, Want};
use blastline_blast::options::SearchOptions;
use blastline_blast::program::Program;
use blastline_jobs::database_name::DatabaseRef;
use blastline_jobs::ids::{JobId, OwnerId, TenantId};
use blastline_jobs::names::{Container, QueueName, Table};
use blastline_jobs::ports::Queues;
use blastline_jobs::timing::TaskType;

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
        elastic: None,
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

#[tokio::test]
async fn a_search_whose_request_stood_still_before_its_row_is_on_the_worklist_and_has_its_sequences() {
    let mut house = House::new();
    let scratch = tempfile::tempdir().unwrap();
    let staged = stage(&b">a\nACGTACGT\n"[..], Want::Any, &Limits::default(), scratch.path()).unwrap();
    let (clock, deps) = (house.clock.clone(), house.deps.clone());
    let stands_still = async move {
        // The reconciler misses the row, waits for it, and takes what was stored for left over.
        for span in [deps.timing.blast.quiet * 2, deps.timing.late * 2] {
            clock.advance(span);
            reconcile(&deps).await.unwrap();
        }
        assert_eq!(deps.active().all(TaskType::Blast).await.unwrap().len(), 0);
    };
    let trick = Trick::Overtaken(Box::pin(stands_still));
    let tricky = Tricky::new(&house.tables, Write::Insert, Table::JobState, trick);
    house.deps.tables = tricky.clone();
    let Accepted::New(row) = accept(&house.deps, search(), &staged).await.unwrap() else { panic!("not new") };
    assert!(tricky.is_played());
    let worklist = house.deps.active().all(TaskType::Blast).await.unwrap();
    assert!(worklist.contains_key(&row.id), "nobody would notice if it were lost");
    house.settle().await;
    house.assert_completed(&row.id, 1).await;
    house.assert_at_rest().await;
}
