use crate::support::{Server, Shelf, failure, job, spec};
use base64::{Engine, engine::general_purpose::STANDARD};
use blastline_jobs::ports::{ClusterErrorKind, JobRole};
use serde_json::{Value, json};

const SECRET: &str = "/api/v1/namespaces/default/secrets/elb-cfg-89abcdef-1";
const JOB: &str = "/apis/batch/v1/namespaces/default/jobs/elb-cli-submit-89abcdef-1";

/// Compares with a file; `UPDATE_GOLDENS=1` writes it anew, for the reviewer to read.
fn golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(name);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, format!("{}\n", text.trim_end())).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text.trim_end(), kept.trim_end(), "{} is not what is sent", path.display());
}

async fn created(shelf: &Shelf) -> Server {
    let shelf = shelf.clone();
    Server::start(move |asked, _| shelf.answer(asked)).await
}

/// One Secret, one Job that owns it.
fn assert_whole(shelf: &Shelf) {
    let objects = shelf.objects();
    assert_eq!(objects.keys().collect::<Vec<_>>(), [SECRET, JOB]);
    let owners = &objects[SECRET]["metadata"]["ownerReferences"];
    let uid = &objects[JOB]["metadata"]["uid"];
    assert_eq!(
        owners,
        &json!([{ "apiVersion": "batch/v1", "kind": "Job", "name": "elb-cli-submit-89abcdef-1", "uid": uid }])
    );
}

#[tokio::test]
async fn a_submission_is_a_secret_a_job_and_an_owner() {
    let shelf = Shelf::default();
    let server = created(&shelf).await;
    let seen = server.cluster().cluster.create_submit(&spec()).await.unwrap();
    assert_eq!((seen.role, seen.name.as_str(), seen.end), (JobRole::Cli, "elb-cli-submit-89abcdef-1", None));
    assert_whole(&shelf);
    let asked: Vec<_> =
        server.asked().iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect();
    let collections = (SECRET.rsplit_once('/').unwrap().0, JOB.rsplit_once('/').unwrap().0);
    assert_eq!(
        asked,
        [format!("POST {}", collections.0), format!("POST {}", collections.1), format!("PATCH {SECRET}")]
    );
    let [secret, job, _] = &server.asked()[..] else { panic!("three calls") };
    golden("secret.json", &serde_json::to_string_pretty(&decoded(secret.json())).unwrap());
    let mut manifest = job.json();
    let command = manifest["spec"]["template"]["spec"]["containers"][0]["command"][2].take();
    golden("job.json", &serde_json::to_string_pretty(&manifest).unwrap());
    golden("submit.sh", command.as_str().unwrap());
}

/// The Secret with its data as text.
fn decoded(mut secret: Value) -> Value {
    for (_, value) in secret["data"].as_object_mut().unwrap() {
        let bytes = STANDARD.decode(value.as_str().unwrap()).unwrap();
        *value = json!(String::from_utf8(bytes).unwrap().lines().collect::<Vec<_>>());
    }
    secret
}

#[tokio::test]
async fn a_submit_job_cannot_wait_for_itself_or_be_taken_for_a_batch() {
    let shelf = Shelf::default();
    let server = created(&shelf).await;
    server.cluster().cluster.create_submit(&spec()).await.unwrap();
    let objects = shelf.objects();
    let (of_job, of_pod) =
        (&objects[JOB]["metadata"]["labels"], &objects[JOB]["spec"]["template"]["metadata"]["labels"]);
    assert_eq!(of_job, &json!({ "app": "elb-cli-submit", "elb.control/job": job().as_str() }));
    for labels in [of_job, of_pod] {
        assert!(labels.get("elb-job-id").is_none());
        assert_eq!(labels["app"], "elb-cli-submit");
    }
}

#[tokio::test]
async fn doing_it_again_changes_nothing() {
    let shelf = Shelf::default();
    let server = created(&shelf).await;
    let cluster = server.cluster().cluster;
    let first = cluster.create_submit(&spec()).await.unwrap();
    let before = shelf.objects().clone();
    assert_eq!(cluster.create_submit(&spec()).await.unwrap(), first);
    assert_eq!(*shelf.objects(), before);
}

#[tokio::test]
async fn killed_after_any_call_the_next_one_goes_on() {
    for done in 0..3 {
        // A call that is never made, and one whose answer is lost.
        for performed in [false, true] {
            let (shelf, failing) = (Shelf::default(), done);
            let kept = shelf.clone();
            let server = Server::start(move |asked, number| {
                if number != failing {
                    return shelf.answer(asked);
                }
                if performed {
                    shelf.answer(asked);
                }
                failure(500, "InternalError", "cut off")
            })
            .await;
            let cluster = server.cluster().cluster;
            let error = cluster.create_submit(&spec()).await.unwrap_err();
            assert_eq!(error.kind, ClusterErrorKind::Unavailable, "{done} {performed}");
            cluster.create_submit(&spec()).await.unwrap();
            assert_whole(&kept);
        }
    }
}

#[tokio::test]
async fn what_is_not_ours_is_left_alone() {
    for taken in [SECRET, JOB] {
        let shelf = Shelf::default();
        let labels =
            json!({ "app": "elb-cli-submit", "elb.control/job": "job-ffffffffffffffffffffffff89abcdef" });
        let other = json!({ "metadata": {
            "name": taken.rsplit('/').next(), "uid": "other", "resourceVersion": "1",
            "creationTimestamp": "2026-01-01T00:00:00Z", "labels": labels,
        }});
        shelf.objects().insert(taken.to_owned(), other.clone());
        let server = created(&shelf).await;
        let error = server.cluster().cluster.create_submit(&spec()).await.unwrap_err();
        assert_eq!(error.kind, ClusterErrorKind::AlreadyExists, "{taken}");
        assert_eq!(shelf.objects()[taken], other);
    }
}

#[tokio::test]
async fn a_configuration_is_brought_up_to_date_until_a_job_reads_it() {
    let shelf = Shelf::default();
    let server = created(&shelf).await;
    let cluster = server.cluster().cluster;
    let first = cluster.create_submit(&spec()).await.unwrap();
    let newer =
        blastline_jobs::ports::SubmitSpec { config: "[cluster]\nname = newer\n".to_owned(), ..spec() };
    let config = |shelf: &Shelf| {
        let text = shelf.objects()[SECRET]["data"]["elastic-blast.ini"].as_str().unwrap().to_owned();
        String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
    };
    assert_eq!(cluster.create_submit(&newer).await.unwrap().uid, first.uid);
    assert_eq!(config(&shelf), spec().config);
    shelf.objects().remove(JOB);
    cluster.create_submit(&newer).await.unwrap();
    assert_eq!(config(&shelf), newer.config);
    assert_whole(&shelf);
}

#[tokio::test]
async fn a_secret_that_goes_meanwhile_is_made_anew_by_the_next_call() {
    let shelf = Shelf::default();
    let kept = shelf.clone();
    let server = Server::start(move |asked, number| {
        if number == 2 {
            shelf.objects().remove(SECRET);
        }
        shelf.answer(asked)
    })
    .await;
    let cluster = server.cluster().cluster;
    assert_eq!(cluster.create_submit(&spec()).await.unwrap_err().kind, ClusterErrorKind::LostRace);
    cluster.create_submit(&spec()).await.unwrap();
    assert_whole(&kept);
}

#[tokio::test]
async fn a_variable_that_would_win_over_the_configuration_is_refused_before_anything_is_made() {
    for name in [
        "ELB_RESULTS",
        "ELB_CLUSTER_NAME",
        "ELB_BATCH_LEN",
        "ELB_USE_PREEMPTIBLE",
        "AZURE_REGION",
        "AZURE_RESOURCE_GROUP",
        "AZURE_STORAGE_ACCOUNT",
        "AZURE_STORAGE_ACCOUNT_CONTAINER",
        "AZURE_STORAGE_ACCOUNT_KEY",
        "AZURE_ACR_NAME",
        "AZURE_ACR_RESOURCE_GROUP",
        "ELB_USE_CLIENT_SPLIT",
        "KUBECONFIG",
        "ELB_ID",
    ] {
        let server = created(&Shelf::default()).await;
        let mut spec = spec();
        spec.env.insert(name.to_owned(), "x".to_owned());
        let error = server.cluster().cluster.create_submit(&spec).await.unwrap_err();
        assert_eq!((error.kind, server.count()), (ClusterErrorKind::Invalid, 0), "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_submitted_is_refused_before_anything_is_made() {
    let mut bad = vec![spec(); 7];
    bad[0].config.clear();
    bad[1].config = "x".repeat(1_000_001);
    bad[2].attempt = 0;
    bad[3].image = " ".to_owned();
    bad[4].active_deadline = std::time::Duration::ZERO;
    bad[5].namespace = "elsewhere".to_owned();
    bad[6].env.clear();
    for (number, spec) in bad.iter().enumerate() {
        let server = created(&Shelf::default()).await;
        let error = server.cluster().cluster.create_submit(spec).await.unwrap_err();
        assert_eq!((error.kind, server.count()), (ClusterErrorKind::Invalid, 0), "{number}");
    }
}

#[tokio::test]
async fn a_submit_job_is_kept_for_an_hour_at_least() {
    let shelf = Shelf::default();
    let server = created(&shelf).await;
    let mut spec = spec();
    spec.ttl = std::time::Duration::from_secs(60);
    server.cluster().cluster.create_submit(&spec).await.unwrap();
    assert_eq!(shelf.objects()[JOB]["spec"]["ttlSecondsAfterFinished"], 3600);
}

#[tokio::test]
async fn a_secret_that_is_going_is_waited_for() {
    let shelf = Shelf::default();
    let server = created(&shelf).await;
    let cluster = server.cluster().cluster;
    cluster.create_submit(&spec()).await.unwrap();
    shelf.objects().remove(JOB);
    shelf.objects().get_mut(SECRET).unwrap()["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:01:00Z");
    assert_eq!(cluster.create_submit(&spec()).await.unwrap_err().kind, ClusterErrorKind::Unavailable);
    assert!(!shelf.objects().contains_key(JOB));
}
