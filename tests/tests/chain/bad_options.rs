//! Options, programs and databases that are not there or not allowed are refused by field, with what is allowed.

use blastline_tests::chain::{
    Chain, Database,
    api::{answer, problem},
    searches::small,
    shapes::PreFlight,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A change to a search that is fine, and the field and code of its refusal.
fn cases() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    vec![
        ("program", json!("blastz"), "program", "validation_error"),
        ("program", json!(""), "program", "validation_error"),
        ("program", json!("blastp"), "database", "validation_error"),
        ("database", json!("no_such_database"), "database", "database_not_found"),
        ("databases", json!([{"name": "orchid_its", "generation": "0123456789abcdef"}]), "database", ""),
        ("databases", json!([{"name": "a"}, {"name": "b"}]), "database", "database_not_found"),
        ("options", json!({"nonsense": 1}), "options.nonsense", "validation_error"),
        ("options", json!({"evalue": -1}), "options.evalue", "validation_error"),
        ("options", json!({"evalue": "much"}), "options.evalue", "validation_error"),
        ("options", json!({"word_size": 1}), "options.word_size", "validation_error"),
        ("options", json!({"word_size": 4.5}), "options.word_size", "validation_error"),
        ("options", json!({"max_target_seqs": 0}), "options.max_target_seqs", "validation_error"),
        ("options", json!({"task": "slowest"}), "options.task", "validation_error"),
        ("options", json!({"strand": "up"}), "options.strand", "validation_error"),
        ("options", json!({"matrix": "BLOSUM62"}), "options.matrix", "validation_error"),
        ("options", json!({"out": "/tmp/x"}), "options.out", "validation_error"),
        ("options", json!({"task": "blastn", "reward": 1, "penalty": -9}), "", "validation_error"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_is_refused_by_field_with_the_allowed_values() {
    let chain = Chain::with(Database::orchids()).await;
    for (field, value, blamed, code) in cases() {
        let mut search = small();
        if field == "databases" {
            search.as_object_mut().unwrap().remove("database");
        }
        search[field] = value;
        let at = format!("{field} {}", search[field]);
        let told = problem(chain.api.post("/api/blast/jobs", &search).await, 422).await;
        assert!(code.is_empty() || told.code == code, "{at}: {told:?}");
        let error = told.errors.iter().find(|error| blamed.is_empty() || error.field == blamed);
        let error = error.unwrap_or_else(|| panic!("{at}: no error of {blamed}: {told:?}"));
        assert!(!error.message.is_empty(), "{at}");
        if code == "validation_error" && error.code != "not_for_program" {
            assert!(error.allowed.as_ref().is_some_and(|allowed| !allowed.is_empty()), "{at}: {error:?}");
        }
        let seen: PreFlight =
            answer(chain.api.post("/api/blast/pre-flight", &search).await, StatusCode::OK).await;
        assert!(!seen.ready, "{at}");
        let fields = |errors: &[blastline_tests::chain::shapes::FieldProblem]| -> Vec<_> {
            errors.iter().map(|error| (error.field.clone(), error.code.clone())).collect()
        };
        assert_eq!(fields(&seen.errors), fields(&told.errors), "{at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_said_at_once() {
    let chain = Chain::with(Database::orchids()).await;
    let search = json!({
        "program": "blastn", "database": "nowhere", "query_data": ">a\nAC!T",
        "options": {"evalue": -1, "word_size": 1}, "job_title": "x".repeat(300),
    });
    let told = problem(chain.api.post("/api/blast/jobs", &search).await, 422).await;
    let mut fields: Vec<_> = told.errors.iter().map(|error| error.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["database", "job_title", "options.evalue", "options.word_size", "query_data"]);
    assert_eq!(told.code, "validation_error");
}

#[tokio::test(flavor = "multi_thread")]
async fn pre_flight_names_programs_that_fit() {
    let chain = Chain::with(Database::proteins(50)).await;
    let mut search = small();
    search["database"] = json!("proteins");
    let seen: PreFlight =
        answer(chain.api.post("/api/blast/pre-flight", &search).await, StatusCode::OK).await;
    assert!(!seen.ready);
    assert_eq!(seen.fitting_programs, ["blastx"]);
    search["program"] = json!("blastx");
    let seen: PreFlight =
        answer(chain.api.post("/api/blast/pre-flight", &search).await, StatusCode::OK).await;
    assert!(seen.ready, "{:?} {:?}", seen.errors, seen.checks);
    assert!(seen.checks.iter().all(|check| check.status == "pass"), "{:?}", seen.checks);
}
