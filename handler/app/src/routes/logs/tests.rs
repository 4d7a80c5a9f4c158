//! The stream of events as it goes over the wire, and what log routes refuse. Time is moved by hand.

use crate::bed::{Bed, GENERATION};
use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, Request};
use blastline_jobs::ids::JobId;
use blastline_jobs::ports::{ContainerEnd, ContainerSeen, JobRole, LogLine, PodSeen};
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::Phase;
use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tower::ServiceExt;

/// The pod that speaks.
const POD: &str = "batch-000";
/// Second of its first line.
const BEGAN: i64 = 1_700_000_000;

/// A search on a cluster whose one container speaks.
struct Spoken {
    bed: Bed,
    job: JobId,
}

impl Spoken {
    async fn new() -> Self {
        let bed = Bed::new(&[]).await;
        let wanted = json!({
            "program": "blastn", "engine": "elastic", "cluster_name": "yard", "query_data": ">q\nACGTACGTACGT\n",
            "databases": [{ "name": "tiny", "generation": GENERATION }],
        });
        let (status, answer) = bed.post("/api/blast/jobs", &wanted).await;
        assert_eq!(status, 202, "{answer}");
        let job: JobId = answer["job_id"].as_str().unwrap().parse().unwrap();
        let spoken = Self { bed, job };
        spoken
            .change(|row| {
                if let Some(state) = &mut row.elastic {
                    state.attempt = 1;
                }
            })
            .await;
        spoken.pod(true);
        spoken
    }

    async fn change(&self, change: impl Fn(&mut JobRow) + Send + Sync) {
        let jobs = self.bed.world.deps.jobs();
        let write = |row: &mut JobRow| {
            change(row);
            Ok(true)
        };
        jobs.update(&self.job, write).await.unwrap();
    }

    /// Its pod, with a container that runs or has ended.
    fn pod(&self, running: bool) {
        let ended = ContainerEnd {
            exit_code: 0,
            reason: "Completed".to_owned(),
            message: String::new(),
            ended_at: None,
        };
        let container = ContainerSeen {
            name: "blast".to_owned(),
            init: false,
            waiting: None,
            running,
            end: (!running).then_some(ended),
            last_end: None,
            restarts: 0,
        };
        let pod = PodSeen {
            name: POD.to_owned(),
            uid: "0b5d5f4c".to_owned(),
            job: None,
            role: JobRole::Blast,
            node: None,
            phase: "Running".to_owned(),
            reason: String::new(),
            unschedulable: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
            containers: vec![container],
        };
        self.bed.cluster.put_pod(&self.job, pod);
        self.bed.cluster.logs().write(POD, "blast", Vec::new());
        if !running {
            self.bed.cluster.logs().end(POD, "blast");
        }
    }

    /// The container says a line each second, from one on.
    fn say(&self, seconds: std::ops::Range<i64>) {
        let line = |second: i64| {
            let at = OffsetDateTime::from_unix_timestamp(BEGAN + second).unwrap();
            LogLine { stamp: at.format(&Rfc3339).unwrap(), text: format!("second {second}") }
        };
        self.bed.cluster.logs().write(POD, "blast", seconds.map(line).collect());
    }

    async fn cancelled(&self) {
        self.change(|row| {
            let now = row.updated_at;
            row.enter(Phase::Cancelling, now).unwrap();
            row.enter(Phase::Cancelled, now).unwrap();
        })
        .await;
    }

    async fn reader(&self, last_event_id: Option<&str>) -> Reader {
        let mut request = Request::get(format!("/api/blast/jobs/{}/logs/events", self.job));
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let router = crate::routes::router(Arc::clone(&self.bed.world));
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
        let headers = answer.headers().clone();
        Reader { headers, body: Some(answer.into_body().into_data_stream()) }
    }

    /// Lets so many seconds pass, one after the other, and gives what a reader hears meanwhile.
    async fn pass(&self, seconds: u64, reader: &mut Reader) -> Vec<Heard> {
        let mut heard = reader.hear().await;
        for _ in 0..seconds {
            self.bed.clock.advance(Duration::from_secs(1));
            heard.extend(reader.hear().await);
        }
        heard
    }
}

struct Reader {
    headers: HeaderMap,
    /// `None` behind its end.
    body: Option<BodyDataStream>,
}

/// What came: an event, or a comment, which has no name.
#[derive(Debug, Clone, PartialEq)]
struct Heard {
    name: String,
    id: Option<String>,
    data: Value,
}

impl Reader {
    /// Everything that is there.
    async fn hear(&mut self) -> Vec<Heard> {
        let mut text = String::new();
        loop {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            let Some(body) = &mut self.body else { break };
            match body.next().now_or_never() {
                None => break,
                Some(None) => self.body = None,
                Some(Some(bytes)) => text.push_str(std::str::from_utf8(&bytes.unwrap()).unwrap()),
            }
        }
        assert!(text.is_empty() || text.ends_with("\n\n"), "{text:?}");
        text.split_terminator("\n\n").map(Heard::read).collect()
    }
}

impl Heard {
    fn read(frame: &str) -> Self {
        let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        if let Some(comment) = frame.strip_prefix(": ") {
            return Self { name: String::new(), id: None, data: json!(comment) };
        }
        let data = serde_json::from_str(&field("data: ").unwrap()).unwrap();
        Self { name: field("event: ").unwrap(), id: field("id: "), data }
    }

    fn is_status(&self, word: &str) -> bool {
        self.name == "status" && self.data["status"] == json!(word)
    }
}

fn lines(heard: &[Heard]) -> Vec<String> {
    let logs = heard.iter().filter(|heard| heard.name == "log");
    logs.map(|heard| heard.data["line"].as_str().unwrap().to_owned()).collect()
}

fn seconds(range: std::ops::Range<i64>) -> Vec<String> {
    range.map(|second| format!("second {second}")).collect()
}

fn keys(data: &Value) -> Vec<&str> {
    data.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn events_have_the_names_and_fields_that_were_agreed() {
    let spoken = Spoken::new().await;
    spoken.say(0..3);
    let mut reader = spoken.reader(None).await;
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache, no-transform"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(reader.headers[name], value);
    }
    let mut heard = spoken.pass(4, &mut reader).await;
    assert_eq!(heard[0].name, "snapshot");
    let snapshot =
        ["created_at", "custom_status", "job_id", "phase", "schema_version", "status", "updated_at"];
    assert_eq!(keys(&heard[0].data), snapshot);
    let following = heard.iter().position(|heard| heard.is_status("following")).unwrap();
    assert_eq!(
        keys(&heard[following].data),
        ["attempt", "container", "job_id", "phase", "pod", "source", "status"]
    );
    let log = heard.iter().find(|heard| heard.name == "log").unwrap();
    assert_eq!(
        log.data,
        json!({
            "id": "0b5d5f4c:blast:2023-11-14T22:13:20Z:0", "schema_version": 1, "job_id": spoken.job.as_str(),
            "source": "k8s", "phase": "running", "stream": "stdout", "pod": POD, "container": "blast", "attempt": 0,
            "ts": "2023-11-14T22:13:20Z", "line": "second 0",
        })
    );
    assert_eq!(lines(&heard), seconds(0..3));
    spoken.cancelled().await;
    heard = spoken.pass(20, &mut reader).await;
    let last = heard.last().unwrap();
    assert_eq!((last.name.as_str(), &last.data), ("completed", &json!({ "job_id": spoken.job.as_str() })));
    assert!(reader.body.is_none(), "nothing comes behind it");
}

#[tokio::test]
async fn a_reader_that_comes_back_is_given_what_was_said_from_ten_seconds_before() {
    let spoken = Spoken::new().await;
    spoken.say(0..30);
    let mut reader = spoken.reader(None).await;
    let heard = spoken.pass(4, &mut reader).await;
    assert_eq!(lines(&heard), seconds(0..30));
    let last = heard.iter().rev().find_map(|heard| heard.id.clone()).unwrap();
    drop(reader);
    spoken.say(30..40);
    let mut reader = spoken.reader(Some(&last)).await;
    let heard = spoken.pass(4, &mut reader).await;
    assert_eq!(lines(&heard), seconds(19..40), "second 29 was the last that it held");
    assert!(!heard.iter().any(|heard| heard.is_status("restarted")));
}

#[tokio::test]
async fn a_made_up_place_starts_from_the_beginning_and_says_so() {
    let spoken = Spoken::new().await;
    spoken.say(0..5);
    let mut other = Spoken::new().await.reader(None).await;
    other.hear().await;
    for made_up in ["17", "1.0123456789ab.", "0b5d5f4c:blast:2023-11-14T22:13:20Z:0", "\u{fffd}"] {
        let mut reader = spoken.reader(Some(made_up)).await;
        let heard = spoken.pass(4, &mut reader).await;
        assert!(heard[0].is_status("restarted"), "{made_up}: {heard:?}");
        assert!(heard[0].data["detail"].as_str().unwrap().contains("from the beginning"));
        assert_eq!(lines(&heard), seconds(0..5), "{made_up}");
    }
}

#[tokio::test]
async fn a_comment_comes_after_fifteen_seconds_of_silence() {
    let spoken = Spoken::new().await;
    let mut reader = spoken.reader(None).await;
    spoken.pass(3, &mut reader).await;
    spoken.say(0..1);
    assert_eq!(lines(&reader.hear().await), seconds(0..1));
    assert_eq!(spoken.pass(14, &mut reader).await, []);
    let comment = |heard: &[Heard]| heard.len() == 1 && heard[0].name.is_empty();
    assert!(comment(&spoken.pass(1, &mut reader).await));
    assert_eq!(spoken.pass(14, &mut reader).await, []);
    assert!(comment(&spoken.pass(1, &mut reader).await));
}

#[tokio::test]
async fn a_stream_ends_itself_before_the_platform_does_and_says_so() {
    let spoken = Spoken::new().await;
    let mut reader = spoken.reader(None).await;
    let heard = spoken.pass(219, &mut reader).await;
    assert!(reader.body.is_some() && !heard.iter().any(|heard| heard.is_status("paused")));
    let heard = spoken.pass(1, &mut reader).await;
    assert!(heard.last().is_some_and(|heard| heard.is_status("paused")), "{heard:?}");
    assert!(reader.body.is_none());
}

#[tokio::test]
async fn a_container_that_has_ended_is_not_followed_again() {
    let spoken = Spoken::new().await;
    spoken.say(0..3);
    let mut reader = spoken.reader(None).await;
    assert_eq!(lines(&spoken.pass(4, &mut reader).await), seconds(0..3));
    spoken.pod(false);
    spoken.pass(10, &mut reader).await;
    // No container says anything behind its end: who reads it again would hear this.
    spoken.say(100..101);
    let heard = spoken.pass(30, &mut reader).await;
    assert_eq!(lines(&heard), Vec::<String>::new());
    assert!(!heard.iter().any(|heard| heard.is_status("following")), "{heard:?}");
}

#[tokio::test]
async fn names_that_kubernetes_does_not_take_are_refused() {
    let spoken = Spoken::new().await;
    for bad in [
        "",
        "pod",
        "pod/",
        "/blast",
        "Pod/blast",
        "pod/Blast",
        "..%2Fpod/blast",
        "pod/../x",
        "pod/blast/x",
        "pod/blast/1/2",
        "pod%20/blast",
        "pod~/blast",
        "p%C3%B6d/blast",
        "pod/bl%00ast",
    ] {
        let (status, answer) =
            spoken.bed.get(&format!("/api/blast/jobs/{}/logs?target={bad}", spoken.job)).await;
        assert_eq!((status.as_u16(), &answer["code"]), (400, &json!("invalid_parameter")), "{bad}");
    }
    let (status, _) = spoken.bed.get(&format!("/api/blast/jobs/{}/logs?target=pod/blast", spoken.job)).await;
    assert_eq!(status, 404, "a name that is one, of no container of this search");
}
