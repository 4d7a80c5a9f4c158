//! The doctor, as an operator calls it on a system that runs.

use blastline_jobs::{blob_path::BlobPath, names::Container, ports::PutCondition};
use blastline_tests::chain::{Chain, Database, places::handler, searches::small, until};
use bytes::Bytes;
use std::process::Output;
use tokio::process::Command;

/// Asks the doctor in the environment of the chain, where times are divided so much that what is six seconds old is not
/// young any more.
async fn doctor(chain: &Chain, words: &[&str], connection: Option<&str>) -> Output {
    let mut command = Command::new(handler());
    command.args(["doctor", "state"]).args(words).envs(chain.environment()).env("TIME_SCALE", "100");
    if let Some(connection) = connection {
        command.env("AzureWebJobsStorage", connection);
    }
    command.kill_on_drop(true).output().await.unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

async fn is_content(chain: &Chain) {
    until("the doctor finds nothing", || async {
        (doctor(chain, &[], None).await.status.code() == Some(0)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_heals_and_is_content_while_the_system_runs() {
    let chain = Chain::with(Database::orchids()).await;
    let job = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&job).await;
    is_content(&chain).await;
    let nobodys = "job-0123456789abcdef0123456789abcdef";
    let blob = BlobPath::new(Container::Results, format!("{nobodys}/hits.parquet")).unwrap();
    let blobs = chain.storage().blobs();
    blobs.put(&blob, Bytes::from_static(b"x"), "x", PutCondition::CreateOnly).await.unwrap();
    let told = until("it is no longer young", || async {
        let output = doctor(&chain, &["--json"], None).await;
        (output.status.code() == Some(1)).then_some(output)
    })
    .await;
    let report: serde_json::Value = serde_json::from_str(&said(&told)).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["name"], "result_without_row", "{report}");
    assert_eq!(finding["heal"], "handler doctor state --heal");
    assert!(finding["subject"].as_str().unwrap().contains(nobodys), "{report}");
    let table = said(&doctor(&chain, &[], None).await);
    assert!(table.contains("result_without_row") && table.contains("1 contradict"), "{table}");
    let healed = doctor(&chain, &["--heal"], None).await;
    assert_eq!(healed.status.code(), Some(0), "{}", said(&healed));
    until("the reconciler took it away", || async {
        blobs.head(&blob).await.unwrap().is_none().then_some(())
    })
    .await;
    is_content(&chain).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_that_cannot_look_says_so_and_finds_nothing_good() {
    let chain = Chain::plan().start().await;
    // Nobody listens at a port that was given back.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let away = format!("http://127.0.0.1:{port}/a");
    let connection = format!(
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint={away};QueueEndpoint={away};\
         TableEndpoint={away}"
    );
    let output = doctor(&chain, &[], Some(&connection)).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not look"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_deleted_search_stays_in_storage_but_its_row() {
    let chain = Chain::with(Database::orchids()).await;
    let job = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&job).await;
    let path = format!("/api/blast/jobs/{job}");
    let response = chain.api.request(reqwest::Method::DELETE, &path).send().await.unwrap();
    assert!(response.status().is_success());
    let blobs = chain.storage().blobs();
    until("its blobs are gone", || async {
        for container in [Container::Queries, Container::Results, Container::JobPayloads] {
            if !blobs.list(container, &job, None).await.unwrap().blobs.is_empty() {
                return None;
            }
        }
        Some(())
    })
    .await;
    assert_eq!(chain.api.get(&path).await.status(), reqwest::StatusCode::NOT_FOUND);
}
