//! Lists, pages, and what else can be asked of a search.

use blastline_tests::chain::{
    Chain, Database,
    api::{answer, problem},
    searches::small,
    shapes::{Job, JobList},
    until,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn five_jobs(chain: &Chain) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..5 {
        let mut search = small();
        search["job_title"] = json!(format!("number {number}"));
        ids.push(chain.api.submit(&search).await.job_id);
    }
    for id in &ids {
        chain.api.completed(id).await;
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_listed_newest_first_page_by_page() {
    let chain = Chain::with(Database::orchids()).await;
    let ids = five_jobs(&chain).await;
    let (mut seen, mut cursor) = (Vec::<Job>::new(), String::new());
    for size in [2, 2, 1] {
        let page: JobList = chain.api.read(&format!("/api/blast/jobs?limit=2{cursor}")).await;
        assert_eq!((page.jobs.len(), page.has_more), (size, size == 2));
        assert_eq!(page.has_more, page.next_cursor.is_some());
        cursor = page.next_cursor.map(|next| format!("&cursor={next}")).unwrap_or_default();
        seen.extend(page.jobs);
    }
    let newest_first: Vec<_> = ids.iter().rev().collect();
    assert_eq!(seen.iter().map(|job| &job.job_id).collect::<Vec<_>>(), newest_first);
    assert_eq!(seen[0].job_title, "number 4");
    let completed: JobList = chain.api.read("/api/blast/jobs?status=completed").await;
    assert_eq!(completed.jobs.len(), 5);
    for none in ["queued", "running", "failed", "cancelled"] {
        let page: JobList = chain.api.read(&format!("/api/blast/jobs?status={none}")).await;
        assert!(page.jobs.is_empty() && !page.has_more, "{none}");
    }
    let page: JobList = chain.api.read("/api/blast/jobs?limit=1&status=completed").await;
    let given = page.next_cursor.unwrap();
    for changed in
        [given.replace("job-", "job_"), given[1..].to_owned(), format!("{given}0"), given.to_uppercase()]
    {
        let refused = problem(chain.api.get(&format!("/api/blast/jobs?cursor={changed}")).await, 400).await;
        assert_eq!(refused.code, "invalid_cursor", "{changed}");
    }
    for limit in ["0", "201", "-1", "many"] {
        let refused = problem(chain.api.get(&format!("/api/blast/jobs?limit={limit}")).await, 400).await;
        assert_eq!(refused.code, "invalid_parameter", "{limit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_search_is_gone_and_a_running_one_is_not_deleted() {
    let plan = Chain::plan().database(Database::orchids()).database(Database::proteins(300));
    let chain = plan.start().await;
    let (long, _) = blastline_tests::chain::searches::many_proteins(1_500);
    let running = chain.api.submit(&long).await.job_id;
    let delete = |id: String| {
        let request = chain.api.request(Method::DELETE, &format!("/api/blast/jobs/{id}"));
        async move { request.send().await.unwrap() }
    };
    assert_eq!(problem(delete(running.clone()).await, 409).await.code, "job_still_active");
    chain.api.post(&format!("/api/blast/jobs/{running}/cancel"), &json!({})).await;
    let done = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&done).await;
    let change: Value = answer(delete(done.clone()).await, StatusCode::OK).await;
    assert_eq!(change["status"], "deleted");
    for path in ["", "/events", "/query", "/results", "/results/hits", "/results/export?format=csv"] {
        let path = format!("/api/blast/jobs/{done}{path}");
        assert_eq!(problem(chain.api.get(&path).await, 404).await.code, "job_not_found", "{path}");
    }
    assert_eq!(problem(delete(done).await, 404).await.code, "job_not_found");
    chain.api.until(&running, "it is cancelled", |job| job.status == "cancelled").await;
    let list: JobList = chain.api.read("/api/blast/jobs").await;
    assert_eq!(list.jobs.iter().map(|job| &job.job_id).collect::<Vec<_>>(), [&running]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_can_be_asked_for_its_task_its_query_and_its_files() {
    let chain = Chain::with(Database::orchids()).await;
    let taken = chain.api.submit(&small()).await;
    assert_eq!(taken.operation_status_url, format!("/api/tasks/{}", taken.job_id));
    let id = taken.job_id;
    let task = until("the task has succeeded", || async {
        let task: Value = chain.api.read(&taken.operation_status_url).await;
        (task["ready"] == true).then_some(task)
    })
    .await;
    assert_eq!((&task["status"], &task["result"]["job_id"]), (&json!("SUCCESS"), &json!(id)));
    let query: Value = chain.api.read(&format!("/api/blast/jobs/{id}/query")).await;
    let asked = small()["query_data"].as_str().unwrap().to_owned();
    assert_eq!(
        blastline_tests::chain::samples::read(query["query_text"].as_str().unwrap()),
        blastline_tests::chain::samples::read(&asked)
    );
    let job = chain.api.job(&id).await;
    let states: Vec<_> = job.steps.iter().map(|step| (step.phase.as_str(), step.status.as_str())).collect();
    assert_eq!(states.len(), 8);
    assert!(
        states
            .iter()
            .all(|(name, state)| *state == if *name == "warming_up" { "skipped" } else { "completed" })
    );
    let manifest: Value = chain.api.read(task["result"]["results_url"].as_str().unwrap()).await;
    assert_eq!(manifest["status"], "available");
    let files = manifest["files"].as_array().unwrap();
    assert!(files.len() >= 4, "{manifest}");
    for file in files {
        let path = format!("/api/blast/jobs/{id}/results/files/{}", file["file_id"].as_str().unwrap());
        let body = chain.api.get(&path).await.error_for_status().unwrap().bytes().await.unwrap();
        assert_eq!(json!(body.len()), file["size_bytes"], "{}", file["name"]);
    }
    for format in manifest["formats"].as_array().unwrap() {
        let text = chain.api.export(&id, format["format"].as_str().unwrap()).await;
        assert!(text.lines().count() > 3, "{format}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hits_are_paged_sorted_and_filtered_by_the_server() {
    let chain = Chain::with(Database::orchids()).await;
    let mut search = small();
    search["options"] = json!({"task": "blastn"});
    let id = chain.api.submit(&search).await.job_id;
    chain.api.completed(&id).await;
    let page = async |query: &str| -> Value {
        chain.api.read(&format!("/api/blast/jobs/{id}/results/hits?{query}")).await
    };
    let all = page("page_size=500").await;
    let hits = all["hits"].as_array().unwrap();
    assert!(hits.len() > 20 && all["pages"] == 1 && all["partial"] == false, "the query is no good test");
    let mut paged = Vec::new();
    for number in 1..=hits.len().div_ceil(7) {
        paged.extend(page(&format!("page_size=7&page={number}")).await["hits"].as_array().unwrap().clone());
    }
    assert_eq!(&paged, hits);
    let mut by_identity: Vec<f64> = hits.iter().map(|hit| hit["identity"].as_f64().unwrap()).collect();
    by_identity.sort_by(f64::total_cmp);
    let sorted = page("sort_by=identity&sort_dir=asc&page_size=500").await;
    let sorted: Vec<f64> =
        sorted["hits"].as_array().unwrap().iter().map(|hit| hit["identity"].as_f64().unwrap()).collect();
    assert_eq!(sorted, by_identity);
    let bound = by_identity[by_identity.len() / 2];
    let filtered = page(&format!("min_identity={bound}&page_size=500")).await;
    let kept = hits.iter().filter(|hit| hit["identity"].as_f64().unwrap() >= bound).count();
    assert_eq!((&filtered["filtered_hits"], &filtered["total_hits"]), (&json!(kept), &json!(hits.len())));
    let subject = hits[3]["subject_id"].as_str().unwrap();
    assert_eq!(page(&format!("subject_id={subject}")).await["filtered_hits"], 1);
    for wrong in
        ["page=0", "page_size=0", "page_size=501", "sort_by=colour", "sort_dir=up", "min_identity=101"]
    {
        let path = format!("/api/blast/jobs/{id}/results/hits?{wrong}");
        assert_eq!(problem(chain.api.get(&path).await, 400).await.code, "invalid_parameter", "{wrong}");
    }
}
