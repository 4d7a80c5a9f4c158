//! The checks. Each says what it found, or what is wrong.

use crate::guest::Guest;
use blastline_jobs::ports::{
    ClusterErrorKind, JobEnd, JobRole, LeaseSeen, LogLine, LogTarget, LogWish, PodSeen,
};
use futures::{TryStreamExt, future::BoxFuture};
use std::time::Duration;
use time::OffsetDateTime;

type Check = for<'a> fn(&'a Guest) -> BoxFuture<'a, Result<String, String>>;

/// Every check by what it holds.
pub const CHECKS: &[(&str, Check)] = &[
    ("machines are read", |guest| Box::pin(machines(guest))),
    ("what is created twice is there once", |guest| Box::pin(created_twice(guest))),
    ("a submission ends by its condition and exit code", |guest| Box::pin(ends(guest))),
    ("a log is read and followed, each line once", |guest| Box::pin(log(guest))),
    ("another attempt is another Job", |guest| Box::pin(attempts(guest))),
    ("searches that run are listed", |guest| Box::pin(searches(guest))),
    ("deleting by id leaves nothing, and others alone", |guest| Box::pin(deleted(guest))),
    ("of two submitters one gets the Lease", |guest| Box::pin(lease(guest))),
];

fn claim(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

async fn machines(guest: &Guest) -> Result<String, String> {
    let nodes = guest.cluster.nodes().await.map_err(told)?;
    claim(!nodes.is_empty(), || "there are none".to_owned())?;
    let ready = nodes.iter().filter(|node| node.ready).count();
    claim(ready > 0 && nodes.iter().all(|node| node.memory_bytes > 0 && node.cpu_milli > 0), || {
        format!("{nodes:?}")
    })?;
    let takes = nodes.iter().filter(|node| node.takes_searches).count();
    Ok(format!("{} machines, {ready} ready, {takes} for searches", nodes.len()))
}

async fn created_twice(guest: &Guest) -> Result<String, String> {
    let (job, other) = (guest.search(), guest.search());
    let spec = guest.spec(&job, 1);
    let first = guest.cluster.create_submit(&spec).await.map_err(told)?;
    let again = guest.cluster.create_submit(&spec).await.map_err(told)?;
    claim(first.uid == again.uid, || format!("{} and {}", first.uid, again.uid))?;
    let jobs = guest.jobs(&job).await?;
    claim(jobs.len() == 1 && jobs[0].role == JobRole::Cli, || format!("{jobs:?}"))?;
    claim(guest.left_of(&other).await? == 0, || "another id sees it".to_owned())?;
    Ok(first.name)
}

/// The pod of a submission that has ended.
async fn ended(guest: &Guest) -> Result<PodSeen, String> {
    let job = guest.search();
    guest.cluster.create_submit(&guest.spec(&job, 1)).await.map_err(told)?;
    let end = guest.until("the submission has ended", || async {
        Ok(guest.jobs(&job).await?.into_iter().find_map(|seen| seen.end))
    });
    let end = end.await?;
    claim(matches!(end, JobEnd::Failed { .. }), || format!("{end:?}"))?;
    let pods = guest.cluster.pods_of(&job, 10).await.map_err(told)?;
    pods.into_iter().next().ok_or_else(|| "its pod is not told".to_owned())
}

async fn ends(guest: &Guest) -> Result<String, String> {
    let pod = ended(guest).await?;
    let end = pod.containers.iter().find_map(|container| container.end.clone());
    let end = end.ok_or_else(|| format!("no container has ended: {pod:?}"))?;
    claim(end.exit_code != 0 && pod.node.is_some(), || format!("{pod:?}"))?;
    Ok(format!("Failed, exit code {}", end.exit_code))
}

async fn log(guest: &Guest) -> Result<String, String> {
    let pod = ended(guest).await?;
    let container = pod.containers[0].name.clone();
    let target = LogTarget { pod: pod.name, pod_uid: pod.uid, container };
    let mut read: Vec<Vec<LogLine>> = Vec::new();
    for follow in [false, true] {
        let wish = LogWish { follow, ..LogWish::default() };
        let lines = guest.cluster.log(&target, &wish).await.map_err(told)?;
        read.push(lines.try_collect().await.map_err(told)?);
    }
    claim(read[0] == read[1] && !read[0].is_empty(), || format!("{read:?}"))?;
    claim(read[0].is_sorted_by(|one, next| one.stamp <= next.stamp), || "not in order".to_owned())?;
    Ok(format!("{} lines", read[0].len()))
}

async fn attempts(guest: &Guest) -> Result<String, String> {
    let job = guest.search();
    for attempt in [1, 2] {
        guest.cluster.create_submit(&guest.spec(&job, attempt)).await.map_err(told)?;
    }
    let mut names: Vec<_> = guest.jobs(&job).await?.into_iter().map(|seen| seen.name).collect();
    names.sort();
    claim(names.len() == 2, || format!("{names:?}"))?;
    Ok(names.join(", "))
}

async fn searches(guest: &Guest) -> Result<String, String> {
    // A submission is none: only ElasticBLAST's finalizers count.
    let job = guest.search();
    guest.cluster.create_submit(&guest.spec(&job, 1)).await.map_err(told)?;
    let running = guest.cluster.active_searches().await.map_err(told)?;
    claim(!running.contains(&job.to_string()), || format!("{running:?}"))?;
    Ok(format!("{} run", running.len()))
}

async fn deleted(guest: &Guest) -> Result<String, String> {
    let (job, other) = (guest.search(), guest.search());
    for id in [&job, &other] {
        guest.cluster.create_submit(&guest.spec(id, 1)).await.map_err(told)?;
    }
    guest.clear(&job).await?;
    guest.clear(&job).await?;
    guest
        .until("nothing of it is left", || async { Ok((guest.left_of(&job).await? == 0).then_some(())) })
        .await?;
    claim(guest.jobs(&other).await?.len() == 1, || "the other one's Job is gone".to_owned())?;
    Ok("nothing left".to_owned())
}

async fn lease(guest: &Guest) -> Result<String, String> {
    let cluster = &guest.cluster;
    let seen = cluster.submit_lease().await.map_err(told)?;
    if !seen.holder.is_empty() {
        return Ok(format!("{} holds it and is left alone", seen.holder));
    }
    let renewed_at = Some(OffsetDateTime::now_utc());
    let duration = Duration::from_secs(60);
    let wish = |holder: &str| LeaseSeen { holder: holder.to_owned(), renewed_at, duration, ..seen.clone() };
    let ours = cluster.write_submit_lease(&wish("blastline-guest-1")).await.map_err(told)?;
    let theirs = cluster.write_submit_lease(&wish("blastline-guest-2")).await;
    let kept = cluster.submit_lease().await.map_err(told)?;
    cluster
        .write_submit_lease(&LeaseSeen { holder: String::new(), renewed_at: None, ..ours })
        .await
        .map_err(told)?;
    claim(kept.holder == "blastline-guest-1", || kept.holder.clone())?;
    match theirs {
        Err(error) if error.kind == ClusterErrorKind::LostRace => Ok("the later one lost".to_owned()),
        other => Err(format!("{other:?}")),
    }
}
