use serde::Serialize;

/// What reconciling by hand is.
const WAKE: &str = "POST /admin/functions/timer-reconcile";
/// What the doctor heals itself.
const HEAL: &str = "handler doctor state --heal";
/// What nobody can bring back.
const DELETE: &str = "DELETE /api/blast/jobs/{id}, then submit the search again";

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $heal:ident;)+) => {
        /// A kind of contradiction.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind { $($(#[$doc])* $variant),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in reports.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The command that heals it.
            pub fn heal(self) -> &'static str {
                match self { $(Self::$variant => $heal),+ }
            }
        }
    };
}

kinds! {
    /// A search whose time is up and that has not ended.
    RowPastDeadline = "row_past_deadline", HEAL;
    /// A search that has not ended and that the reconciler does not know of.
    RowNotOnWorklist = "row_not_on_worklist", HEAL;
    /// A search that has not ended, is silent, and has no message.
    RowWithoutMessage = "row_without_message", HEAL;
    /// A search that is on nobody's list.
    RowWithoutIndex = "row_without_index", HEAL;
    /// A completed search whose result is not there.
    ResultMissing = "result_missing", DELETE;
    /// A worklist entry whose time was long ago: the reconciler does not run, or fails at it.
    WorklistOverdue = "worklist_overdue", WAKE;
    /// A listing of a search that is not there.
    IndexWithoutRow = "index_without_row", HEAL;
    /// A part of a search that is not there.
    PartWithoutRow = "part_without_row", HEAL;
    /// A part that is released or runs, of a search that has ended.
    PartOfEndedJob = "part_of_ended_job", HEAL;
    /// A row of the dispatcher for a search that has ended or is not there: it holds places that nobody uses.
    DispatchOfEndedJob = "dispatch_of_ended_job", HEAL;
    /// A message that names no search, or one that is not there.
    MessageWithoutRow = "message_without_row", HEAL;
    /// A message that failed five times and that the reconciler has not taken.
    PoisonMessage = "poison_message", WAKE;
    /// Sequences of a search that is not there, is deleted, or names others.
    QueryWithoutRow = "query_without_row", HEAL;
    /// Results of a search that is not there or is deleted.
    ResultWithoutRow = "result_without_row", HEAL;
    /// Results that an ended search does not name: of attempts that came to nothing, or joined already.
    AttemptOfEndedJob = "attempt_of_ended_job", HEAL;
    /// Options of a search that is not there, is deleted, or names others.
    PayloadWithoutRow = "payload_without_row", HEAL;
    /// Logs of a search that is not there or is deleted.
    LogWithoutRow = "log_without_row", HEAL;
    /// A download or an evicted database in this machine's cache that no process holds.
    CacheLeftover = "cache_leftover", HEAL;
    /// Temporary files of this machine whose process is gone.
    ScratchLeftover = "scratch_leftover", HEAL;
}

/// Something that contradicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of contradiction.
    #[serde(rename = "name")]
    pub kind: Kind,
    /// What it is about: a search, a part, a queue, a file.
    pub subject: String,
    /// What is wrong, in plain words.
    pub detail: String,
    /// The command that heals it.
    pub heal: String,
    /// What healing needs to know.
    #[serde(skip)]
    pub(super) cure: super::heal::Cure,
}
