//! Logs of containers that go, and of what is no proper text.

use super::Played;
use super::stage::Stage;
use crate::elastic::tests::yard::batch_name;
use crate::logs::{Archive, Live, LiveStream, live, page};
use blastline_jobs::ids::JobId;
use blastline_jobs::logs::Cursor;
use blastline_jobs::ports::LogLine;
use std::time::Duration;

/// A batch's container says lines.
fn says(stage: &Stage, job: &JobId, second: u32, lines: &[&str]) -> String {
    let pod = format!("{}-1", batch_name(job, 0));
    let line = |text: &&str| LogLine {
        stamp: format!("2024-10-04T00:00:{second:02}.000000001Z"),
        text: (*text).to_owned(),
    };
    stage.yard.cluster.logs().write(&pod, "blast", lines.iter().map(line).collect());
    pod
}

/// What is stored of the log of the first batch.
async fn stored(stage: &Stage, job: &JobId, pod: &str) -> (Vec<String>, bool) {
    let blobs = stage.yard.house.deps.blobs.as_ref();
    let page = page(blobs, job, (pod, "blast", 0), 0, 1_000).await.unwrap().unwrap();
    (page.events.into_iter().map(|event| event.line).collect(), page.ended)
}

/// Lets a reader take what comes within some seconds.
async fn breathe(stage: &Stage, mut note: impl FnMut(Live), reader: &mut LiveStream) {
    for _ in 0..20 {
        for _ in 0..20 {
            tokio::task::yield_now().await;
            while let Some(item) = reader.ready() {
                note(item);
            }
        }
        stage.yard.house.clock.advance(Duration::from_secs(1));
    }
}

fn note(seen: &mut Vec<String>, item: Live) {
    if let Live::Line { event, .. } = item {
        seen.push(event.line);
    }
}

pub async fn removed_while_it_is_followed() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.runs(&job, 0, 1);
    let pod = says(&stage, &job, 1, &["one", "two"]);
    stage.seconds(10).await;
    let mut reader = live(&stage.yard.house.deps, &job, Cursor::default());
    let mut seen = Vec::new();
    says(&stage, &job, 2, &["three"]);
    breathe(&stage, |item| note(&mut seen, item), &mut reader).await;
    stage.yard.cluster.remove_pod(&pod);
    breathe(&stage, |item| note(&mut seen, item), &mut reader).await;
    assert_eq!(seen, ["one", "two", "three"], "a reader has what was said until then, once");
    stage.seconds(60).await;
    let (lines, ended) = stored(&stage, &job, &pod).await;
    assert!(ended, "what is gone is asked for no more");
    assert_eq!(lines[..2], ["one", "two"]);
    stage.runs(&job, 0, 2);
    stage.seconds(30).await;
    stage.finish_all(&job, 0..batches).await;
    stage.over(&[&job])
}

pub async fn long_and_binary() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.runs(&job, 0, 1);
    let long = "x".repeat(4_000);
    let pod = says(&stage, &job, 1, &[&long, "a\u{fffd}\u{0}\u{1b}[31mb\tc", ""]);
    stage.seconds(30).await;
    let expected = [long.as_str(), "a\u{fffd}\u{0}b\tc", ""];
    assert_eq!(stored(&stage, &job, &pod).await.0, expected, "whole, without what steers a terminal");
    stage.finish_all(&job, 0..batches).await;
    stage.yard.cluster.logs().end(&pod, "blast");
    stage.settle().await;
    let archive = Archive::open(stage.yard.house.deps.blobs.as_ref(), &job).await.unwrap();
    assert!(!archive.shelf.sources.is_empty(), "they outlive the search");
    stage.over(&[&job])
}
