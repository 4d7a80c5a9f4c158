use crate::bed::{Bed, GENERATION, node};
use blastline_jobs::ports::{ClusterError, ClusterErrorKind};
use serde_json::{Value, json};

const QUERY: &str = ">q\nACGTACGTACGTACGTACGTACGTACGTACGTACGT\n";

fn search(database: &str, cluster: &str) -> Value {
    json!({
        "program": "blastn", "engine": "elastic", "cluster_name": cluster, "query_data": QUERY,
        "databases": [{ "name": database, "generation": GENERATION }],
    })
}

fn status<'a>(answer: &'a Value, id: &str) -> &'a str {
    let checks = answer["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("no {id}: {answer}"))["status"]
        .as_str()
        .unwrap()
}

async fn refused(bed: &Bed, body: &Value) -> (u16, String, Value) {
    let (status, answer) = bed.post("/api/blast/jobs", body).await;
    (
        status.as_u16(),
        answer["code"].as_str().unwrap_or_default().to_owned(),
        answer["blocking_gates"].clone(),
    )
}

#[tokio::test]
async fn submitting_asks_no_cluster_and_looking_at_it_does_neither() {
    let bed = Bed::new(&[]).await;
    let (status_of, answer) = bed.post("/api/blast/pre-flight", &search("tiny", "yard")).await;
    assert_eq!(status_of, 200);
    for id in ["aks_cluster", "storage", "database", "capacity"] {
        assert_eq!(status(&answer, id), "pass", "{answer}");
    }
    assert_eq!(status(&answer, "runner_images"), "unknown");
    assert_eq!((&answer["ready"], &answer["engine"]), (&json!(true), &json!("elastic")));
    assert_eq!(answer["outfmt"]["shown_in_page"], json!(true));
    let (taken, answer) = bed.post("/api/blast/jobs", &search("tiny", "yard")).await;
    assert_eq!(taken, 202, "{answer}");
    let (listed, _) = bed.get("/api/monitor/aks").await;
    assert_eq!(listed, 200);
    assert_eq!(bed.cluster.calls(), 0);
}

#[tokio::test]
async fn a_submission_asks_its_cluster_where_the_settings_say_so() {
    let bed = Bed::new(&[("BLAST_SUBMIT_SYNC_CAPACITY_CHECK", "true")]).await;
    let (taken, answer) = bed.post("/api/blast/jobs", &search("tiny", "yard")).await;
    assert_eq!((taken.as_u16(), bed.cluster.calls()), (202, 1), "{answer}");
    for (kind, wanted) in [
        (ClusterErrorKind::NotFound, (409, "cluster_not_found".to_owned())),
        (ClusterErrorKind::Unavailable, (503, "cluster_not_ready".to_owned())),
    ] {
        bed.cluster.set_outage(Some(ClusterError::new(kind, "list nodes", "down")));
        let (code, name, _) = refused(&bed, &search("tiny", "yard")).await;
        assert_eq!((code, name), wanted);
    }
}

#[tokio::test]
async fn each_gate_refuses_by_its_name() {
    let bed = Bed::new(&[]).await;
    bed.publish("huge", 200 << 30, false).await;
    bed.publish("away", 64, false).await;
    for (name, words) in [("huge", "needs 200 GiB of memory"), ("away", "1 of 1 files of away are not")] {
        let body = search(name, "yard");
        let (code, word, gates) = refused(&bed, &body).await;
        assert_eq!(
            (code, word.as_str(), gates),
            (409, "blocked_by_preflight", json!(["database"])),
            "{name}"
        );
        let (_, answer) = bed.post("/api/blast/pre-flight", &body).await;
        assert_eq!((&answer["ready"], &answer["critical_blockers"]), (&json!(false), &json!(["database"])));
        assert!(answer["summary"].as_str().unwrap().contains(words), "{answer}");
    }
    bed.see(Vec::new(), "The cluster does not answer.", 0).await;
    let (code, word, gates) = refused(&bed, &search("tiny", "yard")).await;
    assert_eq!((code, word.as_str(), gates), (409, "blocked_by_preflight", json!(["aks_cluster"])));
}

#[tokio::test]
async fn what_cannot_be_known_stops_nothing_and_a_full_cluster_is_a_remark() {
    let bed = Bed::new(&[]).await;
    bed.see(vec![node(0)], "The cluster does not answer.", 1).await;
    let (_, answer) = bed.post("/api/blast/pre-flight", &search("tiny", "yard")).await;
    assert_eq!((status(&answer, "aks_cluster"), status(&answer, "capacity")), ("unknown", "unknown"));
    assert_eq!(answer["ready"], json!(true), "{answer}");
    bed.see(vec![node(0)], "", 3).await;
    let (_, answer) = bed.post("/api/blast/pre-flight", &search("tiny", "yard")).await;
    assert_eq!((status(&answer, "capacity"), &answer["ready"]), ("warn", &json!(true)));
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_not_found_and_options_are_refused_by_field() {
    let bed = Bed::new(&[]).await;
    let (code, word, _) = refused(&bed, &search("tiny", "elsewhere")).await;
    assert_eq!((code, word.as_str()), (404, "unknown_cluster"));
    let (_, answer) = bed.post("/api/blast/pre-flight", &search("tiny", "elsewhere")).await;
    assert_eq!(status(&answer, "aks_cluster"), "fail");
    let mut body = search("tiny", "yard");
    body["outfmt"] = json!("17");
    let (code, word, _) = refused(&bed, &body).await;
    assert_eq!((code, word.as_str()), (422, "validation_error"));
    let (_, answer) = bed.post("/api/blast/pre-flight", &body).await;
    assert_eq!((status(&answer, "options"), &answer["outfmt"]), ("fail", &Value::Null));
}

#[tokio::test]
async fn a_search_in_line_tells_its_place_and_its_cluster() {
    let bed = Bed::new(&[]).await;
    let (_, answer) = bed.post("/api/blast/jobs", &search("tiny", "yard")).await;
    let id = answer["job_id"].as_str().unwrap();
    let (_, job) = bed.get(&format!("/api/blast/jobs/{id}")).await;
    assert_eq!(job["elastic"]["cluster_name"], json!("yard"), "{job}");
    assert_eq!((&job["elastic"]["elastic_blast_job_id"], &job["queue"]), (&json!(id), &Value::Null));
    let (_, told) = bed.get(&format!("/api/blast/jobs/{id}/configuration")).await;
    assert_eq!((&told["kind"], &told["text"]), (&json!("elastic_blast"), &Value::Null));
    let (_, parts) = bed.get(&format!("/api/blast/jobs/{id}/parts")).await;
    assert_eq!((&parts["total"], &parts["parts"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn a_repeated_request_gives_its_job_however_its_cluster_stands_by_now() {
    let bed = Bed::new(&[]).await;
    let mut body = search("tiny", "yard");
    body["idempotency_key"] = json!("one");
    let (_, first) = bed.post("/api/blast/jobs", &body).await;
    bed.see(Vec::new(), "The cluster does not answer.", 0).await;
    let (code, again) = bed.post("/api/blast/jobs", &body).await;
    assert_eq!((code.as_u16(), &again["job_id"]), (202, &first["job_id"]));
}
