//! Messages come twice and out of order.

use blastline_jobs::{
    message::{ArtifactsMessage, ChunkMessage, Message, SubmitMessage},
    names::QueueName,
    ports::Queues,
};
use blastline_tests::chain::{
    Chain, Database,
    searches::{STRICT, many_proteins, small},
    shapes::Event,
    until,
};
use std::{collections::BTreeMap, sync::Arc};

/// Messages of one job, sent by the test.
struct Copies {
    queues: Arc<dyn Queues>,
    job: blastline_jobs::ids::JobId,
}

impl Copies {
    fn of(chain: &Chain, job: &str) -> Self {
        Self { queues: chain.storage().queues(), job: job.parse().unwrap() }
    }

    async fn send(&self, message: Message) {
        self.queues.send(message.queue(), &message.to_json(), None).await.unwrap();
    }

    async fn submit(&self) {
        self.send(Message::Submit(SubmitMessage { job_id: self.job.clone() })).await;
    }

    async fn part(&self, first_query: u64) {
        self.send(Message::Chunk(ChunkMessage { job_id: self.job.clone(), first_query })).await;
    }

    async fn artifacts(&self) {
        self.send(Message::Artifacts(ArtifactsMessage { job_id: self.job.clone() })).await;
    }

    async fn all_taken(&self) {
        for queue in QueueName::ALL {
            until(&format!("{queue} is empty"), || async {
                (self.queues.approximate_count(*queue).await.unwrap() == 0).then_some(())
            })
            .await;
        }
    }
}

fn counted(events: &[Event]) -> BTreeMap<&str, usize> {
    let mut counted = BTreeMap::new();
    for event in events {
        *counted.entry(event.event.as_str()).or_default() += 1;
    }
    counted
}

/// What the history of a search that nothing went wrong with tells, each once. `submitted` may be left out: a part may
/// begin before the function that sent it says that it is through.
const STORY: [&str; 8] = [
    "created",
    "preparing",
    "configuring",
    "staging_db",
    "submitting",
    "running",
    "results_pending",
    "completed",
];

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_come_twice_and_out_of_order_change_nothing() {
    let chain = Chain::plan().database(Database::proteins(300)).start().await;
    let (search, query) = many_proteins(400);
    let id = chain.api.submit(&search).await.job_id;
    let copies = Copies::of(&chain, &id);
    // Too early: nothing is prepared, no part is cut, nothing is there to be joined.
    copies.artifacts().await;
    copies.part(0).await;
    copies.submit().await;
    copies.submit().await;
    chain
        .api
        .until(&id, "a part is cut", |job| job.parts.as_ref().is_some_and(|parts| parts.planned > 0))
        .await;
    for _ in 0..3 {
        copies.part(0).await;
    }
    copies.part(7).await;
    copies.artifacts().await;
    let job = chain.api.completed(&id).await;
    let expected = chain.direct(&job, &query).run("blastp", STRICT, "6");
    assert_eq!(chain.api.export(&id, "outfmt6").await, expected);
    // Too late: everything once more.
    let before = chain.api.events(&id).await.events;
    for part in job.parts.iter().flat_map(|parts| &parts.cells) {
        copies.part(part.first_query).await;
    }
    copies.submit().await;
    copies.artifacts().await;
    copies.all_taken().await;
    assert_eq!(chain.api.export(&id, "outfmt6").await, expected, "a late message changed the result");
    let after = chain.api.events(&id).await.events;
    assert_eq!(counted(&before), counted(&after), "a late message told something new");
    let told = counted(&after);
    for name in STORY {
        assert_eq!(told.get(name), Some(&1), "{name} in {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_tells_each_step_once_and_in_order() {
    let chain = Chain::with(Database::orchids()).await;
    let id = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&id).await;
    until("the last event is written", || async {
        let events = chain.api.events(&id).await.events;
        events.iter().any(|event| event.event == "completed").then_some(())
    })
    .await;
    let events = chain.api.events(&id).await.events;
    let mut names: Vec<_> = events.iter().map(|event| event.event.as_str()).collect();
    names.retain(|name| *name != "submitted");
    assert_eq!(names, STORY);
    assert_eq!(events[0].payload["program"], "blastn");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_jobs_that_do_not_exist_are_taken_and_forgotten() {
    let chain = Chain::plan().start().await;
    let copies = Copies::of(&chain, "job-0123456789abcdef0123456789abcdef");
    copies.submit().await;
    copies.part(3).await;
    copies.artifacts().await;
    copies.all_taken().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_cannot_be_read_ends_in_the_poison_queue_and_is_dropped() {
    let chain = Chain::with(Database::orchids()).await;
    let queues = chain.storage().queues();
    queues.send(QueueName::BlastChunks, r#"{"nothing":"of ours"}"#, None).await.unwrap();
    let id = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&id).await;
}
