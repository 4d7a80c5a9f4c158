//! Processor time and memory of processes, as the kernel counts them (proc(5)).

use std::fs;

/// The kernel's clock ticks in a second: 100 on Linux whatever it was built with (`USER_HZ`).
const TICKS: f64 = 100.0;

/// Seconds of processor time that processes and the children they have waited for took, in all.
pub fn seconds(pids: &[i32]) -> f64 {
    pids.iter()
        .filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/stat")).ok())
        .map(|stat| all(&stat))
        .sum()
}

/// Seconds that finished children of this process took: BLAST+ that was run directly.
pub fn of_own_children() -> f64 {
    fs::read_to_string("/proc/self/stat")
        .map_or(0.0, |stat| fields(&stat).skip(2).take(2).sum::<f64>() / TICKS)
}

/// User and system time, of the process and of its children.
fn all(stat: &str) -> f64 {
    fields(stat).take(4).sum::<f64>() / TICKS
}

/// The fields from `utime` on. The command's name may hold anything, so they are counted from its last bracket.
fn fields(stat: &str) -> impl Iterator<Item = f64> {
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    rest.split_whitespace().skip(11).map(|field| field.parse().unwrap_or(0.0))
}

/// Seconds on a processor of all threads of a process, children aside, to the nanosecond.
pub fn precise(pid: i32) -> f64 {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_blanks_moves_no_field() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 9 8 7 6 100 50 25 25 20 0 1 0 500 1 1";
        assert_eq!(all(stat), 2.0);
    }

    #[test]
    fn what_this_process_did_is_counted() {
        let pid = i32::try_from(std::process::id()).unwrap();
        let before = precise(pid);
        let mut sum = 0_u64;
        while precise(pid) - before < 0.005 {
            sum = sum.wrapping_mul(31).wrapping_add(std::hint::black_box(7));
        }
        assert!(sum != 1 && seconds(&[pid]) >= 0.0);
    }
}
