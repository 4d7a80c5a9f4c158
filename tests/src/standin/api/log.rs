//! `GET …/pods/{name}/log`.

use super::{Body, Failure, Params, body_of};
use crate::standin::{
    logs::{Line, LogBook},
    objects::{Pod, Time},
    shared::Shared,
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use std::{collections::VecDeque, sync::Arc};

/// Parameters of a log.
pub const LOG_PARAMS: &[&str] = &[
    "container",
    "follow",
    "previous",
    "sinceSeconds",
    "sinceTime",
    "timestamps",
    "tailLines",
    "limitBytes",
    "insecureSkipTLSVerifyBackend",
    "pretty",
];

/// What is wanted of a log.
struct Wish {
    stamps: bool,
    since: Option<time::OffsetDateTime>,
    tail: Option<usize>,
    limit: Option<usize>,
}

/// The log of a container, to its end or for as long as it runs.
pub fn log(shared: &Arc<Shared>, namespace: &str, name: &str, params: &Params) -> Result<Body, Failure> {
    let pod =
        shared.world().get::<Pod>(namespace, name).cloned().ok_or_else(|| Failure::not_found::<Pod>(name))?;
    let container = container(&pod, params.text("container"))?;
    let wish = wish(shared, params)?;
    let previous = params.flag("previous")?;
    let book = book(shared, &pod, &container, previous)?;
    let (lines, open) = book.from(0);
    let read = lines.len();
    let skip = wish.tail.map_or(0, |tail| lines.len().saturating_sub(tail));
    let mut left = wish.limit.unwrap_or(usize::MAX);
    let first = sent(&lines[skip..], &wish, &mut left);
    if !(params.flag("follow")? && open) || left == 0 {
        return Ok(body_of(first));
    }
    let listen = book.listen();
    let more = stream::unfold(
        (book, listen, read, wish, left),
        |(book, mut listen, read, wish, mut left)| async move {
            if left == 0 {
                return None;
            }
            let _ = listen.wait_for(|(count, closed)| *count > read || *closed).await;
            let (lines, _) = book.from(read);
            // Closed, and everything was sent.
            if lines.is_empty() {
                return None;
            }
            let bytes = sent(&lines, &wish, &mut left);
            Some((bytes, (book, listen, read + lines.len(), wish, left)))
        },
    );
    let whole = stream::iter(VecDeque::from([first])).chain(more);
    Ok(StreamBody::new(whole.map(|bytes| Ok(Frame::data(Bytes::from(bytes))))).boxed_unsync())
}

fn wish(shared: &Shared, params: &Params) -> Result<Wish, Failure> {
    let positive = |name: &str, least: i64| match params.number(name)? {
        Some(number) if number < least => Err(Failure::new(
            422,
            "Invalid",
            format!(
                "PodLogOptions \"\" is invalid: {name}: Invalid value: {number}: must be greater than or equal to {least}"
            ),
        )),
        number => Ok(number.and_then(|number| usize::try_from(number).ok())),
    };
    let seconds = positive("sinceSeconds", 1)?;
    let moment = params.text("sinceTime").map(Time::read).transpose().map_err(Failure::bad_request)?;
    if seconds.is_some() && moment.is_some() {
        let message =
            "PodLogOptions \"\" is invalid: at most one of `sinceTime` or `sinceSeconds` may be specified";
        return Err(Failure::new(422, "Invalid", message));
    }
    let ago = seconds.map(|seconds| shared.world().now() - std::time::Duration::from_secs(seconds as u64));
    Ok(Wish {
        stamps: params.flag("timestamps")?,
        since: moment.map(|moment| moment.0).or(ago),
        tail: positive("tailLines", 0)?,
        limit: positive("limitBytes", 1)?,
    })
}

fn sent(lines: &[Line], wish: &Wish, left: &mut usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in lines.iter().filter(|line| wish.since.is_none_or(|since| line.at >= since)) {
        let mut line = line.sent(wish.stamps);
        line.truncate(*left);
        *left -= line.len();
        bytes.extend_from_slice(&line);
    }
    bytes
}

fn container(pod: &Pod, named: Option<&str>) -> Result<String, Failure> {
    let name = &pod.metadata.name;
    let listed = |containers: &[crate::standin::objects::Container]| {
        containers.iter().map(|container| container.name.clone()).collect::<Vec<_>>()
    };
    let (containers, inits) = (listed(&pod.spec.containers), listed(&pod.spec.init_containers));
    match named {
        Some(named) if containers.iter().chain(&inits).any(|known| known == named) => Ok(named.to_owned()),
        Some(named) => Err(Failure::bad_request(format!("container {named} is not valid for pod {name}"))),
        None if containers.len() == 1 && inits.is_empty() => Ok(containers[0].clone()),
        None => {
            let choices = containers.join(" ");
            let inits = if inits.is_empty() {
                String::new()
            } else {
                format!(" or one of the init containers: [{}]", inits.join(" "))
            };
            Err(Failure::bad_request(format!(
                "a container name must be specified for pod {name}, choose one of: [{choices}]{inits}"
            )))
        }
    }
}

fn book(shared: &Shared, pod: &Pod, container: &str, previous: bool) -> Result<Arc<LogBook>, Failure> {
    let name = &pod.metadata.name;
    if let Some(book) = shared.logs.find(pod.metadata.uid(), container, previous) {
        return Ok(book);
    }
    if previous {
        return Err(Failure::bad_request(format!(
            "previous terminated container {container:?} in pod {name:?} not found"
        )));
    }
    let waiting = pod
        .statuses()
        .find(|status| status.name == container)
        .and_then(|status| status.state.waiting.as_ref());
    Err(Failure::bad_request(match waiting {
        Some(waiting) if waiting.reason.contains("Image") => {
            format!(
                "container {container:?} in pod {name:?} is waiting to start: trying and failing to pull image"
            )
        }
        Some(waiting) => {
            format!("container {container:?} in pod {name:?} is waiting to start: {}", waiting.reason)
        }
        None => format!("container {container:?} in pod {name:?} is not available"),
    }))
}
