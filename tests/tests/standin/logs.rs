use crate::{
    client::{Bed, JOBS, PODS, job, names},
    search::Search,
};
use blastline_tests::{
    chain::until,
    standin::{BatchFault, Fault, LineFault},
};
use futures::StreamExt;
use reqwest::Method;

fn lines(container: &str, what: LineFault, count: u32) -> Fault {
    Fault::Lines { container: container.to_owned(), count, what, every_millis: None }
}

/// A pod that has written lines and ended; its name.
async fn ended(bed: &Bed) -> String {
    bed.create(JOBS, &job("x")).await;
    bed.until_condition("x", "Complete").await;
    names(&bed.get(PODS).await.1).remove(0)
}

async fn text(bed: &Bed, pod: &str, query: &str) -> (u16, Vec<u8>) {
    let response = bed.request(Method::GET, &format!("{PODS}/{pod}/log?{query}")).send().await.unwrap();
    (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_log_is_read_whole_in_part_and_with_stamps() {
    let bed = Bed::new();
    bed.standin.arm(lines("idle", LineFault::Chatter, 5));
    let pod = ended(&bed).await;
    let (status, whole) = text(&bed, &pod, "").await;
    let whole = String::from_utf8(whole).unwrap();
    assert_eq!((status, whole.lines().count()), (200, 6));
    let (_, tail) = text(&bed, &pod, "tailLines=2&container=idle").await;
    assert_eq!(
        String::from_utf8(tail).unwrap().lines().collect::<Vec<_>>(),
        whole.lines().skip(4).collect::<Vec<_>>()
    );
    assert_eq!(text(&bed, &pod, "limitBytes=10").await.1, whole.as_bytes()[..10]);
    let (_, stamped) = text(&bed, &pod, "timestamps=true").await;
    let stamped = String::from_utf8(stamped).unwrap();
    let stamps: Vec<_> = stamped.lines().map(|line| line.split_once(' ').unwrap().0).collect();
    assert!(stamps.iter().all(|stamp| stamp.len() == "2026-01-02T03:04:05.123456789Z".len()), "{stamps:?}");
    assert!(stamps.is_sorted_by(|one, next| one < next));
    let second = &stamps[0][..19];
    let (_, since) = text(&bed, &pod, &format!("sinceTime={second}.999Z")).await;
    assert_eq!(String::from_utf8(since).unwrap(), whole, "fractions of a second are dropped");
    assert!(text(&bed, &pod, "sinceTime=2100-01-01T00:00:00Z").await.1.is_empty());
    for (query, status) in [
        ("container=other", 400),
        ("previous=true", 400),
        ("sinceTime=yesterday", 400),
        ("sinceSeconds=0", 422),
        ("sinceSeconds=5&sinceTime=2100-01-01T00:00:00Z", 422),
        ("limitBytes=0", 422),
        ("sinceTim=x", 400),
    ] {
        assert_eq!(text(&bed, &pod, query).await.0, status, "{query}");
    }
    assert_eq!(text(&bed, "nobody", "").await.0, 404);
}

#[tokio::test]
async fn long_lines_and_bytes_that_are_no_text_arrive_as_they_are() {
    let bed = Bed::new();
    bed.standin.arm(lines("idle", LineFault::Long, 3));
    let pod = ended(&bed).await;
    let (_, whole) = text(&bed, &pod, "").await;
    assert_eq!(whole.split(|byte| *byte == b'\n').map(<[u8]>::len).take(3).collect::<Vec<_>>(), [4_000; 3]);
    let bed = Bed::new();
    bed.standin.arm(lines("idle", LineFault::Binary, 1));
    let pod = ended(&bed).await;
    assert!(text(&bed, &pod, "").await.1.starts_with(b"\xff\xfe\x00\x80"));
}

#[tokio::test]
async fn a_container_is_named_where_there_are_several() {
    let search = Search::new(|plan| {
        plan.fault(Fault::Batch { batch: Some(0), what: BatchFault::Slow { seconds: 250 }, times: 1 })
    })
    .await;
    search.submit().await;
    let pod = until("batch 0 runs", || async {
        let (_, list) = search
            .bed
            .get(&format!("{PODS}?labelSelector=app=blast&fieldSelector=status.phase=Running"))
            .await;
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|pod| pod["metadata"]["labels"]["job-name"] == search.batch_job(0))
            .cloned()
    })
    .await;
    let name = pod["metadata"]["name"].as_str().unwrap();
    let (status, words) = text(&search.bed, name, "").await;
    let words = String::from_utf8(words).unwrap();
    assert_eq!(status, 400);
    assert!(
        words.contains(
            "choose one of: [blast results-export] or one of the init containers: [import-query-batches]"
        ),
        "{words}"
    );
    let (_, init) = text(&search.bed, name, "container=import-query-batches").await;
    assert!(String::from_utf8(init).unwrap().contains("1 Done"));
    let following =
        search.bed.request(Method::GET, &format!("{PODS}/{name}/log?container=blast&follow=true"));
    let whole = following.send().await.unwrap().text().await.unwrap();
    let lines: Vec<_> = whole.lines().collect();
    assert_eq!((lines[0], *lines.last().unwrap()), ("run start 000 blastn orchid_its", "run end 000 0"));
}

#[tokio::test]
async fn a_log_that_is_followed_ends_when_its_pod_is_taken_away() {
    let search = Search::new(|plan| {
        plan.fault(Fault::Batch { batch: Some(0), what: BatchFault::Slow { seconds: 100_000 }, times: 1 })
    })
    .await;
    search.submit().await;
    let running = until("batch 0 runs", || async {
        let pods = search.batch_pods(0).await;
        pods.first().filter(|pod| pod["status"]["phase"] == "Running").cloned()
    });
    let name = running.await["metadata"]["name"].as_str().unwrap().to_owned();
    let path = format!("{PODS}/{name}/log?container=blast&follow=true&timestamps=true");
    let mut stream = search.bed.request(Method::GET, &path).send().await.unwrap().bytes_stream();
    let first = stream.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("run start 000"));
    search.bed.delete(&format!("{PODS}/{name}?gracePeriodSeconds=0")).await;
    let rest: Vec<_> = stream.collect().await;
    assert!(rest.iter().all(Result::is_ok));
    assert_eq!(text(&search.bed, &name, "container=blast").await.0, 404);
    until("another pod takes its place", || async {
        let pods = search.batch_pods(0).await;
        pods.iter().any(|pod| pod["metadata"]["name"] != name.as_str()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn lines_arrive_while_they_are_written() {
    let bed = Bed::new();
    let what = LineFault::Chatter;
    bed.standin.arm(Fault::Lines { container: "idle".to_owned(), count: 20, what, every_millis: Some(50) });
    bed.create(JOBS, &job("x")).await;
    let pod = until("the pod runs", || async {
        let (_, list) = bed.get(&format!("{PODS}?fieldSelector=status.phase=Running")).await;
        names(&list).pop()
    })
    .await;
    let path = format!("{PODS}/{pod}/log?follow=true");
    let mut stream = bed.request(Method::GET, &path).send().await.unwrap().bytes_stream();
    let (mut pieces, mut whole) = (0, Vec::new());
    while let Some(piece) = stream.next().await {
        pieces += 1;
        whole.extend_from_slice(&piece.unwrap());
    }
    assert_eq!(
        String::from_utf8(whole).unwrap().lines().filter(|line| line.starts_with("line ")).count(),
        20
    );
    assert!(pieces > 1, "all lines came at once");
}
