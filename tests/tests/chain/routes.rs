//! Every address of the API is there, asks who is asking, and nothing else answers in its place.

use blastline_jobs::{
    names::Table,
    ports::{Entity, Match},
};
use blastline_tests::chain::{
    Chain, Database,
    api::problem,
    places::repository,
    searches::small,
    shapes::{HostStatus, JobList},
};
use reqwest::{Method, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
struct Document {
    paths: BTreeMap<String, BTreeMap<String, Value>>,
}

/// Addresses that no job's owner guards. May only shrink.
const UNGUARDED: [&str; 10] = [
    "GET /api/blast/databases",
    "GET /api/blast/jobs",
    "GET /api/blast/options",
    "GET /api/health",
    "GET /api/health/ready",
    "GET /api/me",
    "GET /api/monitor/aks",
    "POST /api/blast/jobs",
    "POST /api/blast/pre-flight",
    // The document itself is not in the document.
    "GET /api/docs/openapi.json",
];

/// Method and path of every address, from the committed document.
fn addresses() -> Vec<(Method, String)> {
    let text = std::fs::read_to_string(repository().join("web/openapi.json")).unwrap();
    let document: Document = serde_json::from_str(&text).unwrap();
    let all = document.paths.into_iter().flat_map(|(path, methods)| {
        methods.into_keys().map(move |method| (method.to_uppercase().parse().unwrap(), path.clone()))
    });
    all.collect()
}

/// A path for a job, with what its parameters have to be.
fn filled(path: &str, job: &str) -> String {
    let path = path.replace("{id}", job).replace("{file_id}", "b64_eA");
    match path.rsplit('/').next() {
        Some("export") => format!("{path}?format=tsv"),
        Some("overview") => format!("{path}?query=0"),
        _ => path,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_job_is_not_there_at_any_address() {
    let chain = Chain::with(Database::orchids()).await;
    let id = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&id).await;
    let other = Entity::new(id.as_str(), "current").text("owner_oid", "99999999-9999-9999-9999-999999999999");
    chain.storage().tables().patch(Table::JobState, &other, &Match::Any).await.unwrap();
    for (method, path) in addresses() {
        let named = format!("{method} {path}");
        if !path.contains("{id}") {
            assert!(UNGUARDED.contains(&named.as_str()), "{named} has no authorization case");
            continue;
        }
        let response = chain.api.request(method, &filled(&path, &id)).json(&json!({})).send().await.unwrap();
        let told = problem(response, 404).await;
        assert_eq!(told.code, "job_not_found", "{named}");
        assert!(!told.detail.contains(&id), "{named}");
    }
    let stored = chain.storage().tables();
    let row = stored
        .get(Table::JobState, &id, "current", blastline_jobs::ports::Select::All)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.entity.get_text("status").unwrap(), "completed", "somebody else could change it");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_of_the_document_is_answered_by_the_api() {
    let chain = Chain::with(Database::orchids()).await;
    let id = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&id).await;
    for (method, path) in addresses().into_iter().filter(|(method, _)| *method != Method::DELETE) {
        let response =
            chain.api.request(method.clone(), &filled(&path, &id)).json(&json!({})).send().await.unwrap();
        let status = response.status();
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        assert!(!kind.starts_with("text/html"), "{method} {path} is answered by the page");
        assert_ne!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        assert!(status.as_u16() < 500, "{method} {path}: {status}");
        if path.ends_with("/logs") {
            assert_eq!(status, StatusCode::BAD_REQUEST, "whose log is wanted has to be said");
        } else if path.ends_with("/logs/download") {
            assert_eq!(problem(response, 404).await.detail, "No logs are stored for this search.");
        } else if method == Method::GET && !path.contains("{file_id}") {
            assert!(status.is_success(), "{method} {path}: {status} {}", response.text().await.unwrap());
        }
    }
    let served: Value = chain.api.read("/api/docs/openapi.json").await;
    let committed = std::fs::read_to_string(repository().join("web/openapi.json")).unwrap();
    assert_eq!(
        served,
        serde_json::from_str::<Value>(&committed).unwrap(),
        "the document is served as committed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_says_so_and_the_page_is_where_it_belongs() {
    let chain = Chain::plan().start().await;
    for path in [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/blast",
        "/api/blast/nothing",
        "/api/health/nothing",
        "/api/me/x",
    ] {
        assert_eq!(problem(chain.api.get(path).await, 404).await.code, "not_found", "{path}");
    }
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let response =
            chain.api.request(method.clone(), "/api/nothing").json(&json!({})).send().await.unwrap();
        assert_eq!(problem(response, 404).await.code, "not_found", "{method}");
    }
    let put = chain.api.request(Method::PUT, "/api/blast/jobs").json(&json!({})).send().await.unwrap();
    assert_eq!(problem(put, 405).await.code, "method_not_allowed");
    let missing = "/api/blast/jobs/job-0123456789abcdef0123456789abcdef";
    assert_eq!(problem(chain.api.get(missing).await, 404).await.code, "job_not_found");
    let wrong = chain.api.request(Method::DELETE, "/api/blast/options").send().await.unwrap();
    assert_eq!(problem(wrong, 405).await.code, "method_not_allowed");
    for path in ["/", "/jobs", "/jobs/job-0123456789abcdef0123456789abcdef/results", "/search"] {
        let response = chain.api.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert!(
            response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"),
            "{path}"
        );
        assert!(response.headers().contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
    }
    let head = chain.api.request(Method::HEAD, "/").send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(chain.api.get("/assets/nothing.js").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_tells_of_itself() {
    let chain = Chain::with(Database::orchids()).await;
    let health: Value = chain.api.read("/api/health").await;
    assert_eq!(health["status"], "ok");
    let ready: Value = chain.api.read("/api/health/ready").await;
    let parts: Vec<_> = ready["components"].as_array().unwrap().iter().map(|part| &part["name"]).collect();
    assert_eq!(parts, ["tables", "queues", "blobs", "blast"]);
    assert!(ready["blast_version"].as_str().unwrap().starts_with("2."));
    let me: Value = chain.api.read("/api/me").await;
    assert_eq!(me["development"], true);
    assert!(me["notice"].as_str().unwrap().contains("Sign-in"));
    let databases: Value = chain.api.read("/api/blast/databases").await;
    assert_eq!(
        (&databases["databases"][0]["name"], &databases["databases"][0]["state"]),
        (&json!("orchid_its"), &json!("ready"))
    );
    let options: Value = chain.api.read("/api/blast/options").await;
    assert_eq!(options["programs"].as_array().unwrap().len(), 5);
    let errors = chain.api.text("/api/docs/errors").await;
    assert!(errors.contains("id=\"invalid_query_fasta\""));
    let reader = chain.api.text("/api/docs").await;
    assert!(reader.contains("openapi"), "the document can be read: {reader}");
    let list: JobList = chain.api.read("/api/blast/jobs").await;
    assert!(list.jobs.is_empty() && !list.has_more && list.next_cursor.is_none());
    let host: HostStatus = chain.api.read("/admin/host/status").await;
    assert!(host.rejected.is_empty(), "{:?}", host.rejected);
    let folders = std::fs::read_dir(repository().join("functions")).unwrap().flatten();
    let mut folders: Vec<_> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    folders.sort();
    assert_eq!(host.functions, folders);
}
