use super::*;
use crate::retry::MAX_ATTEMPTS;

const EXITS: [i32; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 137, 143, 255, -1, 42];
const TRIES: [u64; 7] = [0, 1, 2, 3, 11, 12, u64::MAX];

fn options<T: Copy>(all: &[T]) -> Vec<Option<T>> {
    std::iter::once(None).chain(all.iter().copied().map(Some)).collect()
}

/// Every combination there is.
fn product() -> Vec<Submission> {
    let mut all = Vec::new();
    let exits = options(&EXITS.map(CliExit::from));
    for wait in options(&[Wait::SubmitSlot, Wait::Capacity]) {
        for exit in &exits {
            for category in options(&Category::ALL) {
                for decision in options(&Decision::ALL) {
                    for retry_after in [None, Some(Duration::ZERO), Some(Duration::from_secs(40_000))] {
                        for jobs in [JobsOfId::None, JobsOfId::Some] {
                            for tries in TRIES {
                                all.push(Submission {
                                    wait,
                                    exit: *exit,
                                    category,
                                    decision,
                                    retry_after,
                                    jobs,
                                    tries,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    all
}

/// A submission that ended with this code, without a word, without Jobs, the first time.
fn ended(code: i32) -> Submission {
    Submission::ended(Some(code.into()), None, JobsOfId::None, 1)
}

fn retries(next: Next) -> bool {
    matches!(next, Next::RetryAfter { .. })
}

#[test]
fn nothing_is_submitted_again_beside_jobs_of_the_id() {
    for seen in product().iter().filter(|seen| seen.jobs == JobsOfId::Some) {
        assert!(!retries(after_submission(seen)), "{seen:?}");
    }
}

#[test]
fn the_exit_code_outranks_the_category() {
    for seen in product().iter().filter(|seen| seen.wait.is_none()) {
        let next = after_submission(seen);
        match seen.exit.map(CliExit::code) {
            Some(2) => assert_eq!(next, Next::Fail(ErrorCode::DatabaseNotStaged), "{seen:?}"),
            Some(6) => assert_eq!(next, Next::Fail(ErrorCode::ClusterAccessDenied), "{seen:?}"),
            Some(1) if seen.category != Some(Category::Internal) => {
                assert_eq!(next, Next::Fail(ErrorCode::ElasticConfigRefused), "{seen:?}");
            }
            Some(0) => assert!(!matches!(next, Next::RetryAfter { counts_as_try: true, .. }), "{seen:?}"),
            Some(10) => assert!(!matches!(next, Next::Fail(_)), "{seen:?}"),
            _ => {}
        }
    }
}

#[test]
fn a_missing_database_is_final_although_it_is_called_transient() {
    let seen = Submission { category: Some(Category::Transient), ..ended(2) };
    assert_eq!(after_submission(&seen), Next::Fail(ErrorCode::DatabaseNotStaged));
}

#[test]
fn what_may_pass_is_tried_again_twice_at_most_and_conflicts_eleven_times() {
    for seen in product().iter().filter(|seen| seen.wait.is_none()) {
        if let Next::RetryAfter { reason, counts_as_try, .. } = after_submission(seen) {
            match reason {
                RetryReason::Transient => {
                    assert!(counts_as_try && seen.tries <= TRANSIENT_RETRIES, "{seen:?}")
                }
                RetryReason::Conflict => assert!(counts_as_try && seen.tries < MAX_ATTEMPTS, "{seen:?}"),
                RetryReason::Capacity | RetryReason::SubmitSlot => assert!(!counts_as_try, "{seen:?}"),
            }
        }
    }
    let third = Submission { tries: 3, ..ended(7) };
    assert_eq!(after_submission(&third), Next::Fail(ErrorCode::ElasticSubmitFailed));
    assert!(retries(after_submission(&Submission { tries: 2, ..ended(7) })));
    let eleventh = Submission { tries: 11, ..ended(8) };
    assert!(retries(after_submission(&eleventh)));
    assert_eq!(
        after_submission(&Submission { tries: 12, ..ended(8) }),
        Next::Fail(ErrorCode::ElasticSubmitFailed)
    );
}

#[test]
fn waiting_uses_up_no_try_and_never_fails() {
    for seen in product().iter().filter(|seen| seen.wait.is_some() && seen.jobs == JobsOfId::None) {
        let Next::RetryAfter { reason, counts_as_try, .. } = after_submission(seen) else {
            panic!("{seen:?}");
        };
        let expected = match seen.wait {
            Some(Wait::SubmitSlot) => RetryReason::SubmitSlot,
            _ => RetryReason::Capacity,
        };
        assert_eq!((reason, counts_as_try), (expected, false), "{seen:?}");
    }
    for tries in TRIES {
        let seen = Submission { tries, ..ended(10) };
        let expected = Next::RetryAfter { delay: WAIT, reason: RetryReason::Capacity, counts_as_try: false };
        assert_eq!(after_submission(&seen), expected);
    }
}

#[test]
fn delays_stay_within_one_second_and_five_minutes() {
    for seen in &product() {
        if let Next::RetryAfter { delay, .. } = after_submission(seen) {
            assert!((1..=MAX_DELAY_SECONDS).contains(&delay.as_secs()), "{seen:?}");
        }
    }
    let asked = Submission { retry_after: Some(Duration::from_secs(37)), ..ended(10) };
    assert!(matches!(after_submission(&asked), Next::RetryAfter { delay, .. } if delay.as_secs() == 37));
}

#[test]
fn a_good_end_is_taken_and_a_known_id_adopted() {
    assert_eq!(after_submission(&ended(0)), Next::Accepted);
    let with = |decision| after_submission(&Submission { decision: Some(decision), ..ended(0) });
    assert_eq!(with(Decision::Accepted), Next::Accepted);
    assert_eq!(with(Decision::Resumed), Next::Adopt);
    assert_eq!(with(Decision::AlreadyDone), Next::Adopt);
    assert_eq!(with(Decision::RejectedInvalid), Next::Fail(ErrorCode::ElasticConfigRefused));
    let with_jobs = Submission { jobs: JobsOfId::Some, ..ended(0) };
    assert_eq!(after_submission(&with_jobs), Next::Accepted);
}

#[test]
fn a_crash_is_looked_into_and_tried_again() {
    let crash = Submission { category: Some(Category::Internal), ..ended(1) };
    assert!(retries(after_submission(&crash)));
    assert_eq!(after_submission(&Submission { jobs: JobsOfId::Some, ..crash }), Next::Adopt);
    assert_eq!(
        after_submission(&Submission { tries: 3, ..crash }),
        Next::Fail(ErrorCode::ElasticSubmitFailed)
    );
}

#[test]
fn an_end_without_an_exit_code_is_judged_by_jobs_and_category() {
    let lost = Submission { exit: None, ..ended(0) };
    assert!(retries(after_submission(&lost)));
    assert_eq!(after_submission(&Submission { jobs: JobsOfId::Some, ..lost }), Next::Adopt);
    let killed = Submission { jobs: JobsOfId::Some, ..ended(137) };
    assert_eq!(after_submission(&killed), Next::Adopt);
    let denied = Submission { category: Some(Category::Auth), tries: 3, ..ended(255) };
    assert_eq!(after_submission(&denied), Next::Fail(ErrorCode::ClusterAccessDenied));
}

#[test]
fn every_failure_has_a_name_of_the_elastic_engine() {
    let named = [
        ErrorCode::ElasticConfigRefused,
        ErrorCode::ElasticSubmitFailed,
        ErrorCode::DatabaseNotStaged,
        ErrorCode::ClusterAccessDenied,
    ];
    for seen in &product() {
        if let Next::Fail(code) = after_submission(seen) {
            assert!(named.contains(&code), "{seen:?}");
        }
    }
}

#[test]
fn what_was_said_and_seen_is_taken_over() {
    use crate::elastic::judgement::tests::job;
    let line = r#"{"category":"capacity","kind":"error","message":"full","retry_after_seconds":37}"#;
    let said = CliSaid::last_in(line).unwrap();
    let seen = Submission::ended(None, Some(&said), JobsOfId::None, 4);
    let expected = Next::RetryAfter {
        delay: Duration::from_secs(37),
        reason: RetryReason::Capacity,
        counts_as_try: false,
    };
    assert_eq!(after_submission(&seen), expected);
    let slot = Submission::waiting(Wait::SubmitSlot, JobsOfId::None, 0);
    assert!(matches!(after_submission(&slot), Next::RetryAfter { reason: RetryReason::SubmitSlot, .. }));
    let cli = job(JobRole::Cli, None, None);
    assert_eq!(JobsOfId::among(&[]), JobsOfId::None);
    assert_eq!(JobsOfId::among(std::slice::from_ref(&cli)), JobsOfId::None);
    assert_eq!(JobsOfId::among(&[cli, job(JobRole::Setup, None, None)]), JobsOfId::Some);
}
