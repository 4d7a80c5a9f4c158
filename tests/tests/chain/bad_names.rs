//! Names that mean something to a shell, a path or a query language are refused or harmless.

use blastline_jobs::names::Container;
use blastline_tests::chain::{
    Chain, Database,
    api::problem,
    searches::{orchid_pieces, small},
    shapes::Job,
};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// Each would leave a file `pwned` behind, or a path that leads elsewhere, if anything took it at its word.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "$(touch pwned)",
        "`touch pwned`",
        "a; touch pwned #",
        "a | tee pwned",
        "a && touch pwned",
        "> pwned",
        "-out pwned",
        "-version",
        "../../../../etc/passwd",
        "..",
        ".",
        "/etc/passwd",
        "..%2f..%2fetc",
        "%00",
        "%s%n%d",
        "a\nb",
        "a\r\nX-Injected: 1",
        "a\0b",
        "a\tb",
        "' or 1 eq 1 or '",
        "\"quoted\"",
        "<script>alert(1)</script>",
        "名前",
        "\u{202e}gpj",
        "~root",
        "*",
    ]
    .map(str::to_owned)
    .into();
    names.push("n".repeat(300));
    names
}

/// A refusal by the rules, never a fault of the program.
async fn is_refused(response: Response, at: &str) {
    let status = response.status().as_u16();
    assert!((400..500).contains(&status), "{at}: {status} {}", response.text().await.unwrap());
    problem(response, status).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_in_fields_that_choose_are_refused() {
    let chain = Chain::with(Database::orchids()).await;
    for name in names() {
        let changes: [(&str, Value); 8] = [
            ("program", json!(name)),
            ("database", json!(name)),
            ("db", json!(name)),
            ("databases", json!([{"name": name}])),
            ("databases", json!([{"name": "orchid_its", "generation": name}])),
            ("options", json!({"task": name})),
            ("options", json!({"dust": name})),
            ("options", json!({name.as_str(): 1})),
        ];
        for (field, value) in changes {
            let mut search = small();
            if field.starts_with("db") || field == "databases" {
                search.as_object_mut().unwrap().remove("database");
            }
            search[field] = value;
            let at = format!("{field} {name:?}");
            is_refused(chain.api.post("/api/blast/jobs", &search).await, &at).await;
        }
    }
    nothing_happened(&chain);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_in_addresses_are_refused() {
    let chain = Chain::with(Database::orchids()).await;
    let id = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&id).await;
    for name in names() {
        let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for path in [
            format!("/api/blast/jobs/{encoded}"),
            format!("/api/blast/jobs/{encoded}/results/hits"),
            format!("/api/blast/jobs/{id}/results/files/{encoded}"),
            format!("/api/tasks/{encoded}"),
            format!("/api/blast/jobs?cursor={encoded}"),
            format!("/api/blast/jobs?status={encoded}"),
            format!("/api/blast/jobs?limit={encoded}"),
            format!("/api/blast/jobs/{id}/results/export?format={encoded}"),
            format!("/api/blast/jobs/{id}/results/hits?sort_by={encoded}"),
            format!("/api/blast/jobs/{id}/results/hits?page={encoded}"),
        ] {
            is_refused(chain.api.get(&path).await, &format!("{path} {name:?}")).await;
        }
        // Texts to look for find nothing.
        for field in ["subject_id", "organism"] {
            let path = format!("/api/blast/jobs/{id}/results/hits?{field}={encoded}");
            let response = chain.api.get(&path).await;
            if response.status().is_success() {
                let page: Value = response.json().await.unwrap();
                assert_eq!(page["filtered_hits"], 0, "{field} {name:?}");
            } else {
                is_refused(response, &path).await;
            }
        }
        let response =
            chain.api.request(Method::DELETE, &format!("/api/blast/jobs/{encoded}")).send().await.unwrap();
        is_refused(response, &name).await;
    }
    assert_eq!(chain.api.job(&id).await.status, "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_titles_keys_and_sequence_names_are_harmless() {
    let chain = Chain::with(Database::orchids()).await;
    let mut query = orchid_pieces(3, 40);
    query[0].header = "$(touch,pwned);`touch_pwned`|tee>pwned ../../etc/passwd %s%n <b>title</b>".to_owned();
    query[1].header = "../../../pwned".to_owned();
    query[2].header = "'or'1'eq'1 \"quoted\" & 名前 \u{202e}gpj".to_owned();
    let mut search = small();
    search["query_data"] = json!(blastline_tests::chain::samples::fasta(&query));
    let mut jobs = Vec::new();
    for name in names() {
        search["job_title"] = json!(name);
        search["idempotency_key"] = json!(name);
        let response = chain.api.post("/api/blast/jobs", &search).await;
        if response.status().is_success() {
            let id = response.json::<Value>().await.unwrap()["job_id"].as_str().unwrap().to_owned();
            let job: Job = chain.api.job(&id).await;
            assert_eq!(job.job_title, name.trim(), "a title is kept as it is");
            jobs.push(id);
        } else {
            is_refused(response, &name).await;
        }
    }
    assert!(jobs.len() > 10, "harmless titles are taken");
    for id in &jobs[1..] {
        chain.api.post(&format!("/api/blast/jobs/{id}/cancel"), &json!({})).await;
    }
    let job = chain.api.completed(&jobs[0]).await;
    assert_eq!(job.payload.unwrap().query.queries, 3);
    let table = chain.api.export(&jobs[0], "outfmt6").await;
    assert!(table.lines().any(|line| line.starts_with("../../../pwned\t")), "names come back as they were");
    for container in Container::ALL {
        let page = chain.storage().blobs().list(*container, "", None).await.unwrap();
        for blob in page.blobs {
            let path = blob.path.to_string();
            assert!(!path.contains("..") && !path.contains("pwned") && path.is_ascii(), "{path}");
        }
    }
    for id in &jobs {
        chain.api.ended(id).await;
    }
    nothing_happened(&chain);
}

/// No name was taken for a command or a path.
fn nothing_happened(chain: &Chain) {
    let mut folders = vec![chain.dir().to_owned(), blastline_tests::chain::places::script_root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            assert!(!entry.file_name().to_string_lossy().contains("pwned"), "{}", entry.path().display());
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
    }
}
