//! Which Jobs' pods a look lists. A search may have thousands, and one list has to do.

use blastline_jobs::ports::{JobEnd, JobRole, JobSeen};
use std::collections::BTreeSet;

/// Names that a selector is made of, at most. Each has up to 63 characters and its comma takes three in an address, which
/// stays below the 8 KiB that every proxy takes.
const MAX_NAMES: usize = 120;

/// Of these, the most for Jobs that have not ended, where others wait for their logs to be read: what keeps hundreds of
/// Jobs waiting is the same for all of them, and the logs of those that ended go with them.
const MAX_OPEN: usize = 60;

/// Jobs whose pods tell something: ours first, then those with pods that failed, those that run, and those that have ended
/// and whose logs are not stored: the failed ones, whose pods say why, then the oldest, since they go first.
pub fn telling<'a>(jobs: &'a [JobSeen], told: &BTreeSet<String>) -> Vec<&'a JobSeen> {
    let untold = jobs.iter().filter(|seen| !told.contains(&seen.uid));
    let (mut ended, mut open): (Vec<_>, Vec<_>) = untold.partition(|seen| seen.end.is_some());
    let rank = |seen: &&JobSeen| (seen.role != JobRole::Cli, seen.failed_pods == 0, seen.active == 0);
    open.sort_by_key(rank);
    let failed = |seen: &JobSeen| matches!(seen.end, Some(JobEnd::Failed { .. }));
    ended.sort_by_key(|seen| (seen.role != JobRole::Cli, !failed(seen), seen.ended_at));
    let open_taken = open.len().min(MAX_OPEN.max(MAX_NAMES.saturating_sub(ended.len())));
    let mut chosen: Vec<_> = open.into_iter().take(open_taken).collect();
    chosen.extend(ended.into_iter().take(MAX_NAMES - open_taken.min(MAX_NAMES)));
    chosen.sort_by_key(|seen| seen.role != JobRole::Cli);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::{Duration, OffsetDateTime};

    fn job(number: u32, role: JobRole, ended: bool) -> JobSeen {
        let at = OffsetDateTime::UNIX_EPOCH + Duration::seconds(i64::from(number));
        JobSeen {
            name: format!("job-{number}"),
            uid: format!("uid-{number}"),
            role,
            batch: None,
            created_at: at,
            started_at: None,
            ended_at: ended.then_some(at),
            end: ended.then_some(JobEnd::Complete),
            active: u32::from(!ended),
            failed_pods: 0,
            deleting: false,
        }
    }

    fn names(jobs: &[JobSeen], told: &[u32]) -> Vec<String> {
        let told = told.iter().map(|number| format!("uid-{number}")).collect();
        telling(jobs, &told).into_iter().map(|seen| seen.name.clone()).collect()
    }

    #[test]
    fn those_that_ended_are_read_the_oldest_first_until_they_are_told() {
        let jobs: Vec<_> = (0..500).map(|number| job(number, JobRole::Blast, number < 300)).collect();
        let chosen = names(&jobs, &[]);
        assert_eq!(chosen.len(), MAX_NAMES);
        assert_eq!((chosen[0].as_str(), chosen[MAX_OPEN].as_str()), ("job-300", "job-0"));
        let told: Vec<u32> = (0..300).collect();
        let chosen = names(&jobs, &told);
        assert_eq!(chosen.len(), MAX_NAMES, "then there is room for the others");
        assert!(chosen.iter().all(|name| name.as_str() >= "job-300"));
    }

    #[test]
    fn a_failed_one_is_read_before_hundreds_that_ended_well() {
        let mut jobs: Vec<_> = (0..500).map(|number| job(number, JobRole::Blast, true)).collect();
        jobs[400].end = Some(JobEnd::Failed { reason: String::new(), message: String::new() });
        assert_eq!(names(&jobs, &[])[0], "job-400");
    }

    #[test]
    fn ours_and_those_that_fail_come_first() {
        let mut jobs: Vec<_> = (0..200).map(|number| job(number, JobRole::Blast, false)).collect();
        jobs[150].failed_pods = 1;
        jobs.push(job(200, JobRole::Cli, true));
        let chosen = names(&jobs, &[]);
        assert_eq!(chosen[..2], ["job-200", "job-150"]);
        assert_eq!(names(&jobs, &[200])[0], "job-150");
    }
}
