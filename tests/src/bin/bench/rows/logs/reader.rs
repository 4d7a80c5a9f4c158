//! A reader of a search's stream of events, as the page is one: it comes back with the last id that it was given, and drops
//! lines that it holds.

use blastline_tests::chain::{Chain, api::Api};
use futures::StreamExt;
use rand::{Rng, SeedableRng, rngs::StdRng};
use reqwest::Method;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::time::{MissedTickBehavior, interval};

/// How a reader reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As fast as it comes.
    Steady,
    /// Some hundred kilobytes a second.
    Slow,
    /// Breaks off at random and comes back.
    Restless(u64),
}

/// What a slow reader takes at a time, in bytes, and how often.
const SIP: usize = 16 * 1024;
const BETWEEN_SIPS: Duration = Duration::from_millis(25);
/// Lines that it does not hold yet after which a restless reader breaks off: from, to.
const PATIENCE: (usize, usize) = (500, 15_000);

/// What a reader holds in the end.
#[derive(Debug, Default)]
pub struct Held {
    /// Lines by container, in the order in which they came.
    pub lines: BTreeMap<String, Vec<(String, String)>>,
    /// How often it came back.
    pub returns: usize,
    /// Lines that came again.
    pub again: usize,
    /// Seconds from each line's time stamp to its arrival, of lines that came for the first time.
    pub delays: Vec<f64>,
    ids: HashSet<String>,
    last: Option<String>,
    completed: bool,
}

/// Data of an event, as far as it is looked at.
#[derive(Debug, Deserialize)]
struct Data {
    #[serde(default)]
    id: String,
    #[serde(default)]
    pod: Option<String>,
    #[serde(default)]
    container: Option<String>,
    #[serde(default)]
    attempt: u32,
    #[serde(default)]
    ts: String,
    #[serde(default)]
    line: String,
}

/// Reads a search to the event `completed`.
pub async fn read(chain: &Chain, job: &str, manner: Manner) -> Held {
    let (api, path) = (chain.api.patient(), format!("/api/blast/jobs/{job}/logs/events"));
    let mut held = Held::default();
    let mut chance = StdRng::seed_from_u64(if let Manner::Restless(seed) = manner { seed } else { 0 });
    while !held.completed {
        let patience = match manner {
            Manner::Restless(_) => chance.random_range(PATIENCE.0..PATIENCE.1),
            Manner::Steady | Manner::Slow => usize::MAX,
        };
        held.once(&api, &path, manner, patience).await;
        held.returns += usize::from(!held.completed);
    }
    held
}

impl Held {
    /// Reads one answer, to its end or until so many new lines came.
    async fn once(&mut self, api: &Api, path: &str, manner: Manner, patience: usize) {
        let mut request = api.request(Method::GET, path);
        if let Some(last) = &self.last {
            request = request.header("last-event-id", last);
        }
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        let mut body = answer.bytes_stream();
        let mut sips = interval(BETWEEN_SIPS);
        sips.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut text, mut lines, mut drunk) = (Vec::new(), 0, 0);
        // An answer that breaks off is one that the reader comes back after.
        while let Some(Ok(bytes)) = body.next().await {
            text.extend_from_slice(&bytes);
            let mut taken = 0;
            while let Some(end) = text[taken..].windows(2).position(|pair| pair == b"\n\n") {
                let frame = std::str::from_utf8(&text[taken..taken + end]).unwrap();
                lines += usize::from(self.take(frame));
                taken += end + 2;
                if lines >= patience {
                    return;
                }
            }
            text.drain(..taken);
            drunk += bytes.len();
            while manner == Manner::Slow && drunk >= SIP {
                drunk -= SIP;
                sips.tick().await;
            }
        }
    }

    /// Takes an event; whether it was a line that is new.
    fn take(&mut self, frame: &str) -> bool {
        let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
        if let Some(id) = field("id: ") {
            self.last = Some(id.to_owned());
        }
        let Some(event) = field("event: ") else { return false };
        assert_ne!(field("data: ").map(|data| data.contains("\"restarted\"")), Some(true), "{frame}");
        self.completed |= event == "completed";
        if event != "log" {
            return false;
        }
        let data: Data = serde_json::from_str(field("data: ").unwrap()).unwrap();
        if !self.ids.insert(data.id.clone()) {
            self.again += 1;
            return false;
        }
        if let Ok(said) = OffsetDateTime::parse(&data.ts, &Rfc3339) {
            self.delays.push((OffsetDateTime::now_utc() - said).as_seconds_f64());
        }
        let (pod, container) = (data.pod.unwrap_or_default(), data.container.unwrap_or_default());
        let attempt = if data.attempt > 0 { format!("/{}", data.attempt) } else { String::new() };
        let lines = self.lines.entry(format!("{pod}/{container}{attempt}")).or_default();
        lines.push((data.id, data.line));
        true
    }
}
