//! Databases in generations, options that BLAST+ refuses, and a cache that is too small.

use blastline_blast::{options::SearchOptions, program::Program};
use blastline_jobs::{names::Table, ports::Entity};
use blastline_tests::chain::{
    Chain, Database,
    api::{answer, problem},
    samples,
    searches::{STRICT, many_proteins, small},
    shapes::PreFlight,
};
use reqwest::StatusCode;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a_search_stays_on_its_generation_while_another_goes_live() {
    let chain = Chain::with(Database::proteins(300)).await;
    let (search, query) = many_proteins(600);
    let first = chain.api.submit(&search).await.job_id;
    chain.api.until(&first, "it runs", |job| job.queries_done > 0).await;
    // Other sequences under the same name.
    let other = Database { name: "proteins", records: samples::proteins()[20..60].into() };
    chain.add(&other).await;
    // A process that has listed the databases knows which generation is live; otherwise it may take some seconds.
    chain.api.read::<Value>("/api/blast/databases").await;
    let second = chain.api.submit(&search).await.job_id;
    let (first, second) = (chain.api.completed(&first).await, chain.api.completed(&second).await);
    assert_ne!(first.databases[0].generation, second.databases[0].generation);
    for job in [&first, &second] {
        let found = chain.api.export(&job.job_id, "outfmt6").await;
        assert_eq!(found, chain.direct(job, &query).run("blastp", STRICT, "6"));
    }
    assert_ne!(
        chain.api.export(&first.job_id, "outfmt6").await,
        chain.api.export(&second.job_id, "outfmt6").await
    );
    // A generation may be named, also one that is live no more.
    let mut older = search.clone();
    older.as_object_mut().unwrap().remove("database");
    older["databases"] =
        serde_json::json!([{"name": "proteins", "generation": first.databases[0].generation}]);
    let third = chain.api.submit(&older).await.job_id;
    assert_eq!(chain.api.job(&third).await.databases[0].generation, first.databases[0].generation);
    chain.api.completed(&third).await;
    assert_eq!(chain.api.export(&third, "outfmt6").await, chain.api.export(&first.job_id, "outfmt6").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn options_that_blast_refuses_although_our_rules_take_them_fail_by_name() {
    let chain = Chain::with(Database::orchids()).await;
    let ready: Value = chain.api.read("/api/health/ready").await;
    let version = ready["blast_version"].as_str().unwrap();
    // What BLAST+ said is remembered by program, task, options and version; here it is made to have said no.
    let canonical = SearchOptions::defaults(Program::Blastn).unwrap().canonical();
    let key = sha256(&format!("{version} {canonical}"));
    let words = "Gap existence and extension values of 5 and 2 are not supported";
    let refusal = Entity::new("blast-options", key).bool("accepted", false).text("detail", words);
    chain.storage().tables().upsert(Table::Limits, &refusal).await.unwrap();
    let seen: PreFlight =
        answer(chain.api.post("/api/blast/pre-flight", &small()).await, StatusCode::OK).await;
    assert_eq!((seen.ready, seen.decision.as_str()), (false, "would_reject"));
    let check = seen.checks.iter().find(|check| check.id == "options").unwrap();
    assert_eq!((check.status.as_str(), check.detail.as_str()), ("fail", words));
    let id = chain.api.submit(&small()).await.job_id;
    let job = chain.api.ended(&id).await;
    assert_eq!((job.status.as_str(), job.phase.as_str()), ("failed", "config_invalid"));
    let error = job.error.unwrap();
    assert_eq!((error.code.as_str(), error.detail.as_str()), ("blast_options_refused", words));
    assert!(error.hint.is_some_and(|hint| !hint.is_empty()));
    assert!(job.steps.iter().any(|step| step.status == "failed"), "{:?}", job.steps);
    let missing = problem(chain.api.get(&format!("/api/blast/jobs/{id}/results/hits")).await, 404).await;
    assert_eq!(missing.code, "no_results");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_blast_says_to_options_is_remembered() {
    let chain = Chain::with(Database::orchids()).await;
    let seen: PreFlight =
        answer(chain.api.post("/api/blast/pre-flight", &small()).await, StatusCode::OK).await;
    assert!(seen.ready, "{:?}", seen.checks);
    let query = blastline_jobs::ports::Query::partition("blast-options");
    let rows = chain.storage().tables().query_all(Table::Limits, &query).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].entity.get_bool("accepted").unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_the_cache_cannot_hold_is_refused_with_the_numbers() {
    let chain = Chain::plan().database(Database::orchids()).set("CACHE_MAX_BYTES", 4_000).start().await;
    let refused = problem(chain.api.post("/api/blast/jobs", &small()).await, 422).await;
    assert_eq!(refused.code, "database_too_large");
    assert!(
        refused.detail.contains("4.0 kB") && refused.detail.matches("kB").count() == 2,
        "{}",
        refused.detail
    );
    let seen: PreFlight =
        answer(chain.api.post("/api/blast/pre-flight", &small()).await, StatusCode::OK).await;
    assert!(!seen.ready);
    let check = seen.checks.iter().find(|check| check.id == "database").unwrap();
    assert_eq!(check.status, "fail", "{check:?}");
    let list: Value = chain.api.read("/api/blast/databases").await;
    assert_eq!(
        (&list["databases"][0]["name"], &list["databases"][0]["fits_cache"]),
        (&"orchid_its".into(), &false.into())
    );
}

fn sha256(text: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
