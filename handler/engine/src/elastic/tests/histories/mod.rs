//! Histories of searches on a cluster: what may befall one, played on a cluster in memory by a simulated clock, and what
//! has to come of it. Each is a unit test; `make test-histories` plays them all and prints a row for each.

mod cancelled;
mod door;
mod ending;
mod lines;
mod machines;
mod plain;
mod reads;
mod results;
mod shared;
mod silence;
mod stage;
mod submitting;
mod table;

use End::{Cancelled, Completed, Failed};
use blastline_jobs::error_code::ErrorCode::{
    self, BlastInterrupted, BlastOutOfMemory, BlastSearchFailed, ClusterAccessDenied, ClusterNotReady,
    DatabaseStagingFailed, ElasticConfigRefused, ElasticJobsMissing, ElasticSubmitFailed, ImageNotPulled,
    ResultsInvalid,
};
use blastline_jobs::ids::JobId;
use futures::future::LocalBoxFuture;
pub use stage::Stage;
pub use table::Wrote;

/// What has to become of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is completed, with what its batches wrote.
    Completed,
    /// It is cancelled.
    Cancelled,
    /// It failed, by this name.
    Failed(ErrorCode),
}

/// A search of a history that was played.
pub struct Search {
    pub job: JobId,
}

/// A history that was played to its end.
pub struct Played {
    pub stage: Stage,
    pub searches: Vec<Search>,
}

/// A history.
struct History {
    /// Its name.
    name: &'static str,
    /// What is played.
    story: &'static str,
    /// What has to become of its searches.
    ends: &'static [End],
    play: fn() -> LocalBoxFuture<'static, Played>,
}

macro_rules! histories {
    ($($module:ident :: $name:ident, $story:literal, [$($end:expr),+];)+) => {
        const HISTORIES: &[History] = &[$(History {
            name: stringify!($name),
            story: $story,
            ends: &[$($end),+],
            play: || Box::pin($module::$name()),
        }),+];

        /// One test each, so that what does not hold has a name.
        mod each {
            $(
                #[tokio::test]
                async fn $name() {
                    super::holds(stringify!($name)).await;
                }
            )+
        }
    };
}

histories! {
    plain::all_complete, "every batch completes", [Completed];
    plain::removed_before_its_result_was_seen,
        "all Jobs are removed by TTL after they were seen complete, results are seen late", [Completed];
    plain::retry_then_complete, "a batch fails once, and completes in its second attempt", [Completed];
    plain::a_batch_fails, "a batch fails in every attempt", [Failed(BlastSearchFailed)];
    plain::a_failed_batch_is_removed, "a batch fails, and its Job is removed by TTL before anybody looked",
        [Failed(ElasticJobsMissing)];
    plain::a_hundred_jobs, "a search of more than 100 batches", [Completed];
    plain::clock_ahead, "the cluster's clock is five minutes ahead", [Completed];
    plain::clock_behind, "the cluster's clock is five minutes behind", [Completed];

    results::stale_then_fresh, "a result of an earlier attempt lies there, and the batch's own comes late", [Completed];
    results::stale_alone, "a result of an earlier attempt lies there, and no other comes", [Failed(ResultsInvalid)];
    results::missing, "a batch completes and has written nothing", [Failed(ResultsInvalid)];
    results::truncated, "the result of a batch breaks off in the middle", [Failed(ResultsInvalid)];
    results::of_other_queries, "the result of a batch is that of other queries", [Failed(ResultsInvalid)];
    results::no_bytes, "the result of a batch has no bytes", [Failed(ResultsInvalid)];
    results::no_hits, "nothing is found in any batch", [Completed];
    results::false_success, "the finalizer says SUCCESS though a batch failed", [Failed(BlastSearchFailed)];
    results::false_failure, "a FAILURE marker lies there though all batches are complete", [Completed];

    submitting::same_key_twice, "two requests with one key, and the message of the first comes twice", [Completed];
    submitting::killed_between_secret_and_job, "whoever submits is killed between Secret and Job", [Completed];
    submitting::killed_between_job_and_row, "whoever submits is killed between Job and row", [Completed];
    submitting::took_it_and_made_nothing, "the CLI says accepted and has made nothing", [Failed(ElasticJobsMissing)];
    submitting::took_it_and_made_half, "the CLI says accepted and has made half of the Jobs",
        [Failed(ElasticJobsMissing)];
    submitting::broke_off_in_the_middle, "the CLI breaks off having made half of the Jobs",
        [Failed(ElasticJobsMissing)];
    submitting::broke_off_before_any, "the CLI breaks off before it made a Job, and goes well the second time", [Completed];
    submitting::refused, "ElasticBLAST refuses the configuration", [Failed(ElasticConfigRefused)];
    submitting::quota, "a quota forbids the Job for half an hour", [Completed];
    submitting::never_taken, "the API server refuses the Job for good", [Failed(ElasticSubmitFailed)];
    submitting::lease_lost, "another installation takes the Lease midway", [Completed];
    submitting::lease_held, "another installation holds the Lease and never gives it up", [Completed];

    shared::other_installations, "another installation's Jobs lie in the same namespace", [Completed, Cancelled];
    shared::two_at_once, "two searches at once, one after the other in line", [Completed, Completed];
    shared::older_writer, "an older writer edits the row under its ETag, another one under an old ETag", [Completed];
    shared::older_columns, "an older writer puts the row back to an earlier phase", [Completed];

    machines::node_lost, "a machine is lost, and its batch is done elsewhere", [Completed];
    machines::node_lost_for_good, "each machine that a batch ran on is lost", [Failed(BlastInterrupted)];
    machines::out_of_memory, "a batch is ended for want of memory in every attempt", [Failed(BlastOutOfMemory)];
    machines::out_of_memory_once, "a batch is ended for want of memory once, in a container that is started again",
        [Completed];
    machines::image_of_a_batch, "the image of the batches cannot be pulled", [Failed(ImageNotPulled)];
    machines::image_of_the_submission, "the image of the submission cannot be pulled", [Failed(ImageNotPulled)];
    machines::pending_for_an_hour, "no machine has room for an hour", [Completed];
    machines::database_not_brought, "the database cannot be brought to a machine", [Failed(DatabaseStagingFailed)];

    silence::errors_for_ten_minutes, "the API answers 500 for ten minutes", [Completed];
    silence::asked_to_slow_down, "the API asks to slow down for five minutes", [Completed];
    silence::token_expired, "the token has expired, and is renewed after half an hour", [Completed];
    silence::token_never_renewed, "the token has expired and is not renewed", [Failed(ClusterAccessDenied)];
    silence::stopped_for_a_while, "the cluster is stopped during the run, and started again", [Completed];
    silence::stopped_for_good, "the cluster is stopped during the run for good", [Failed(ClusterNotReady)];

    cancelled::before_it_was_looked_at, "cancelled while it is queued", [Cancelled];
    cancelled::in_line, "cancelled while it waits in line", [Cancelled, Completed];
    cancelled::for_want_of_room, "cancelled while it waits for room", [Cancelled];
    cancelled::while_it_is_configured, "cancelled while its Job is on its way", [Cancelled];
    cancelled::while_the_database_comes, "cancelled while the database is brought", [Cancelled];
    cancelled::while_jobs_are_made, "cancelled while the CLI makes Jobs, and makes more in its grace time", [Cancelled];
    cancelled::when_it_was_taken, "cancelled when the cluster has taken it", [Cancelled];
    cancelled::while_batches_run, "cancelled, and once more, while batches run", [Cancelled];
    cancelled::while_results_are_joined, "cancelled before its results are joined", [Cancelled];
    cancelled::while_the_cluster_is_silent, "cancelled while the cluster gives no answer", [Cancelled];

    lines::removed_while_it_is_followed, "a container is removed while its log is followed", [Completed];
    lines::long_and_binary, "a log has lines of 4,000 characters, and bytes that are no text", [Completed];
}

/// Fewest histories that there have to be.
const LEAST: usize = 32;

#[test]
fn there_are_enough_and_no_name_occurs_twice() {
    let names: std::collections::BTreeSet<_> = HISTORIES.iter().map(|history| history.name).collect();
    assert_eq!(names.len(), HISTORIES.len());
    assert!(names.len() >= LEAST);
}

/// Plays a history; it has to come to what is expected.
async fn holds(name: &str) {
    let history = HISTORIES.iter().find(|history| history.name == name).unwrap();
    let told = ending::of((history.play)().await).await;
    told.check(history.ends).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
}

/// What `make test-histories` runs.
#[tokio::test]
#[ignore = "run by `make test-histories`, which prints a row for each"]
async fn all_of_them_told() {
    let mut table = vec![
        ["history", "played", "came to", "looks", "steps", "left on the cluster", ""].map(str::to_owned),
    ];
    let mut failed = 0;
    for history in HISTORIES {
        let told = match futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(async {
            ending::of((history.play)().await).await
        }))
        .await
        {
            Ok(told) => told,
            Err(_) => ending::Told::broken(),
        };
        let ok = told.check(history.ends);
        failed += usize::from(ok.is_err());
        let [came, looks, steps, left] = told.cells();
        let verdict = ok.err().map_or_else(|| "ok".to_owned(), |wrong| format!("FAILED: {wrong}"));
        table.push([history.name.to_owned(), history.story.to_owned(), came, looks, steps, left, verdict]);
    }
    for row in ending::columns(&table) {
        println!("{row}");
    }
    println!("{} histories, {failed} failed", HISTORIES.len());
    assert_eq!(failed, 0, "a history came to something else");
}
