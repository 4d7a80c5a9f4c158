//! What `elastic-blast submit` does: brings the database to the machines, makes a Job for each batch and the finalizer, and
//! says how it went. Or it does not.

use super::SimCluster;
use super::batches::{self, batch_job, planned};
use super::pods::Pod;
use blastline_blast::plan::Part;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::JobId;
use blastline_jobs::ports::{JobEnd, JobRole, JobSeen, SubmitSpec};
use std::sync::Arc;
use std::time::Duration;

/// What it says of a search that it took.
const ACCEPTED: &str = r#"{"cluster_name":"yard","correlation_id":"x","decision":"accepted","details":{},"kind":"submit_result","message":"submission accepted","queue_position":null,"retry_after_seconds":null}"#;

/// What becomes of a submission.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// It makes its Jobs and says so.
    Takes,
    /// It says so, and its Jobs come later.
    TakesAhead,
    /// It refuses, with an exit code and a category.
    Refuses(i32, &'static str),
    /// It breaks off after so many batches, with an exit code.
    BreaksOff(usize, i32),
    /// It says that it took a search of which it made nothing.
    TakesNothing,
    /// The database does not reach a machine.
    SetupFails,
    /// It hangs until its time is up.
    Hangs,
}

/// Exit codes and categories of refusals, with the code by which a search fails of them in the end.
const REFUSALS: [(i32, &str, ErrorCode); 8] = [
    (1, "invalid", ErrorCode::ElasticConfigRefused),
    (1, "internal", ErrorCode::ElasticSubmitFailed),
    (2, "transient", ErrorCode::DatabaseNotStaged),
    (6, "invalid", ErrorCode::ClusterAccessDenied),
    (7, "transient", ErrorCode::ElasticSubmitFailed),
    (8, "conflict", ErrorCode::ElasticSubmitFailed),
    (10, "capacity", ErrorCode::ElasticSubmitFailed),
    (255, "internal", ErrorCode::ElasticSubmitFailed),
];

impl Fate {
    fn draw(cluster: &SimCluster, job: &JobId, batches: usize) -> Self {
        let world = &cluster.me.world;
        if !world.happens(|weather| weather.submission_fails) {
            return if world.draw(|chance| chance.ppm(150_000)) { Self::TakesAhead } else { Self::Takes };
        }
        let (fate, code) = match world.draw(|chance| chance.index(8)) {
            0..2 => {
                let (exit, category, code) = REFUSALS[world.draw(|chance| chance.index(REFUSALS.len()))];
                (Self::Refuses(exit, category), code)
            }
            2..5 => {
                let exit = [7, 8, 9, 137, 255][world.draw(|chance| chance.index(5))];
                let made = world.draw(|chance| chance.index(batches + 1));
                cluster.harms(job, ErrorCode::ElasticSubmitFailed);
                (Self::BreaksOff(made, exit), ErrorCode::ElasticJobsMissing)
            }
            5 => (Self::TakesNothing, ErrorCode::ElasticJobsMissing),
            6 => {
                cluster.harms(job, ErrorCode::ElasticJobsMissing);
                (Self::SetupFails, ErrorCode::DatabaseStagingFailed)
            }
            _ => (Self::Hangs, ErrorCode::ElasticSubmitFailed),
        };
        cluster.harms(job, code);
        fate
    }
}

/// A submission that runs.
struct Run {
    cluster: Arc<SimCluster>,
    spec: SubmitSpec,
    job: JobSeen,
    pod: Pod,
    batches: Vec<Part>,
}

/// Runs the Job of a submission from its pod's start to its end.
pub(super) async fn run(cluster: Arc<SimCluster>, spec: SubmitSpec, job: JobSeen) {
    cluster.wait(200, 8_000).await;
    let Some(pod) = cluster.start_pod(&spec.job, &job) else { return };
    cluster.tell("submission-runs", &spec.job, &job.name);
    let batches = planned(&cluster, &spec).await;
    let fate = Fate::draw(&cluster, &spec.job, batches.len());
    let run = Run { cluster, spec, job, pod, batches };
    let end = run.play(fate).await;
    run.cluster.tell("submission-gone", &run.spec.job, &run.job.name);
    if let Some((code, said)) = end {
        run.end(fate, code, &said).await;
    }
}

impl Run {
    /// Does what its fate is; gives exit code and last words, or nothing where it was killed meanwhile.
    async fn play(&self, fate: Fate) -> Option<(i32, String)> {
        let cluster = &self.cluster;
        let accepted = || Some((0, ACCEPTED.to_owned()));
        match fate {
            Fate::Refuses(code, category) => {
                self.lives_on(1_000, 20_000).await?;
                let retry = cluster.me.world.draw(|chance| chance.between(1, 60));
                let said = format!(
                    r#"{{"category":"{category}","correlation_id":"x","details":{{}},"kind":"error","message":"no","retry_after_seconds":{retry}}}"#
                );
                return Some((code, if code == 6 { String::new() } else { said }));
            }
            Fate::TakesNothing => {
                self.lives_on(1_000, 5_000).await?;
                return accepted();
            }
            Fate::Hangs => {
                cluster.me.wait(self.spec.active_deadline).await;
                return cluster.lives(&self.pod).then(|| (137, String::new()));
            }
            _ => {}
        }
        self.set_up(matches!(fate, Fate::SetupFails)).await?;
        match fate {
            Fate::SetupFails => return Some((7, String::new())),
            Fate::BreaksOff(made, code) => {
                self.make_batches(made).await?;
                return Some((code, String::new()));
            }
            Fate::TakesAhead => {
                let submit = format!("submit-{}", self.job.uid);
                cluster.make(&self.spec.job, &submit, JobRole::Submit, None);
                return accepted();
            }
            _ => {}
        }
        self.make_batches(self.batches.len()).await?;
        self.make_finalizer();
        accepted()
    }

    /// Goes on for a while; `None` where its pod is gone then.
    async fn lives_on(&self, low_ms: u64, high_ms: u64) -> Option<()> {
        self.cluster.wait(low_ms, high_ms).await;
        self.cluster.lives(&self.pod).then_some(())
    }

    /// Brings the database to the machines.
    async fn set_up(&self, fails: bool) -> Option<()> {
        let of = &self.spec.job;
        for number in 0..2 {
            let name = format!("init-ssd-{}-{number}", blastline_blast::elastic::names::short(of.as_str()));
            let Some(job) = self.cluster.make(of, &name, JobRole::Setup, None) else { continue };
            let pod = self.cluster.start_pod(of, &job);
            self.lives_on(2_000, 60_000).await?;
            let failed = JobEnd::Failed { reason: "BackoffLimitExceeded".to_owned(), message: String::new() };
            let end = if fails && number == 1 { failed } else { JobEnd::Complete };
            if let Some(pod) = pod {
                self.cluster.end_pod(&pod, i32::from(end != JobEnd::Complete), "");
            }
            self.cluster.end(of, &job, end, super::TTL);
        }
        Some(())
    }

    async fn make_batches(&self, count: usize) -> Option<()> {
        for (number, part) in (0..).zip(self.batches.iter().take(count)) {
            self.lives_on(20, 3_000).await?;
            batch_job(&self.cluster, &self.spec.job, number, *part);
        }
        Some(())
    }

    fn make_finalizer(&self) {
        let name = format!("finalizer-{}", self.spec.job);
        if let Some(job) = self.cluster.make(&self.spec.job, &name, JobRole::Finalizer, None) {
            self.cluster.spawn(batches::finalize(self.cluster.clone(), self.spec.job.clone(), job));
        }
    }

    /// Tells how it ended, first the pod, then the Job; sometimes the pod is gone before anybody could see it.
    async fn end(&self, fate: Fate, code: i32, said: &str) {
        let (cluster, of) = (&self.cluster, &self.spec.job);
        cluster.end_pod(&self.pod, code, said);
        cluster.wait(0, 3_000).await;
        if code != 0 && cluster.me.world.happens(|weather| weather.removed_early) {
            cluster.memory.remove_pod(&self.pod.seen.name);
        }
        let end = match (fate, code) {
            (Fate::Hangs, _) => {
                JobEnd::Failed { reason: "DeadlineExceeded".to_owned(), message: String::new() }
            }
            (_, 0) => JobEnd::Complete,
            _ => JobEnd::Failed { reason: "BackoffLimitExceeded".to_owned(), message: String::new() },
        };
        let early = cluster.me.world.happens(|weather| weather.removed_early);
        if early {
            // Whoever sees nothing of it does not know that it was refused.
            cluster.harms(of, ErrorCode::ElasticSubmitFailed);
        }
        cluster.end(of, &self.job, end, if early { Duration::from_secs(2) } else { self.spec.ttl });
        if matches!(fate, Fate::TakesAhead) {
            self.make_later().await;
        }
    }

    /// A Job of the cluster makes the batches after the CLI has ended.
    async fn make_later(&self) {
        let (cluster, of) = (&self.cluster, &self.spec.job);
        let submit = format!("submit-{}", self.job.uid);
        let find = || cluster.memory.peek_jobs(of).into_iter().find(|job| job.name == submit);
        let Some(job) = find() else { return };
        let Some(pod) = cluster.start_pod(of, &job) else { return };
        for (number, part) in (0..).zip(&self.batches) {
            cluster.wait(20, 3_000).await;
            if !cluster.lives(&pod) {
                return;
            }
            batch_job(cluster, of, number, *part);
        }
        self.make_finalizer();
        cluster.end_pod(&pod, 0, "");
        cluster.end(of, &job, JobEnd::Complete, super::TTL);
    }
}
