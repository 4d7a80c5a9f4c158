//! What is known of the Job that runs ElasticBLAST's submission.

use super::judgement::{Hold, hold, runs};
use crate::ports::{ContainerEnd, JobEnd, JobRole, JobSeen, PodSeen};
use blastline_blast::elastic::{CliExit, CliSaid};

/// State of a submission.
#[derive(Debug, Clone, PartialEq)]
pub enum CliState {
    /// Its Job is not there: it was not created yet, or was removed long after its end.
    NotThere,
    /// It has not begun; with what keeps it, where something does.
    Waiting(Option<Hold>),
    /// It runs.
    Running,
    /// It ended.
    Ended {
        /// How; `None` where its container has no end of its own, because the pod is gone or its time was up.
        exit: Option<CliExit>,
        /// What it said, as far as it is known. Of a good end nothing is: pods that succeeded are not listed.
        said: Option<CliSaid>,
    },
}

/// What became of the latest try, from every Job of a search and its pods that have not succeeded.
pub fn cli_state(jobs: &[JobSeen], pods: &[PodSeen]) -> CliState {
    let ours = jobs.iter().filter(|job| job.role == JobRole::Cli);
    let Some(job) = ours.max_by(|a, b| (a.created_at, &a.name).cmp(&(b.created_at, &b.name))) else {
        return CliState::NotThere;
    };
    let pods: Vec<_> = pods.iter().filter(|pod| pod.job.as_deref() == Some(job.name.as_str())).collect();
    let end = || pods.iter().find_map(|pod| container_end(pod));
    let said = |end: &ContainerEnd| CliSaid::last_in(&end.message);
    match &job.end {
        Some(JobEnd::Complete) => {
            CliState::Ended { exit: Some(CliExit::Success), said: end().and_then(said) }
        }
        // What is killed because its time is up ends with a signal's code, which tells nothing.
        Some(JobEnd::Failed { reason, .. }) if reason == "DeadlineExceeded" => {
            CliState::Ended { exit: None, said: end().and_then(said) }
        }
        Some(JobEnd::Failed { .. }) => CliState::Ended {
            exit: end().map(|end| CliExit::from(end.exit_code)).filter(|exit| *exit != CliExit::Success),
            said: end().and_then(said),
        },
        None if pods.iter().any(|pod| runs(pod)) => CliState::Running,
        None => CliState::Waiting(pods.iter().find_map(|pod| hold(pod))),
    }
}

fn container_end(pod: &PodSeen) -> Option<&ContainerEnd> {
    let ends = pod.containers.iter().filter(|container| !container.init);
    ends.filter_map(|container| container.end.as_ref().or(container.last_end.as_ref())).next()
}

#[cfg(test)]
mod tests {
    use super::super::judgement::tests::{container, end, job, pending, pod, running};
    use super::*;
    use blastline_blast::elastic::Category;
    use std::time::Duration;

    const CAPACITY: &str =
        r#"{"category":"capacity","kind":"error","message":"full","retry_after_seconds":37}"#;

    fn cli(end: Option<JobEnd>) -> JobSeen {
        job(JobRole::Cli, None, end)
    }

    fn failed(reason: &str) -> Option<JobEnd> {
        Some(JobEnd::Failed { reason: reason.to_owned(), message: String::new() })
    }

    fn ended(of: &JobSeen, code: i32, message: &str) -> PodSeen {
        let seen =
            crate::ports::ContainerSeen { end: end(code, "Error", message), ..container("elastic-blast") };
        PodSeen { phase: "Failed".to_owned(), ..pod(of, vec![seen]) }
    }

    #[test]
    fn without_a_job_of_its_own_there_is_none() {
        let other = job(JobRole::Blast, Some(0), Some(JobEnd::Complete));
        assert_eq!(cli_state(&[], &[]), CliState::NotThere);
        assert_eq!(cli_state(std::slice::from_ref(&other), &[running(&other)]), CliState::NotThere);
    }

    #[test]
    fn it_waits_runs_and_ends() {
        let open = cli(None);
        assert_eq!(cli_state(std::slice::from_ref(&open), &[]), CliState::Waiting(None));
        let waits = cli_state(std::slice::from_ref(&open), &[pending(&open, "ErrImagePull")]);
        assert!(matches!(waits, CliState::Waiting(Some(_))), "{waits:?}");
        assert_eq!(cli_state(std::slice::from_ref(&open), &[running(&open)]), CliState::Running);
        let good = CliState::Ended { exit: Some(CliExit::Success), said: None };
        assert_eq!(cli_state(&[cli(Some(JobEnd::Complete))], &[]), good);
    }

    #[test]
    fn its_exit_code_and_its_last_words_are_read() {
        let job = cli(failed("BackoffLimitExceeded"));
        let words = format!("INFO: noise\n{CAPACITY}\n");
        let state = cli_state(std::slice::from_ref(&job), &[ended(&job, 10, &words)]);
        let CliState::Ended { exit, said: Some(said) } = state else { panic!("{state:?}") };
        assert_eq!(exit, Some(CliExit::NotReady));
        assert_eq!(
            (said.category(), said.retry_after()),
            (Some(Category::Capacity), Some(Duration::from_secs(37)))
        );
    }

    #[test]
    fn an_end_that_nobody_can_tell_has_no_code() {
        let gone = CliState::Ended { exit: None, said: None };
        assert_eq!(cli_state(&[cli(failed("BackoffLimitExceeded"))], &[]), gone);
        let late = cli(failed("DeadlineExceeded"));
        assert_eq!(cli_state(std::slice::from_ref(&late), &[ended(&late, 143, "")]), gone);
        // A Job that failed although its container ended well did not end well.
        let odd = cli(failed("PodFailurePolicy"));
        assert_eq!(cli_state(std::slice::from_ref(&odd), &[ended(&odd, 0, "")]), gone);
    }

    #[test]
    fn of_two_tries_the_later_counts() {
        let first = JobSeen { name: "elb-cli-submit-1".to_owned(), ..cli(failed("BackoffLimitExceeded")) };
        let later = first.created_at + Duration::from_secs(60);
        let second = JobSeen { name: "elb-cli-submit-2".to_owned(), created_at: later, ..cli(None) };
        let pods = [ended(&first, 7, ""), running(&second)];
        assert_eq!(cli_state(&[second.clone(), first.clone()], &pods), CliState::Running);
        assert_eq!(cli_state(&[first, second], &pods), CliState::Running);
    }
}
