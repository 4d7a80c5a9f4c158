//! A person with a search: submits it until it is taken, and watches it until it has ended.

use super::{
    bed::Bed,
    plan::{Round, Wish},
};
use blastline_tests::chain::shapes::{Job, Problem, Submitted};
use reqwest::{Method, StatusCode};
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Longest that a person waits under faults, from the first request on.
const PATIENCE: Duration = Duration::from_secs(300);
/// Longest that a search may go on once nothing is wrong any more. Retries wait half a minute at most by the scale.
const THEN: Duration = Duration::from_secs(120);
const ASK_EVERY: Duration = Duration::from_millis(300);

/// How a search went, as its person saw it.
#[derive(Debug)]
pub struct Outcome {
    /// The round.
    pub round: usize,
    program: &'static str,
    /// Its id, once it was taken.
    pub id: Option<String>,
    /// What it was when it was seen last.
    pub job: Option<Job>,
    /// From its first request.
    pub from: Instant,
    /// To its end, or to the end of patience.
    pub to: Instant,
    /// Answers that should never be given.
    pub lies: Vec<String>,
}

impl Outcome {
    /// For people.
    pub fn line(&self) -> String {
        let id = self.id.as_deref().unwrap_or("not taken");
        let told = match &self.job {
            Some(job) => match &job.error {
                Some(error) => format!("{} ({}): {}", job.status, error.code, error.detail),
                None => format!("{} in {} parts", job.status, job.parts.as_ref().map_or(0, |p| p.planned)),
            },
            None => "never seen".to_owned(),
        };
        let seconds = (self.to - self.from).as_secs_f64();
        format!("search {:>3} {:<7} {id} {told} after {seconds:.1} s", self.round, self.program)
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.job.as_ref().is_some_and(has_ended)
    }
}

fn has_ended(job: &Job) -> bool {
    ["completed", "failed", "cancelled"].contains(&job.status.as_str())
}

/// One search from its first request to its end.
pub async fn search(bed: &Bed, round: &Round) -> Outcome {
    let now = Instant::now();
    let mut outcome = Outcome {
        round: round.n,
        program: round.program,
        id: None,
        job: None,
        from: now,
        to: now,
        lies: Vec::new(),
    };
    // One that goes on has to end when nothing is wrong any more.
    let _ = timeout(PATIENCE, go(bed, round, &mut outcome)).await;
    outcome.to = Instant::now();
    outcome
}

/// Waits for a search that went on when its person had gone. Nothing is wrong any more.
pub async fn end(bed: &Bed, outcome: &mut Outcome) {
    let Some(id) = outcome.id.clone().filter(|_| !outcome.has_ended()) else { return };
    let path = format!("/api/blast/jobs/{id}");
    let asking = async {
        let mut ticks = interval(ASK_EVERY);
        while !outcome.has_ended() {
            ticks.tick().await;
            let Ok(response) = bed.api().request(Method::GET, &path).send().await else { continue };
            if let Ok(job) = response.json::<Job>().await {
                outcome.job = Some(job);
            }
        }
    };
    let _ = timeout(THEN, asking).await;
    outcome.to = Instant::now();
}

async fn go(bed: &Bed, round: &Round, outcome: &mut Outcome) {
    let request = round.request();
    let mut ticks = interval(ASK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let taken = loop {
        ticks.tick().await;
        let sent = bed.api().request(Method::POST, "/api/blast/jobs").json(&request).send().await;
        // A connection that broke says nothing: the same request again is the same search.
        let Ok(response) = sent else { continue };
        let status = response.status();
        let Ok(text) = response.text().await else { continue };
        if status == StatusCode::ACCEPTED {
            break serde_json::from_str::<Submitted>(&text).expect("an answer as documented");
        }
        if is_honest(status, &text) {
            continue;
        }
        outcome.lies.push(format!("submitting search {}: {status} {text}", round.n));
        return;
    };
    bed.taken(&taken.job_id);
    outcome.id = Some(taken.job_id.clone());
    let (path, taken_at) = (format!("/api/blast/jobs/{}", taken.job_id), Instant::now());
    let (mut cancelled, mut done) = (false, 0);
    loop {
        ticks.tick().await;
        if let Wish::Cancel(ms) = round.wish
            && !cancelled
            && taken_at.elapsed() >= Duration::from_millis(ms)
        {
            cancelled = ask(bed, Method::POST, &format!("{path}/cancel")).await;
        }
        let Ok(response) = bed.api().request(Method::GET, &path).send().await else { continue };
        let status = response.status();
        let Ok(text) = response.text().await else { continue };
        if status != StatusCode::OK {
            if !is_honest(status, &text) {
                outcome.lies.push(format!("asking for search {}: {status} {text}", round.n));
            }
            continue;
        }
        let job: Job = serde_json::from_str(&text).expect("an answer as documented");
        if job.queries_done < done {
            outcome.lies.push(format!("search {} went back from {done} sequences", round.n));
        }
        done = job.queries_done;
        let over = has_ended(&job);
        outcome.job = Some(job);
        if over {
            return;
        }
    }
}

/// Asks for a change; true when it was taken or is refused for good.
pub async fn ask(bed: &Bed, method: Method, path: &str) -> bool {
    let answer = bed.api().request(method, path).json(&serde_json::json!({})).send().await;
    answer.is_ok_and(|response| response.status().as_u16() < 500)
}

/// Whether an answer says truly that it cannot be done now: a problem to try again later, or the host's own word that its
/// handler is away.
fn is_honest(status: StatusCode, text: &str) -> bool {
    match serde_json::from_str::<Problem>(text) {
        Ok(problem) => status == StatusCode::SERVICE_UNAVAILABLE && problem.retryable,
        Err(_) => [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT]
            .contains(&status),
    }
}
