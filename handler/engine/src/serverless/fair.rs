//! Who gets the next places: owners in turn, and of an owner's jobs the one with the fewest parts in flight.

use crate::deps::DispatchLimits;
use blastline_jobs::ids::{JobId, OwnerId};
use blastline_jobs::rows::DispatchRow;
use std::collections::BTreeMap;

/// How many parts of which job to release now.
pub(super) fn shares(rows: &[DispatchRow], limits: DispatchLimits) -> Vec<(JobId, u64)> {
    let mut owners: BTreeMap<&OwnerId, u64> = BTreeMap::new();
    let mut jobs: Vec<(&DispatchRow, u64)> = rows.iter().map(|row| (row, 0)).collect();
    for row in rows {
        *owners.entry(&row.owner).or_default() += row.in_flight;
    }
    let mut free = limits.in_flight.saturating_sub(owners.values().sum());
    while free > 0 {
        let candidates = jobs.iter_mut().filter(|(row, _)| row.more);
        let allowed =
            candidates.filter(|(row, _)| owners.get(&row.owner).copied().unwrap_or(0) < limits.per_owner);
        let next = allowed.min_by_key(|(row, given)| {
            let of_owner = owners.get(&row.owner).copied().unwrap_or(0);
            (of_owner, row.in_flight + given, row.created_at, row.job.clone())
        });
        let Some((row, given)) = next else { break };
        *given += 1;
        *owners.entry(&row.owner).or_default() += 1;
        free -= 1;
    }
    jobs.into_iter().filter(|(_, given)| *given > 0).map(|(row, given)| (row.job.clone(), given)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::{Duration, OffsetDateTime};

    const LIMITS: DispatchLimits = DispatchLimits { in_flight: 8, per_owner: 6 };

    fn owner(n: u8) -> OwnerId {
        format!("00000000-0000-0000-0000-{n:012}").parse().unwrap()
    }

    fn row(job: u8, owner_n: u8, in_flight: u64, more: bool) -> DispatchRow {
        DispatchRow {
            job: JobId::from_random([job; 16]),
            owner: owner(owner_n),
            created_at: OffsetDateTime::UNIX_EPOCH + Duration::seconds(i64::from(job)),
            in_flight,
            more,
        }
    }

    #[test]
    fn one_persons_many_searches_do_not_delay_anothers_first() {
        let mut rows: Vec<_> = (1..=100).map(|n| row(n, 1, u64::from(n <= 6), true)).collect();
        rows.push(row(200, 2, 0, true));
        let given = shares(&rows, LIMITS);
        assert_eq!(given, [(JobId::from_random([200; 16]), 2)], "the first owner is at its bound");
    }

    #[test]
    fn an_owners_jobs_share_evenly_and_the_oldest_comes_first() {
        let rows = [row(1, 1, 0, true), row(2, 1, 0, true), row(3, 1, 0, true), row(4, 1, 0, true)];
        let given: Vec<u64> = shares(&rows, LIMITS).into_iter().map(|(_, n)| n).collect();
        assert_eq!(given, [2, 2, 1, 1]);
    }

    #[test]
    fn nothing_is_given_beyond_the_bound_or_to_who_has_no_more() {
        assert!(shares(&[row(1, 1, 8, true)], LIMITS).is_empty());
        assert!(shares(&[row(1, 1, 0, false)], LIMITS).is_empty());
        let all: u64 = shares(&[row(1, 1, 0, true), row(2, 2, 0, true)], LIMITS).iter().map(|(_, n)| n).sum();
        assert_eq!(all, 8);
    }
}
