//! Logs of containers, line by line as they come.

mod lines;

use crate::{
    error::{client_error, no_answer},
    names::is_name,
    wire::{Ask, Wire},
};
use blastline_jobs::ports::{ClusterError, ClusterErrorKind, ClusterResult, LogLine, LogTarget, LogWish};
use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use http_body_util::{BodyDataStream, BodyExt};
use kube::client::Body;
use lines::Lines;
use std::{collections::VecDeque, time::Duration};
use time::{OffsetDateTime, UtcOffset, macros::format_description};

/// Longest name of a pod, in characters.
const MAX_POD_NAME: usize = 253;
/// Longest name of a container, in characters.
const MAX_CONTAINER_NAME: usize = 63;

/// Opens a log. The stream ends when the container's log does, that is, followed, when the container has ended; a
/// connection that breaks or falls silent is an error and no end.
pub async fn open(
    wire: &Wire,
    namespace: &str,
    target: &LogTarget,
    wish: &LogWish,
) -> ClusterResult<BoxStream<'static, ClusterResult<LogLine>>> {
    let what = format!("read the log of {}/{}", target.pod, target.container);
    let named =
        is_name(&target.pod, true, MAX_POD_NAME) && is_name(&target.container, false, MAX_CONTAINER_NAME);
    if !named {
        return Err(ClusterError::new(
            ClusterErrorKind::Invalid,
            "read a log",
            "not names of a pod and container",
        ));
    }
    let mut ask = Ask::get(&what, format!("/api/v1/namespaces/{namespace}/pods/{}/log", target.pod))
        .query("container", &target.container)
        .query("timestamps", "true")
        .query_if("sinceTime", since(&what, wish.since)?.as_deref());
    if wish.follow {
        ask = ask.query("follow", "true");
    }
    if wish.previous {
        ask = ask.query("previous", "true");
    }
    // The API takes no nought.
    let limit = wish.limit_bytes.map(|bytes| bytes.max(1));
    if let Some(bytes) = limit {
        ask = ask.query("limitBytes", &bytes.to_string());
    }
    let body = wire.stream(&ask).await?;
    let idle = if wish.follow { wire.limits().follow_idle } else { wire.limits().idle };
    let reading = Reading {
        body: body.into_data_stream(),
        lines: Lines::new(),
        ready: VecDeque::new(),
        idle,
        left: limit,
        what,
        over: false,
    };
    Ok(stream::unfold(reading, |mut reading| async { reading.next().await.map(|item| (item, reading)) })
        .boxed())
}

fn since(what: &str, moment: Option<OffsetDateTime>) -> ClusterResult<Option<String>> {
    let seconds = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    let text = moment.map(|moment| moment.to_offset(UtcOffset::UTC).format(&seconds)).transpose();
    text.map_err(|error| ClusterError::new(ClusterErrorKind::Invalid, what, error))
}

/// A log that is being read.
struct Reading {
    body: BodyDataStream<Body>,
    lines: Lines,
    ready: VecDeque<LogLine>,
    /// Longest silence.
    idle: Duration,
    /// Bytes that are still to come before the wished limit cuts the log.
    left: Option<u64>,
    what: String,
    over: bool,
}

impl Reading {
    async fn next(&mut self) -> Option<ClusterResult<LogLine>> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Some(Ok(line));
            }
            if self.over {
                return None;
            }
            match tokio::time::timeout(self.idle, self.body.next()).await {
                Err(_) => return self.fail(no_answer(&self.what, self.idle)),
                Ok(Some(Err(error))) => return self.fail(client_error(&self.what, &error)),
                Ok(Some(Ok(bytes))) => self.take(&bytes),
                Ok(None) => {
                    self.over = true;
                    self.lines.finish(self.left == Some(0), &mut self.ready);
                }
            }
        }
    }

    fn take(&mut self, bytes: &Bytes) {
        let many = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self.left.map(|left| left.saturating_sub(many));
        self.lines.push(bytes, &mut self.ready);
    }

    /// What was read of an unfinished line is left to who reads on from there.
    fn fail(&mut self, error: ClusterError) -> Option<ClusterResult<LogLine>> {
        self.over = true;
        Some(Err(error))
    }
}
