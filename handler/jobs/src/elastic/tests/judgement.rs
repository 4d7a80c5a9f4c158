use super::*;
use crate::ports::{ContainerEnd, ContainerSeen};
use std::time::Duration;

const CREATED: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

fn at(seconds: u64) -> OffsetDateTime {
    CREATED + Duration::from_secs(seconds)
}

pub fn job(role: JobRole, batch: Option<u32>, end: Option<JobEnd>) -> JobSeen {
    let name = match batch {
        Some(batch) => format!("blastn-batch-nt-job-{}-89abcdef", batch_number(batch)),
        None => format!("{}-89abcdef", role.app()),
    };
    JobSeen {
        uid: format!("uid-{name}"),
        name,
        role,
        batch,
        created_at: CREATED,
        started_at: Some(at(1)),
        ended_at: end.as_ref().map(|_| at(60)),
        end,
        active: 0,
        failed_pods: 0,
        deleting: false,
    }
}

fn batch(batch: u32, end: Option<JobEnd>) -> JobSeen {
    job(JobRole::Blast, Some(batch), end)
}

fn complete() -> Option<JobEnd> {
    Some(JobEnd::Complete)
}

fn failed(reason: &str) -> Option<JobEnd> {
    Some(JobEnd::Failed { reason: reason.to_owned(), message: "the Job's own words".to_owned() })
}

pub fn container(name: &str) -> ContainerSeen {
    ContainerSeen {
        name: name.to_owned(),
        init: false,
        waiting: None,
        running: false,
        end: None,
        last_end: None,
        restarts: 0,
    }
}

pub fn end(code: i32, reason: &str, message: &str) -> Option<ContainerEnd> {
    Some(ContainerEnd {
        exit_code: code,
        reason: reason.to_owned(),
        message: message.to_owned(),
        ended_at: None,
    })
}

pub fn pod(of: &JobSeen, containers: Vec<ContainerSeen>) -> PodSeen {
    PodSeen {
        name: format!("{}-x1", of.name),
        uid: "pod".to_owned(),
        job: Some(of.name.clone()),
        role: of.role,
        node: Some("aks-blastpool-0".to_owned()),
        phase: "Running".to_owned(),
        reason: String::new(),
        unschedulable: None,
        created_at: at(2),
        containers,
    }
}

pub fn running(of: &JobSeen) -> PodSeen {
    pod(of, vec![ContainerSeen { running: true, ..container("blast") }])
}

pub fn pending(of: &JobSeen, reason: &str) -> PodSeen {
    let waiting =
        Some((reason.to_owned(), "Back-off pulling image \"r.azurecr.io/ncbi/elb:1.4.0\"".to_owned()));
    let seen = pod(of, vec![ContainerSeen { waiting, ..container("blast") }]);
    PodSeen { phase: "Pending".to_owned(), node: None, ..seen }
}

fn unschedulable(of: &JobSeen) -> PodSeen {
    let words = Some("0/3 nodes are available: 3 Insufficient memory.".to_owned());
    PodSeen { unschedulable: words, node: None, phase: "Pending".to_owned(), ..pod(of, Vec::new()) }
}

/// Judges three batches.
fn judged(jobs: &[JobSeen], pods: &[PodSeen], remembered: &[u32], all_created: bool) -> Picture {
    let remembered = remembered.iter().copied().collect();
    judge(&Look { jobs, pods, batches: 3, remembered: &remembered, all_created })
}

fn states(picture: &Picture) -> Vec<BatchState> {
    picture.batches.iter().map(|batch| batch.state.clone()).collect()
}

#[test]
fn none_found_is_creating_while_jobs_are_still_made_and_missing_afterwards() {
    let before = judged(&[], &[], &[], false);
    assert_eq!(before.outlook, Outlook::Creating(None));
    assert_eq!(states(&before), [BatchState::NotCreated, BatchState::NotCreated, BatchState::NotCreated]);
    let after = judged(&[], &[], &[], true);
    assert_eq!(after.outlook, Outlook::JobsMissing { first: 0, count: 3 });
}

#[test]
fn jobs_of_other_roles_are_no_batches() {
    let others = [JobRole::Cli, JobRole::Finalizer, JobRole::Submit, JobRole::Setup]
        .map(|role| job(role, None, complete()));
    assert_eq!(judged(&others, &[], &[], false).outlook, Outlook::Creating(None));
    // A finalizer that failed, or says that all is well, changes nothing.
    for end in [complete(), failed("BackoffLimitExceeded")] {
        let jobs = [batch(0, None), batch(1, None), batch(2, None), job(JobRole::Finalizer, None, end)];
        assert_eq!(judged(&jobs, &[], &[], true).outlook, Outlook::Waiting(None));
    }
}

#[test]
fn what_keeps_the_submission_is_told_while_jobs_are_made() {
    let cli = job(JobRole::Cli, None, None);
    let picture = judged(std::slice::from_ref(&cli), &[pending(&cli, "ErrImagePull")], &[], false);
    let Outlook::Creating(Some(hold)) = picture.outlook else { panic!("{:?}", picture.outlook) };
    assert!(matches!(hold.cause, Cause::ImageNotPulled { .. }));
    assert_eq!(hold.since, at(2));
}

#[test]
fn all_complete_needs_every_batch_seen_complete_now_or_earlier() {
    let jobs = [batch(0, complete()), batch(1, complete()), batch(2, complete())];
    let picture = judged(&jobs, &[], &[], true);
    assert_eq!((picture.outlook.clone(), picture.complete()), (Outlook::AllComplete, 3));
    assert_eq!(picture.newly_complete, [0, 1, 2]);
    let rest = judged(&jobs[2..], &[], &[0, 1], true);
    assert_eq!((rest.outlook, rest.newly_complete), (Outlook::AllComplete, vec![2]));
    let gone = judged(&jobs[1..], &[], &[1], true);
    assert_eq!(gone.outlook, Outlook::JobsMissing { first: 0, count: 1 });
    let two = judged(&jobs[..2], &[], &[], false);
    assert_eq!(two.outlook, Outlook::Running);
}

#[test]
fn a_search_without_batches_is_never_complete() {
    let remembered = BTreeSet::new();
    let look = Look { jobs: &[], pods: &[], batches: 0, remembered: &remembered, all_created: true };
    assert_ne!(judge(&look).outlook, Outlook::AllComplete);
}

#[test]
fn a_remembered_batch_stays_complete_whatever_comes_under_its_number() {
    let jobs = [batch(0, failed("BackoffLimitExceeded")), batch(1, None), batch(2, complete())];
    let picture = judged(&jobs, &[], &[0], true);
    assert_eq!(picture.batches[0].state, BatchState::Complete);
    assert_eq!(picture.newly_complete, [2]);
}

#[test]
fn half_of_the_jobs_is_missing_the_other_half_at_once() {
    let jobs = [batch(0, None), batch(2, complete())];
    let picture = judged(&jobs, &[running(&jobs[0])], &[], true);
    assert_eq!(picture.outlook, Outlook::JobsMissing { first: 1, count: 1 });
    // While the submission goes on, the same is a search that runs.
    assert_eq!(judged(&jobs, &[running(&jobs[0])], &[], false).outlook, Outlook::Running);
}

#[test]
fn failed_pods_are_attempts_and_no_failure() {
    let retried = JobSeen { failed_pods: 2, active: 1, ..batch(0, None) };
    let done = JobSeen { failed_pods: 1, ..batch(1, complete()) };
    let jobs = [retried.clone(), done, batch(2, complete())];
    let picture = judged(&jobs, &[running(&retried)], &[], true);
    assert_eq!(picture.outlook, Outlook::Running);
    assert_eq!(picture.batches[0].attempts, 3);
    assert_eq!(picture.batches[1].attempts, 2);
}

#[test]
fn a_failed_batch_fails_the_search_whatever_the_others_do() {
    let jobs = [batch(0, complete()), batch(1, failed("BackoffLimitExceeded")), batch(2, None)];
    let blast = ContainerSeen { end: end(2, "Error", "BLAST Database error: broken"), ..container("blast") };
    let pods = [PodSeen { phase: "Failed".to_owned(), ..pod(&jobs[1], vec![blast]) }, running(&jobs[2])];
    let picture = judged(&jobs, &pods, &[], true);
    let cause = Cause::Blast { code: 2, text: "BLAST Database error: broken".to_owned() };
    assert_eq!(picture.outlook, Outlook::BatchFailed { batch: 1, cause });
    let fault = picture.outlook.fault(Program::Blastn).unwrap();
    assert!(fault.detail.starts_with("Batch 001: "), "{}", fault.detail);
}

#[test]
fn of_two_jobs_under_one_number_the_later_counts() {
    let old = batch(0, failed("BackoffLimitExceeded"));
    let new = JobSeen { uid: "new".to_owned(), created_at: at(100), ..batch(0, complete()) };
    for jobs in [[old.clone(), new.clone()], [new, old]] {
        let picture = judged(&jobs, &[], &[1, 2], true);
        assert_eq!(picture.outlook, Outlook::AllComplete);
        assert_eq!(picture.batches[0].job_uid.as_deref(), Some("new"));
    }
}

#[test]
fn a_batch_beyond_the_plan_is_not_counted() {
    let jobs = [batch(3, failed("BackoffLimitExceeded")), job(JobRole::Blast, None, None)];
    assert_eq!(judged(&jobs, &[], &[0, 1, 2], true).outlook, Outlook::AllComplete);
}

#[test]
fn what_keeps_a_batch_from_running_is_told() {
    let jobs = [batch(0, None), batch(1, None), batch(2, None)];
    let picture = judged(&jobs, &[unschedulable(&jobs[1])], &[], true);
    let words = "0/3 nodes are available: 3 Insufficient memory.".to_owned();
    let hold = Hold { cause: Cause::Unschedulable { words }, since: at(2) };
    assert_eq!(picture.outlook, Outlook::Waiting(Some(hold.clone())));
    assert_eq!(states(&picture)[1], BatchState::Waiting(Some(hold)));
    // As soon as one runs, the search runs, and the others still tell why they do not.
    let picture = judged(&jobs, &[unschedulable(&jobs[1]), running(&jobs[2])], &[], true);
    assert_eq!(picture.outlook, Outlook::Running);
    assert!(matches!(states(&picture)[1], BatchState::Waiting(Some(_))));
}

#[test]
fn a_restart_hides_no_shortage_of_memory() {
    let jobs = [batch(0, None), batch(1, complete()), batch(2, complete())];
    let again = ContainerSeen {
        running: true,
        restarts: 1,
        last_end: end(137, "OOMKilled", ""),
        ..container("blast")
    };
    let picture = judged(&jobs, &[pod(&jobs[0], vec![again])], &[], true);
    assert_eq!(picture.batches[0].state, BatchState::Running);
    assert_eq!(picture.batches[0].last_attempt, Some(Cause::OutOfMemory));
    assert_eq!(
        (picture.batches[0].attempts, picture.batches[0].node.as_deref()),
        (2, Some("aks-blastpool-0"))
    );
}

#[test]
fn between_two_attempts_a_batch_still_runs() {
    let jobs = [batch(0, None), batch(1, complete()), batch(2, complete())];
    let waiting = Some(("CrashLoopBackOff".to_owned(), "back-off 20s".to_owned()));
    let between =
        ContainerSeen { waiting, restarts: 2, last_end: end(255, "Error", ""), ..container("blast") };
    let picture = judged(&jobs, &[pod(&jobs[0], vec![between])], &[], true);
    assert_eq!(picture.batches[0].state, BatchState::Running);
    let last = Some(Cause::Blast { code: 255, text: String::new() });
    assert_eq!(picture.batches[0].last_attempt, last);
}

#[test]
fn a_database_that_did_not_reach_a_machine_fails_what_has_no_jobs_yet() {
    let setup = job(JobRole::Setup, None, failed("BackoffLimitExceeded"));
    let get = ContainerSeen { end: end(1, "Error", "no space left on device"), ..container("get-blastdb") };
    let pods = [PodSeen { phase: "Failed".to_owned(), ..pod(&setup, vec![get]) }];
    let picture = judged(std::slice::from_ref(&setup), &pods, &[], false);
    assert!(
        matches!(&picture.outlook, Outlook::SetupFailed(Cause::Step { code: 1, .. })),
        "{:?}",
        picture.outlook
    );
    let fault = picture.outlook.fault(Program::Blastn).unwrap();
    assert_eq!(fault.code, ErrorCode::DatabaseStagingFailed);
    assert!(fault.detail.contains("no space left on device"), "{}", fault.detail);
    // Where every batch has its Job, they decide.
    let jobs = [setup, batch(0, None), batch(1, None), batch(2, None)];
    assert_eq!(judged(&jobs, &[], &[], true).outlook, Outlook::Waiting(None));
}

/// What pods of a failed Job say, and what the cause is.
fn causes() -> Vec<(&'static str, JobSeen, Vec<PodSeen>, Cause)> {
    let limit = || batch(0, failed("BackoffLimitExceeded"));
    let dead = || batch(0, failed("DeadlineExceeded"));
    let with = |containers| vec![pod(&limit(), containers)];
    let blast = |seen| ContainerSeen { end: seen, ..container("blast") };
    let words = |words: &str| words.to_owned();
    let evicted = PodSeen { reason: words("Evicted"), ..pod(&limit(), vec![]) };
    let over_time =
        PodSeen { reason: words("DeadlineExceeded"), ..pod(&limit(), vec![blast(end(143, "Error", ""))]) };
    let lost = PodSeen { phase: words("Unknown"), ..pod(&limit(), vec![]) };
    let export = ContainerSeen { end: end(1, "Error", "403"), ..container("results-export") };
    let fetch =
        ContainerSeen { init: true, end: end(3, "Error", "x\ny"), ..container("import-query-batches") };
    let image = "ImagePullBackOff: Back-off pulling image \"r.azurecr.io/ncbi/elb:1.4.0\"";
    let other = Cause::Other { words: words("BackoffLimitExceeded: the Job's own words") };
    let code = |code, text: &str| Cause::Blast { code, text: text.to_owned() };
    vec![
        ("no pods", limit(), vec![], other),
        ("time is up", dead(), vec![], Cause::Deadline),
        ("time of the pod is up", limit(), vec![over_time], Cause::Deadline),
        ("out of memory", limit(), with(vec![blast(end(137, "OOMKilled", ""))]), Cause::OutOfMemory),
        ("BLAST+ alone was killed", limit(), with(vec![blast(end(137, "Error", ""))]), Cause::OutOfMemory),
        (
            "out of memory in the attempt before",
            limit(),
            with(vec![ContainerSeen { last_end: end(137, "OOMKilled", ""), ..blast(end(1, "Error", "")) }]),
            Cause::OutOfMemory,
        ),
        (
            "out of memory and out of time",
            dead(),
            with(vec![blast(end(137, "OOMKilled", ""))]),
            Cause::OutOfMemory,
        ),
        ("evicted", limit(), vec![evicted], Cause::Evicted { words: String::new() }),
        (
            "evicted, which kills its containers",
            limit(),
            vec![PodSeen { reason: words("Evicted"), ..pod(&limit(), vec![blast(end(137, "Error", ""))]) }],
            Cause::Evicted { words: String::new() },
        ),
        (
            "out of time, which kills its containers",
            limit(),
            vec![PodSeen {
                reason: words("DeadlineExceeded"),
                ..pod(&limit(), vec![blast(end(137, "Error", ""))])
            }],
            Cause::Deadline,
        ),
        ("node lost", limit(), vec![lost], Cause::NodeLost),
        (
            "BLAST+ refused",
            limit(),
            with(vec![blast(end(1, "Error", "BLAST query error"))]),
            code(1, "BLAST query error"),
        ),
        (
            "BLAST+ outranks what followed from it",
            limit(),
            with(vec![export.clone(), blast(end(3, "Error", ""))]),
            code(3, ""),
        ),
        (
            "a step beside BLAST+",
            limit(),
            with(vec![blast(end(0, "Completed", "")), export]),
            Cause::Step { container: words("results-export"), code: 1, text: words("403") },
        ),
        (
            "a step before BLAST+",
            limit(),
            with(vec![fetch]),
            Cause::Step { container: words("import-query-batches"), code: 3, text: words("x y") },
        ),
        (
            "image, until time was up",
            dead(),
            vec![pending(&dead(), "ImagePullBackOff")],
            Cause::ImageNotPulled { words: words(image) },
        ),
        (
            "no machine, until time was up",
            dead(),
            vec![unschedulable(&dead())],
            Cause::Unschedulable { words: words("0/3 nodes are available: 3 Insufficient memory.") },
        ),
        (
            "a container that cannot be made",
            limit(),
            vec![pending(&limit(), "CreateContainerConfigError")],
            Cause::NotStarted {
                words: words(
                    "CreateContainerConfigError: Back-off pulling image \"r.azurecr.io/ncbi/elb:1.4.0\"",
                ),
            },
        ),
    ]
}

#[test]
fn causes_are_told_apart() {
    for (what, job, pods, expected) in causes() {
        let picture = judged(&[job], &pods, &[1, 2], true);
        assert_eq!(picture.outlook, Outlook::BatchFailed { batch: 0, cause: expected }, "{what}");
    }
}

#[test]
fn each_cause_is_a_named_fault_with_a_sentence() {
    for (what, _, _, cause) in causes() {
        let fault = cause.fault(Program::Blastn);
        assert!(fault.detail.len() > 20, "{what}: {}", fault.detail);
        assert_ne!(fault.code, ErrorCode::InternalError, "{what}");
        let text = serde_json::to_string(&cause).unwrap();
        assert_eq!(serde_json::from_str::<Cause>(&text).unwrap(), cause, "{what}");
    }
}

#[test]
fn words_of_the_cluster_are_kept_within_bounds() {
    let long = "\u{1b}[31m".to_owned() + &"ä".repeat(5_000);
    let job = batch(0, None);
    let seen = PodSeen { unschedulable: Some(long), ..pod(&job, vec![]) };
    let Some(Cause::Unschedulable { words }) = Cause::of_waiting(&seen) else { panic!("no cause") };
    assert!(words.chars().count() <= crate::elastic::cause::MAX_WORDS && !words.contains('\u{1b}'));
}

#[test]
fn images_are_waited_for_a_quarter_of_an_hour_and_machines_as_long_as_there_is_time() {
    let words = String::new();
    let patience = |cause: Cause| cause.patience().map(|time| time.as_secs());
    assert_eq!(patience(Cause::ImageNotPulled { words: words.clone() }), Some(900));
    assert_eq!(patience(Cause::Unschedulable { words }), None);
}

/// Every state that two batches can be found in, with and without pods that explain, remembered or not.
#[test]
fn only_conditions_and_what_is_remembered_decide() {
    let ends = [complete(), failed("BackoffLimitExceeded"), None];
    let found = |number: u32| {
        let there = ends.clone().map(|end| Some(batch(number, end)));
        [there.as_slice(), &[None]].concat()
    };
    for first in found(0) {
        for second in found(1) {
            for mask in 0..4_u32 {
                for all_created in [false, true] {
                    let jobs: Vec<_> = [first.clone(), second.clone()].into_iter().flatten().collect();
                    let remembered: BTreeSet<_> = (0..2).filter(|bit| mask & (1 << bit) != 0).collect();
                    let seen = |pods: &[PodSeen], jobs: &[JobSeen]| {
                        judge(&Look { jobs, pods, batches: 2, remembered: &remembered, all_created })
                    };
                    let plain = seen(&[], &jobs);
                    let done = |number: u32, job: &Option<JobSeen>| {
                        remembered.contains(&number)
                            || job.as_ref().is_some_and(|job| job.end == Some(JobEnd::Complete))
                    };
                    let all_done = done(0, &first) && done(1, &second);
                    assert_eq!(plain.outlook == Outlook::AllComplete, all_done, "{plain:?}");
                    assert!(plain.newly_complete.iter().all(|number| !remembered.contains(number)));
                    // Pods and counts of pods change what is shown, never how it ends.
                    let ends = |outlook: &Outlook| match outlook {
                        Outlook::Creating(_) | Outlook::Waiting(_) | Outlook::Running => 0,
                        Outlook::AllComplete => 1,
                        Outlook::BatchFailed { .. } => 2,
                        Outlook::SetupFailed(_) => 3,
                        Outlook::JobsMissing { .. } => 4,
                    };
                    let counted: Vec<_> = jobs
                        .iter()
                        .map(|job| JobSeen { active: 7, failed_pods: 9, deleting: true, ..job.clone() })
                        .collect();
                    for pods in [
                        jobs.iter().map(running).collect::<Vec<_>>(),
                        jobs.iter().map(unschedulable).collect(),
                        jobs.iter().map(|job| pending(job, "ErrImagePull")).collect(),
                        jobs.iter()
                            .map(|job| PodSeen { phase: "Failed".to_owned(), ..running(job) })
                            .collect(),
                    ] {
                        let other = seen(&pods, &counted);
                        assert_eq!(ends(&other.outlook), ends(&plain.outlook), "{plain:?} {other:?}");
                        assert_eq!(other.newly_complete, plain.newly_complete);
                    }
                }
            }
        }
    }
}
