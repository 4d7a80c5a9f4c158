//! What can go wrong, as data: a history is a list of these.

use serde::{Deserialize, Serialize};

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Calls that are answered with a status, the next `calls` of them.
    ApiStatus {
        /// HTTP status.
        status: u16,
        /// `list`, `create`, …; every verb where it is not said.
        verb: Option<String>,
        /// `jobs`, …; every resource where it is not said.
        resource: Option<String>,
        /// How many.
        calls: u32,
        /// `Retry-After` in seconds.
        retry_after_seconds: Option<u32>,
    },
    /// Every call is answered with a status for so many seconds (by the time scale).
    ApiDown {
        /// HTTP status.
        status: u16,
        /// How long.
        seconds: u64,
    },
    /// Answers take so long, the next `calls` of them.
    ApiSlow {
        /// Milliseconds (by the time scale).
        millis: u64,
        /// How many.
        calls: u32,
    },
    /// Connections are cut instead of an answer, the next `calls` of them.
    ApiCut {
        /// How many.
        calls: u32,
    },
    /// Every token is refused until it is renewed by the test.
    TokenExpired,
    /// The namespace may hold so many Jobs.
    QuotaJobs {
        /// Most.
        limit: usize,
    },
    /// The namespace may hold so many pods that have not ended.
    QuotaPods {
        /// Most.
        limit: usize,
    },
    /// A batch of a search goes wrong.
    Batch {
        /// Which (`JOB_NUM`); every batch where it is not said.
        batch: Option<u32>,
        /// What happens.
        what: BatchFault,
        /// In how many attempts, over all batches that are meant.
        times: u32,
    },
    /// Pods whose image cannot be pulled.
    ImagePull {
        /// Label `app` of the pods.
        app: String,
        /// Which batch; every one where it is not said.
        batch: Option<u32>,
    },
    /// Pods that no node takes.
    Unschedulable {
        /// Label `app` of the pods.
        app: String,
        /// For how long (by the time scale); for ever where it is not said.
        seconds: Option<u64>,
    },
    /// What `elastic-blast submit` does instead of its work, so many times.
    Cli {
        /// What happens.
        what: CliFault,
        /// How often.
        times: u32,
    },
    /// The marker that the finalizer writes, whatever happened.
    Finalizer {
        /// `SUCCESS`, `FAILURE`, or nothing.
        marker: Option<String>,
    },
    /// The Lease is somebody else's after so many writes of its holder.
    LeaseStolen {
        /// Writes that still succeed.
        after_writes: u32,
    },
    /// Lines that a container writes besides its own.
    Lines {
        /// Name of the container.
        container: String,
        /// How many.
        count: u32,
        /// What they are.
        what: LineFault,
        /// Milliseconds from one to the next, whatever the time scale; all at once where it is not said. The container
        /// does not end before its last line.
        every_millis: Option<u64>,
    },
    /// Pods that bring the database to a node fail, so many times.
    SetupFails {
        /// How often.
        times: u32,
    },
    /// A pod is taken away a moment after its containers began to run.
    PodVanishes {
        /// Label `app` of the pod.
        app: String,
        /// How many pods.
        times: u32,
    },
}

/// What happens to a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum BatchFault {
    /// BLAST+ ends with a code and says something.
    Exit {
        /// Exit code.
        code: i32,
        /// On standard error.
        text: String,
    },
    /// The kernel ends the container for want of memory.
    OomKilled,
    /// The kubelet evicts the pod.
    Evicted,
    /// The node is lost with the pod.
    NodeLost,
    /// The result object is not written.
    ResultMissing,
    /// The result object ends in the middle.
    ResultTruncated,
    /// The result object has no bytes.
    ResultEmpty,
    /// An older object lies where the result should be, and the new one is not written.
    ResultStale,
    /// The Job is taken away as soon as it has ended.
    GoneAtOnce,
    /// BLAST+ runs so many seconds longer (by the time scale).
    Slow {
        /// How long.
        seconds: u64,
    },
}

/// What happens to a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CliFault {
    /// It ends with a code before it has done anything.
    Exit {
        /// Exit code.
        code: i32,
        /// `category` of the error; no JSON where it is not said.
        category: Option<String>,
        /// Seconds after which it wants to be tried again.
        retry_after_seconds: Option<u32>,
    },
    /// It answers with another decision than `accepted`.
    Decision {
        /// `queued`, `rejected_capacity`, …
        decision: String,
    },
    /// It says `accepted` and has created nothing.
    CreatesNothing,
    /// It ends with a code in the middle of creating Jobs.
    CreatesHalf {
        /// Exit code.
        code: i32,
    },
    /// It says `accepted`, and the Jobs come so many seconds later (by the time scale).
    CreatesLate {
        /// How long.
        seconds: u64,
    },
    /// It waits for ever.
    Hangs,
    /// A blank line and noise come after the JSON.
    NoiseAfter,
    /// There is no JSON line, whatever happened.
    NoJson,
    /// A line that looks like JSON and is none comes last.
    BrokenJson,
    /// An earlier JSON line that says something else comes first.
    TwoJson,
    /// The JSON line is longer than a termination message may be.
    LongJson,
}

/// What lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineFault {
    /// 4,000 characters.
    Long,
    /// Bytes that are no text.
    Binary,
    /// Words as a program writes them.
    Chatter,
    /// A signature and a token that nobody should see.
    Secrets,
}
