use super::frames::{Frames, HEARTBEAT};
use crate::http::{ApiResult, OwnedJob};
use crate::world::World;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use blastline_engine::logs::{Live, LiveStream, STREAM_SECONDS, live};
use blastline_jobs::logs::Cursor;
use blastline_jobs::ports::Clock;
use futures::stream;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// After so long without an event a line is sent that is none.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);
/// So much longer than its time a stream waits for a reader that is slow to take the end of it.
const GRACE_SECONDS: u64 = 5;
/// Items that are written at once.
const AT_ONCE: usize = 64;

/// What a search says, line by line as it is said: server-sent events `snapshot`, `log`, `status` and `completed`.
///
/// Ends itself after 220 seconds; a reader comes back with `Last-Event-ID` and is given every line from ten seconds before
/// its place on, so it drops lines whose `id` it holds. After `completed` there is nothing more to come for.
#[utoipa::path(get, operation_id = "log_events", path = "/api/blast/jobs/{id}/logs/events", tag = "logs",
    params(("id" = String, Path, description = "The job"),
        ("Last-Event-ID" = Option<String>, Header, description = "The last id that was received")),
    responses((status = 200, description = "Events; their data are LogSnapshot, LogEvent, LogStatus and LogCompleted",
            content_type = "text/event-stream", body = String),
        (status = 404, body = crate::api::problem::Problem)))]
pub async fn events(State(app): State<Arc<World>>, job: OwnedJob, headers: HeaderMap) -> ApiResult<Response> {
    let id = &job.row.id;
    let given = headers.get("last-event-id").map(|value| value.to_str().unwrap_or_default());
    let held = given.map(|given| Cursor::decode(id, given));
    let made_up = held == Some(None);
    let held = held.flatten().unwrap_or_default();
    let frames = Frames::new(id, held.clone());
    let clock = Arc::clone(&app.deps.clock);
    let end = clock.now() + Duration::from_secs(STREAM_SECONDS + GRACE_SECONDS);
    let first = made_up.then(|| frames.restarted());
    let events = Events { items: live(&app.deps, id, held), frames, clock, end, first, over: false };
    let body = stream::unfold(events, |mut events| async {
        let next = events.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(next)), events))
    });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// A stream on its way to a reader. Taken from only as fast as the reader reads.
struct Events {
    items: LiveStream,
    frames: Frames,
    clock: Arc<dyn Clock>,
    end: OffsetDateTime,
    first: Option<String>,
    over: bool,
}

impl Events {
    async fn next(&mut self) -> Option<String> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        let left = Duration::try_from(self.end - self.clock.now()).unwrap_or_default();
        if self.over || left.is_zero() {
            return None;
        }
        let item = tokio::select! {
            biased;
            item = self.items.next() => item?,
            () = self.clock.sleep(HEARTBEAT_EVERY.min(left)) => return Some(HEARTBEAT.to_owned()),
        };
        let mut items = vec![item];
        while items.len() < AT_ONCE
            && let Some(item) = self.items.ready()
        {
            items.push(item);
        }
        let (mut text, last) = (String::new(), items.len() - 1);
        for (number, item) in items.iter().enumerate() {
            self.over |= matches!(item, Live::Completed | Live::Pause);
            text.push_str(&self.frames.write(item, number == last));
        }
        Some(text)
    }
}
