//! Bodies that are too large, of the wrong kind or broken; memory stays flat.

use blastline_tests::chain::{
    Chain, Database,
    api::{Api, problem},
    processes::peak_bytes,
    searches::small,
};
use flate2::{Compression, write::GzEncoder};
use reqwest::{Method, header};
use serde_json::{Value, json};
use std::io::Write;

const JOBS: &str = "/api/blast/jobs";
const MIB: usize = 1024 * 1024;
/// How much the memory of a process may grow while it takes in what is many times as large.
const FLAT: u64 = 48 * MIB as u64;

fn without_query() -> Value {
    json!({"program": "blastn", "database": "orchid_its"})
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

async fn post_as(api: &Api, kind: &'static str, body: impl Into<reqwest::Body>) -> reqwest::Response {
    api.request(Method::POST, JOBS).header(header::CONTENT_TYPE, kind).body(body).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_the_wrong_kind_or_broken_are_told_apart() {
    let chain = Chain::with(Database::orchids()).await;
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", "application/jsonx"]
    {
        let told = problem(post_as(&chain.api, kind, small().to_string()).await, 415).await;
        assert_eq!(told.code, "unsupported_media_type", "{kind:?}");
    }
    let broken = [
        "",
        "{",
        "null",
        "\"text\"",
        "{\"program\":7}",
        "{\"program\":\"blastn\",\"surprise\":1}",
        "\u{feff}",
    ];
    for body in broken {
        let told = problem(post_as(&chain.api, "application/json", body).await, 400).await;
        assert_eq!(told.code, "malformed_request", "{body:?}");
    }
    let deep = "[".repeat(200_000);
    problem(post_as(&chain.api, "application/json", deep).await, 400).await;
    let not_text: &[u8] = b"{\"program\":\"\xff\xfe\"}";
    problem(post_as(&chain.api, "application/json", not_text).await, 400).await;
    for form in [
        ("multipart/form-data", "--x\r\n"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n{\"prog",
        ),
        ("multipart/form-data; boundary=x", "--x--\r\n"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--x--\r\n",
        ),
    ] {
        let told = problem(post_as(&chain.api, form.0, form.1).await, 400).await;
        assert_eq!(told.code, "malformed_request", "{form:?}");
    }
    problem(chain.api.post_form(JOBS, None, Some(b">a\nACGT".to_vec())).await, 400).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_taken_plain_and_gzipped_and_refused_when_broken() {
    let chain = Chain::with(Database::orchids()).await;
    let query = small()["query_data"].as_str().unwrap().to_owned();
    let mut digests = Vec::new();
    for file in [query.clone().into_bytes(), gzip(query.as_bytes())] {
        let response = chain.api.post_form(JOBS, Some(&without_query()), Some(file)).await;
        assert_eq!(response.status(), 202, "{}", response.text().await.unwrap());
        let id = response.json::<Value>().await.unwrap()["job_id"].as_str().unwrap().to_owned();
        let job = chain.api.completed(&id).await;
        digests.push((job.queries_total, job.letters_total, chain.api.export(&id, "outfmt6").await));
    }
    assert_eq!(digests[0], digests[1], "gzip is read as what it holds");
    let whole = gzip(query.as_bytes());
    let mut flipped = whole.clone();
    let middle = flipped.len() - 6;
    flipped[middle] ^= 0x55;
    for (file, code) in [
        (whole[..whole.len() / 2].to_vec(), "broken_gzip"),
        (flipped, "broken_gzip"),
        (b"\x1f\x8b\x08\x00".to_vec(), "broken_gzip"),
        (b"PK\x03\x04\x14\x00\x00\x00".to_vec(), "not_text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "illegal_letter"),
        (Vec::new(), "empty"),
    ] {
        let told = problem(chain.api.post_form(JOBS, Some(&without_query()), Some(file)).await, 422).await;
        assert_eq!(
            (told.code.as_str(), told.errors[0].code.as_str()),
            ("invalid_query_fasta", code),
            "{told:?}"
        );
    }
    let both = chain.api.post_form(JOBS, Some(&small()), Some(query.into_bytes())).await;
    assert_eq!(problem(both, 422).await.code, "conflicting_query_sources");
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_flat_whatever_is_sent() {
    let plan = Chain::plan().database(Database::orchids()).set("MAX_QUERY_LETTERS", 2_000_000);
    let chain = plan.start().await;
    // What a first request costs is not what is measured.
    let warm = json!({"program": "blastn", "database": "orchid_its", "query_data": ">a\nAC!T"});
    problem(chain.api.post(JOBS, &warm).await, 422).await;
    problem(chain.api.post_form(JOBS, Some(&without_query()), Some(gzip(b">a\nAC!T"))).await, 422).await;
    let handler = chain.ready("http").await;
    let before = peak_bytes(handler);
    let letters = [b">long\n".as_slice(), &b"ACGTTGCA".repeat(90 * MIB / 8)].concat();
    let blanks = [b">a\n".as_slice(), &b"          \n".repeat(20 * MIB / 11)].concat();
    for (what, file) in [
        ("90 MiB of letters in gzip", gzip(&letters)),
        ("20 MiB of blanks in gzip", gzip(&blanks)),
        ("90 MiB of letters", letters),
    ] {
        let response = chain.api.post_form(JOBS, Some(&without_query()), Some(file)).await;
        let told = problem(response, 422).await;
        assert_eq!(told.code, "invalid_query_fasta", "{what}: {told:?}");
        let grown = peak_bytes(handler).saturating_sub(before);
        assert!(grown < FLAT, "{what}: memory grew by {} MiB", grown / MIB as u64);
    }
    assert_eq!(chain.ready("http").await, handler, "the process lives");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_over_the_limit_are_refused_before_they_are_read() {
    let chain = Chain::plan().set("MAX_REQUEST_BODY_BYTES", 3 * MIB).start().await;
    let handler = chain.ready("http").await;
    problem(chain.api.post(JOBS, &json!({"program": 1})).await, 400).await;
    let before = peak_bytes(handler);
    let long = format!("{{\"query_data\":\"{}\"}}", "A".repeat(11 * MIB));
    let told = problem(post_as(&chain.api, "application/json", long.clone()).await, 413).await;
    assert_eq!(told.code, "payload_too_large");
    assert!(told.detail.contains("3 MiB"), "{}", told.detail);
    // The same without a length in front.
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
        long.as_bytes().chunks(64 * 1024).map(|piece| Ok(piece.to_vec())).collect();
    let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    let told = problem(post_as(&chain.api, "application/json", body).await, 413).await;
    assert_eq!(told.code, "payload_too_large");
    let told =
        problem(chain.api.post_form(JOBS, Some(&without_query()), Some(vec![b'A'; 4 * MIB])).await, 413)
            .await;
    assert_eq!(told.code, "payload_too_large");
    let grown = peak_bytes(handler).saturating_sub(before);
    assert!(grown < FLAT, "memory grew by {} MiB", grown / MIB as u64);
    // Over the platform's own limit the host answers, and the handler never sees it.
    let response = chain
        .api
        .request(Method::POST, JOBS)
        .header(header::CONTENT_TYPE, "application/json")
        .body(vec![b' '; 101 * MIB])
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 413);
}
