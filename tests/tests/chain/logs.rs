//! What a search said: stored for good, read in pages, as a zip and as a stream, on both engines.

use blastline_jobs::{
    logs::LogSource,
    names::{Container, Table},
    ports::{Entity, Match, Select},
};
use blastline_tests::{
    chain::{
        Chain, Database,
        api::answer,
        cluster::Clustered,
        searches::{orchid_pieces, search},
    },
    standin::{BatchFault, Fault, LineFault},
};
use futures::StreamExt;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read},
};

/// Characters of a step's output that stand in the search's answer.
const LAST_OUTPUT: usize = 8_000;

fn lines(container: &str, what: LineFault, count: u32) -> Fault {
    Fault::Lines { container: container.to_owned(), count, what, every_millis: None }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

/// Every stored line by its target, read in pages of so many.
async fn pages(chain: &Chain, id: &str, limit: u64) -> BTreeMap<String, Vec<Value>> {
    let listed: Value = chain.api.read(&format!("/api/blast/jobs/{id}/logs/targets")).await;
    let mut all = BTreeMap::new();
    for target in listed["targets"].as_array().unwrap() {
        let (name, mut lines, mut from) = (text(target, "target"), Vec::new(), Some(0));
        while let Some(first) = from {
            let path = format!("/api/blast/jobs/{id}/logs?target={name}&from={first}&limit={limit}");
            let page: Value = chain.api.read(&path).await;
            let some = page["lines"].as_array().unwrap().clone();
            assert!(some.len() as u64 <= limit && page["total"] == target["lines"], "{page}");
            lines.extend(some);
            from = page["next"].as_u64();
        }
        let numbers: Vec<_> = lines.iter().map(|line| line["index"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (0..target["lines"].as_u64().unwrap()).collect::<Vec<_>>(), "{name}");
        all.insert(name.to_owned(), lines);
    }
    all
}

/// The zip: a text file for each target, with its lines.
async fn assert_download(chain: &Chain, id: &str, stored: &BTreeMap<String, Vec<Value>>) {
    let zip = chain.api.get(&format!("/api/blast/jobs/{id}/logs/download")).await;
    assert_eq!(zip.status(), StatusCode::OK);
    let mut zip = zip::ZipArchive::new(Cursor::new(zip.bytes().await.unwrap())).unwrap();
    assert_eq!(zip.len(), stored.len());
    for (target, lines) in stored {
        let (pod, container, _) = LogSource::parse_name(target).unwrap();
        let file = format!("/{pod}.{container}.txt");
        let mut names = zip.file_names().map(|name| name.unwrap().into_owned());
        let name = names.find(|name| name.ends_with(&file)).unwrap();
        drop(names);
        let mut packed = String::new();
        zip.by_name(&name).unwrap().read_to_string(&mut packed).unwrap();
        let expected: String =
            lines.iter().map(|line| format!("{} {}\n", text(line, "ts"), text(line, "line"))).collect();
        assert_eq!(packed, expected, "{name}");
    }
}

/// Chunks are numbered through for each step, and each target has an index.
async fn assert_chunks(chain: &Chain, id: &str, stored: &BTreeMap<String, Vec<Value>>) {
    let (blobs, prefix) = (chain.storage().blobs(), format!("{id}/execution-steps/logs/"));
    let (mut chunks, mut indexes) = (BTreeMap::<String, Vec<u64>>::new(), BTreeSet::new());
    let mut after = None;
    loop {
        let page = blobs.list(Container::JobArtifacts, &prefix, after.as_deref()).await.unwrap();
        for blob in &page.blobs {
            let Some((step, rest)) = blob.path.name().strip_prefix(&prefix).unwrap().split_once('/') else {
                assert_eq!(blob.path.name(), format!("{prefix}told.json"), "what belongs to no step");
                continue;
            };
            match rest.split_once('/') {
                None => {
                    let number = rest.strip_suffix(".json.gz").filter(|number| number.len() == 6).unwrap();
                    chunks.entry(step.to_owned()).or_default().push(number.parse().unwrap());
                }
                Some((target, _)) => {
                    indexes.insert(target.to_owned());
                }
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(indexes.len(), stored.len());
    for (step, numbers) in chunks {
        assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>(), "{step}");
    }
}

/// The stream of a search that has ended: every stored line once, then the end.
async fn assert_stream(chain: &Chain, id: &str, stored: &BTreeMap<String, Vec<Value>>) {
    let whole = chain.api.text(&format!("/api/blast/jobs/{id}/logs/events")).await;
    let frames: Vec<&str> = whole.split_terminator("\n\n").collect();
    let named = |name: &str| format!("event: {name}\n");
    assert!(frames[0].contains(&named("snapshot")) && frames.last().unwrap().contains(&named("completed")));
    let logs = frames.iter().filter(|frame| frame.contains(&named("log")));
    let got: Vec<String> = logs
        .map(|frame| {
            let data = frame.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
            text(&serde_json::from_str(data).unwrap(), "id").to_owned()
        })
        .collect();
    let ids: BTreeSet<&str> = stored.values().flatten().map(|line| text(line, "id")).collect();
    assert_eq!(got.len(), ids.len());
    assert_eq!(got.iter().map(String::as_str).collect::<BTreeSet<_>>(), ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_containers_of_a_search_said_stays_without_its_secrets() {
    let clustered = Clustered::start(Chain::plan().database(Database::orchids()), |cluster| {
        cluster.fault(lines("blast", LineFault::Chatter, 300)).fault(lines(
            "results-export",
            LineFault::Secrets,
            2,
        ))
    })
    .await;
    let chain = &clustered.chain;
    let id = clustered.submit(&search("blastn", Database::orchids().name, &orchid_pieces(12, 20))).await;
    chain.api.completed(&id).await;
    let stored = pages(chain, &id, 97).await;
    let of = |container: &'static str| stored.iter().filter(move |(name, _)| name.ends_with(container));
    assert!(of("/blast").count() > 1 && of("/import-query-batches").count() > 1, "{:?}", stored.keys());
    assert!(stored.keys().any(|name| name.starts_with("elb-cli-submit-")), "{:?}", stored.keys());
    for (name, lines) in of("/blast") {
        let pod = name.strip_suffix("/blast").unwrap();
        let said: Vec<_> =
            lines.iter().map(|line| text(line, "line")).filter(|l| l.starts_with("line ")).collect();
        assert_eq!(said, (0..300).map(|n| format!("line {n:06} of {pod}")).collect::<Vec<_>>());
    }
    let exported = of("/results-export").flat_map(|(_, lines)| lines).map(|line| text(line, "line"));
    let told: Vec<_> = exported.filter(|line| line.contains("Bearer")).collect();
    assert!(
        !told.is_empty() && told.iter().all(|line| !line.contains("c2VjcmV0") && !line.contains("eyJ")),
        "{told:?}"
    );
    let shown: Value = chain.api.read(&format!("/api/blast/jobs/{id}")).await;
    for (step, words) in [("submitting", "jobs were submitted"), ("running", "line 000299 of")] {
        let last = text(&shown["output"]["steps"][step], "last_output");
        assert!(last.contains(words) && last.chars().count() <= LAST_OUTPUT, "{step}: {last}");
    }
    assert_download(chain, &id, &stored).await;
    assert_chunks(chain, &id, &stored).await;
    assert_stream(chain, &id, &stored).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_blast_says_on_standard_error_on_this_machine_stays_too() {
    let chain = Chain::with(Database::orchids()).await;
    let mut few = search("blastn", Database::orchids().name, &orchid_pieces(2, 20));
    few["options"] = json!({"max_target_seqs": 2});
    let id = chain.api.submit(&few).await.job_id;
    chain.api.completed(&id).await;
    let stored = pages(&chain, &id, 1).await;
    assert!(!stored.is_empty() && stored.keys().all(|name| name.ends_with("/blastn")), "{:?}", stored.keys());
    for line in stored.values().flatten() {
        assert_eq!((text(line, "stream"), line["line"].as_str().unwrap().is_empty()), ("stderr", false));
    }
    assert!(
        stored.values().flatten().any(|line| text(line, "line").contains("5 or more matches")),
        "{stored:?}"
    );
    assert_download(&chain, &id, &stored).await;
    assert_stream(&chain, &id, &stored).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_whose_id_is_only_in_a_nested_place_of_its_row_is_followed_by_it() {
    let plan = Chain::plan().database(Database::orchids()).set("BLAST_MAX_RUN_CONCURRENCY", "1");
    let clustered = Clustered::start(plan, |cluster| {
        cluster.fault(lines("blast", LineFault::Chatter, 1)).fault(Fault::Batch {
            batch: None,
            what: BatchFault::Slow { seconds: 7_200 },
            times: 100,
        })
    })
    .await;
    let (chain, api) = (&clustered.chain, &clustered.chain.api);
    let wanted = search("blastn", Database::orchids().name, &orchid_pieces(12, 20));
    let searched = clustered.submit(&wanted).await;
    api.until(&searched, "batches run", |job| job.phase == "running").await;
    let nested = clustered.submit(&wanted).await;
    api.until(&nested, "it waits", |job| job.phase.starts_with("waiting_")).await;
    // As another writer leaves a row: the id stands in a mirror of the batches' state alone, and in no column.
    let tables = chain.storage().tables();
    let row = tables.get(Table::JobState, &nested, "current", Select::All).await.unwrap().unwrap().entity;
    let mut payload: Value = serde_json::from_str(row.get_text("payload_json").unwrap()).unwrap();
    payload["_progress"] = json!({ "steps": { "running": { "k8s": { "job_id": searched } } } });
    let patch = Entity::new(nested.as_str(), "current")
        .text("elastic_blast_job_id", "")
        .text("payload_json", payload.to_string())
        .int("elastic_attempt", 1_u64);
    tables.patch(Table::JobState, &patch, &Match::Any).await.unwrap();
    let path = format!("/api/blast/jobs/{nested}/logs/events");
    let mut stream = api.request(Method::GET, &path).send().await.unwrap().bytes_stream();
    let pods: BTreeSet<String> =
        clustered.standin.pods().into_iter().filter(|pod| pod.starts_with("blastn-batch-")).collect();
    let (mut heard, mut speakers) = (String::new(), BTreeSet::new());
    assert!(pods.len() > 1, "{pods:?}");
    while speakers != pods {
        heard.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
        let data =
            heard.lines().filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok());
        let spoke =
            data.filter(|data| data["line"].as_str().is_some_and(|line| line.starts_with("line 000000 of")));
        speakers = spoke.map(|data| text(&data, "pod").to_owned()).collect();
    }
    for id in [&searched, &nested] {
        let cancelled = api.post(&format!("/api/blast/jobs/{id}/cancel"), &json!({})).await;
        let _: Value = answer(cancelled, StatusCode::ACCEPTED).await;
        api.until(id, "it is cancelled", |job| job.status == "cancelled").await;
    }
    clustered.empty().await;
}
