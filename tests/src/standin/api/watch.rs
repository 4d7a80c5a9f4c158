//! `GET …?watch=true`.

use super::{Body, Failure, Fields, Labels, Params, read::selected};
use crate::standin::{
    check::Rules,
    shared::Shared,
    store::{ChangeKind, Kept, written},
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};

/// A watch ends by itself after so long, where the client does not say.
const LONGEST: Duration = Duration::from_secs(1_800);

/// Changes of a kind as they come.
pub fn watch<K: Kept + Rules>(
    shared: &Arc<Shared>,
    namespace: &str,
    params: &Params,
) -> Result<Body, Failure> {
    let labels = Labels::read(params.text("labelSelector").unwrap_or_default())?;
    let fields = Fields::read(params.text("fieldSelector").unwrap_or_default(), K::PLURAL)?;
    let limit = params.number("timeoutSeconds")?.and_then(|seconds| u64::try_from(seconds).ok());
    let end = Instant::now() + limit.map_or(LONGEST, Duration::from_secs);
    let from = match params.text("resourceVersion") {
        None | Some("0") => None,
        Some(version) => Some(
            version
                .parse::<u64>()
                .map_err(|_| Failure::bad_request(format!("invalid resource version {version:?}")))?,
        ),
    };
    let (first, version, listen) = {
        let world = shared.world();
        let first = match from {
            Some(_) => String::new(),
            None => selected::<K>(&world, namespace, params)?
                .into_iter()
                .map(|object| event("ADDED", &written(object)))
                .collect(),
        };
        (first, from.unwrap_or(world.version), world.listen())
    };
    let namespace = namespace.to_owned();
    let state = (Arc::clone(shared), listen, version, false);
    let more = stream::unfold(state, move |(shared, mut listen, version, ended)| {
        let (labels, fields, namespace) = (labels.clone(), fields.clone(), namespace.clone());
        async move {
            if ended {
                return None;
            }
            let news = listen.wait_for(|newest| *newest > version);
            let newest = *timeout_at(end, news).await.ok()?.ok()?;
            let changes = shared.world().changes.after(version, K::PLURAL);
            let Some(changes) = changes else {
                let gone = Failure::expired(format!("too old resource version: {version} ({newest})"));
                return Some((event("ERROR", &gone.body()), (shared, listen, newest, true)));
            };
            let told = changes.iter().filter(|change| {
                let here = namespace.is_empty() || change.namespace == namespace;
                here && labels.hold(&change.labels) && fields.hold_names(&change.namespace, &change.name)
            });
            let words = told.map(|change| event(ChangeKind::word(change.kind), &change.body)).collect();
            let newest = changes.last().map_or(newest, |change| change.version.max(newest));
            Some((words, (shared, listen, newest, false)))
        }
    });
    let whole = stream::iter([first]).chain(more).filter(|text| std::future::ready(!text.is_empty()));
    Ok(StreamBody::new(whole.map(|text| Ok(Frame::data(Bytes::from(text))))).boxed_unsync())
}

fn event(kind: &str, body: &str) -> String {
    format!("{{\"type\":\"{kind}\",\"object\":{body}}}\n")
}
