//! Processes are killed at any moment, and nothing is lost.

use blastline_tests::chain::{
    Chain, Database,
    processes::kill,
    searches::{STRICT, many_proteins, small},
    shapes::{HostProcess, Job, JobList},
    until,
};
use std::collections::BTreeSet;

/// A search of so many sequences in several parts, and its query.
async fn start(chain: &Chain, count: usize) -> (String, String) {
    let (search, query) = many_proteins(count);
    (chain.api.submit(&search).await.job_id, query)
}

fn chain() -> blastline_tests::chain::Plan {
    Chain::plan().database(Database::proteins(300))
}

async fn is_blasts(chain: &Chain, job: &Job, query: &str) {
    let found = chain.api.export(&job.job_id, "outfmt6").await;
    assert_eq!(found, chain.direct(job, query).run("blastp", STRICT, "6"));
    assert!(found.lines().count() > 500, "the query is no good test");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_whose_every_handler_is_killed_once_is_completed() {
    let chain = chain().start().await;
    let (id, query) = start(&chain, 2_000).await;
    // The one that prepares the search, in the middle of it.
    let first = killed(&chain, "function:task-blast-submit", &BTreeSet::new()).await;
    let mut gone = BTreeSet::from([first]);
    chain
        .api
        .until(&id, "a part runs", |job| job.parts.as_ref().is_some_and(|parts| parts.running > 0))
        .await;
    let chunks = "function:task-blast-chunk";
    let processes = chain.api.processes().await;
    let searching = processes.iter().filter(|process| process.group.as_deref() == Some(chunks)).count();
    let others = ["http", "function:timer-reconcile", "function:task-blast-watch"];
    for group in others.into_iter().chain(std::iter::repeat_n(chunks, searching)) {
        gone.insert(killed(&chain, group, &gone).await);
        chain.api.until(&id, "it goes on", |job| job.queries_done < job.queries_total).await;
    }
    gone.insert(killed(&chain, "function:task-blast-artifacts", &gone).await);
    assert_eq!(gone.len(), processes.len(), "each process of the chain once");
    let job = chain.api.completed(&id).await;
    assert!(job.parts.as_ref().unwrap().planned > 8, "the search was cut in many parts");
    is_blasts(&chain, &job, &query).await;
    let processes = chain.api.processes().await;
    assert!(processes.iter().all(|process| process.restarts >= 1), "{processes:?}");
}

/// Kills a process of a group that was not killed yet, once it is ready, and waits until another has taken its place.
async fn killed(chain: &Chain, group: &str, gone: &BTreeSet<(String, usize)>) -> (String, usize) {
    let find = |processes: Vec<HostProcess>| {
        let mut ours = processes.into_iter().filter(|process| process.group.as_deref() == Some(group));
        ours.find(|process| !gone.contains(&(group.to_owned(), process.instance)))
    };
    let (instance, pid) = until(&format!("{group} is ready"), || async {
        let process = find(chain.api.processes().await)?;
        (process.state == "ready").then_some((process.instance, process.pid?))
    })
    .await;
    kill(pid);
    let place =
        |process: &HostProcess| process.group.as_deref() == Some(group) && process.instance == instance;
    until(&format!("{group} has a successor"), || async {
        let processes = chain.api.processes().await;
        let now = processes.iter().find(|process| place(process))?;
        (now.pid != Some(pid) && now.state == "ready").then_some(())
    })
    .await;
    (group.to_owned(), instance)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_goes_on_after_the_whole_host_was_killed_and_earlier_jobs_are_there() {
    let mut chain = chain().database(Database::orchids()).scratch_may_stay().start().await;
    let earlier = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&earlier).await;
    let (id, query) = start(&chain, 700).await;
    chain.api.until(&id, "some of it is done", |job| job.queries_done > 0 && job.status == "running").await;
    chain.kill_host().await;
    chain.start_again().await;
    let job = chain.api.completed(&id).await;
    is_blasts(&chain, &job, &query).await;
    let list: JobList = chain.api.read("/api/blast/jobs").await;
    let listed: Vec<_> = list.jobs.iter().map(|job| (job.job_id.as_str(), job.status.as_str())).collect();
    assert_eq!(listed, [(id.as_str(), "completed"), (earlier.as_str(), "completed")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_a_handler_takes_its_blast_with_it() {
    let chain = chain().start().await;
    let (id, _) = start(&chain, 700).await;
    let child = until("BLAST+ runs", || async { chain.blast_processes().into_iter().next() }).await;
    for process in chain.api.processes().await {
        if process.group.as_deref() == Some("function:task-blast-chunk") {
            process.pid.into_iter().for_each(kill);
        }
    }
    until("the child is gone", || async {
        chain.processes().iter().all(|p| p.pid != child.pid).then_some(())
    })
    .await;
    chain.api.post(&format!("/api/blast/jobs/{id}/cancel"), &serde_json::json!({})).await;
    chain.api.until(&id, "it is cancelled", |job| job.status == "cancelled").await;
}
