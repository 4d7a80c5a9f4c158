use super::chance::Chance;
use std::time::Duration;

/// How often what goes wrong, in a million storage calls unless said otherwise. A seed draws each anew, and leaves some
/// out altogether: faults that come alone find other things than all at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Weather {
    /// A process dies just before a call has its effect.
    pub dies_before: u32,
    /// A process dies just after.
    pub dies_after: u32,
    /// Of those that die, how many in a million take the host of their site with them.
    pub host_dies: u32,
    /// A call fails without effect: no answer, or the service is busy.
    pub fails: u32,
    /// A call has its effect, and its caller hears of a failure.
    pub answer_lost: u32,
    /// A call has its effect, its answer is lost, and the client sends it again.
    pub sent_twice: u32,
    /// A call takes up to 14 s, the longest that the client waits.
    pub slow: u32,
    /// The whole site stands still for up to two minutes.
    pub freezes: u32,
    /// Of the messages sent, how many are seen late.
    pub late: u32,
    /// Of the messages taken, how many lose their lease at once and are delivered twice.
    pub twice: u32,
    /// Of the reconciler's minutes, how many bring a jump of the clock.
    pub jumps: u32,
    /// Of the parts, how many fail for a while, fail for good, or write less than they found.
    pub part_fails: u32,
    pub part_fails_for_good: u32,
    pub part_is_damaged: u32,
    /// Of the checks before a search, how many fail for a while.
    pub check_fails: u32,
    /// Of the joins, how many write less than they read.
    pub join_is_short: u32,
    /// Of the submissions to a cluster, how many are refused, break off, or hang.
    pub submission_fails: u32,
    /// Of the batches on a cluster, how many fail, end without a result, with a late one, or with a damaged one.
    pub batch_fails: u32,
    /// Of the Jobs that ended, how many are removed before anybody has looked.
    pub removed_early: u32,
    /// Of the pauses of a cluster, how many end with a silence of minutes.
    pub cluster_silent: u32,
    /// Of the pauses of other installations, how many end with a search or a submission of theirs.
    pub others: u32,
}

impl Weather {
    /// Nothing goes wrong.
    pub fn calm() -> Self {
        Self::default()
    }

    pub fn storm(chance: &mut Chance) -> Self {
        // One storm in four is a hurricane.
        let harsh = if chance.ppm(250_000) { 4 } else { 1 };
        let mut rate = |most: u64| {
            let (left_out, rate) = (chance.between(0, 9) < 4, chance.between(most / 10, most) * harsh);
            if left_out { 0 } else { u32::try_from(rate.min(500_000)).unwrap() }
        };
        Self {
            dies_before: rate(12_000),
            dies_after: rate(12_000),
            host_dies: rate(400_000),
            fails: rate(60_000),
            answer_lost: rate(30_000),
            sent_twice: rate(50_000),
            slow: rate(60_000),
            freezes: rate(8_000),
            late: rate(200_000),
            twice: rate(250_000),
            jumps: rate(150_000),
            part_fails: rate(120_000),
            part_fails_for_good: rate(8_000),
            part_is_damaged: rate(4_000),
            join_is_short: rate(200_000),
            check_fails: rate(200_000),
            submission_fails: rate(400_000),
            batch_fails: rate(150_000),
            removed_early: rate(60_000),
            cluster_silent: rate(300_000),
            others: rate(500_000),
        }
    }

    /// How long a call is under way before it has its effect.
    pub fn latency(&self, chance: &mut Chance) -> Duration {
        if chance.ppm(self.slow) {
            return chance.millis(500, 14_000);
        }
        match chance.between(0, 9) {
            0 => chance.millis(30, 400),
            _ => chance.millis(1, 20),
        }
    }
}
