//! What `elastic-blast submit --json` said: its exit code, and the last line of its standard output.
//!
//! Standard output is free text of several programs; the answer is the last line that is a JSON object of one of two
//! kinds. Where the configuration cannot be read there is none at all, so the exit code has to be enough.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How ElasticBLAST ended. Names and numbers are its own (`elastic_blast/constants.py` of the pinned version).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CliExit {
    /// 0: it is done.
    Success,
    /// 1: configuration, arguments or options; any crash too.
    Input,
    /// 2: the database is missing.
    Database,
    /// 3: BLAST+ failed.
    BlastEngine,
    /// 4: memory was short.
    OutOfMemory,
    /// 5: time was up.
    Timeout,
    /// 6: something may not be written.
    Permissions,
    /// 7: a tool or a sign-in is missing, or another program failed.
    Dependency,
    /// 8: the cluster.
    Cluster,
    /// 9: interrupted.
    Interrupted,
    /// 10: there is no room yet.
    NotReady,
    /// 255: anything else.
    Unknown,
    /// A number that ElasticBLAST does not give: the shell's, or that of a signal.
    Other(i32),
}

impl CliExit {
    /// Every exit that has a name.
    pub const NAMED: [Self; 12] = [
        Self::Success,
        Self::Input,
        Self::Database,
        Self::BlastEngine,
        Self::OutOfMemory,
        Self::Timeout,
        Self::Permissions,
        Self::Dependency,
        Self::Cluster,
        Self::Interrupted,
        Self::NotReady,
        Self::Unknown,
    ];

    /// The number.
    pub const fn code(self) -> i32 {
        match self {
            Self::Success => 0,
            Self::Input => 1,
            Self::Database => 2,
            Self::BlastEngine => 3,
            Self::OutOfMemory => 4,
            Self::Timeout => 5,
            Self::Permissions => 6,
            Self::Dependency => 7,
            Self::Cluster => 8,
            Self::Interrupted => 9,
            Self::NotReady => 10,
            Self::Unknown => 255,
            Self::Other(code) => code,
        }
    }
}

impl From<i32> for CliExit {
    fn from(code: i32) -> Self {
        Self::NAMED.into_iter().find(|exit| exit.code() == code).unwrap_or(Self::Other(code))
    }
}

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Taken.
    Accepted,
    /// One of the same key goes on.
    Resumed,
    /// One of the same key has ended.
    AlreadyDone,
    /// It waits.
    Queued,
    /// There is no room.
    RejectedCapacity,
    /// It is wrong.
    RejectedInvalid,
    /// It is refused for good.
    RejectedPermanent,
    /// A word of another version.
    #[serde(other)]
    Foreign,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Self; 8] = [
        Self::Accepted,
        Self::Resumed,
        Self::AlreadyDone,
        Self::Queued,
        Self::RejectedCapacity,
        Self::RejectedInvalid,
        Self::RejectedPermanent,
        Self::Foreign,
    ];
}

/// The kind of an error. A missing database counts as `transient` too, so the kind alone decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// It may pass.
    Transient,
    /// There is no room.
    Capacity,
    /// It is wrong.
    Invalid,
    /// The sign-in.
    Auth,
    /// Something is missing.
    NotFound,
    /// Somebody else was faster.
    Conflict,
    /// It stays.
    Permanent,
    /// A crash.
    Internal,
    /// A word of another version.
    #[serde(other)]
    Foreign,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 9] = [
        Self::Transient,
        Self::Capacity,
        Self::Invalid,
        Self::Auth,
        Self::NotFound,
        Self::Conflict,
        Self::Permanent,
        Self::Internal,
        Self::Foreign,
    ];
}

/// The answer of ElasticBLAST.
#[derive(Debug, Clone, PartialEq)]
pub enum CliSaid {
    /// It came to a decision.
    Result(SubmitResult),
    /// It failed.
    Error(SubmitError),
}

/// `"kind":"submit_result"`. No field of it carries the search's id as ElasticBLAST uses it; the Jobs' labels do.
#[derive(Debug, Clone, PartialEq)]
pub struct SubmitResult {
    /// What became of it.
    pub decision: Decision,
    /// Its words, for the log.
    pub message: String,
    /// Place in its queue, where it has one.
    pub queue_position: Option<u64>,
    /// How long it asks to wait.
    pub retry_after: Option<Duration>,
    /// With [`Decision::AlreadyDone`]: the marker that it found, `SUCCESS` or `FAILURE`. Markers are not to be trusted.
    pub terminal: Option<String>,
}

/// `"kind":"error"`.
#[derive(Debug, Clone, PartialEq)]
pub struct SubmitError {
    /// The kind of error.
    pub category: Category,
    /// Its words, for the log.
    pub message: String,
    /// How long it asks to wait.
    pub retry_after: Option<Duration>,
}

impl CliSaid {
    /// The answer within standard output, or what is left of it: the last line that is one. Whatever else is there, before
    /// or behind, is passed over; an answer that was cut off is none.
    pub fn last_in(output: &str) -> Option<Self> {
        output.lines().rev().find_map(Self::of_line)
    }

    fn of_line(line: &str) -> Option<Self> {
        let line = line.trim();
        if !line.starts_with('{') || !line.ends_with('}') {
            return None;
        }
        serde_json::from_str::<Line>(line).ok().map(Self::from)
    }

    /// What became of the submission, where it came to a decision.
    pub fn decision(&self) -> Option<Decision> {
        match self {
            Self::Result(result) => Some(result.decision),
            Self::Error(_) => None,
        }
    }

    /// The kind of error, where it failed.
    pub fn category(&self) -> Option<Category> {
        match self {
            Self::Result(_) => None,
            Self::Error(error) => Some(error.category),
        }
    }

    /// How long it asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Result(result) => result.retry_after,
            Self::Error(error) => error.retry_after,
        }
    }

    /// Its words, for the log.
    pub fn message(&self) -> &str {
        match self {
            Self::Result(result) => &result.message,
            Self::Error(error) => &error.message,
        }
    }
}

/// A line as it is written. Fields that no rule reads are passed over, in whatever shape they come.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    SubmitResult {
        decision: Decision,
        #[serde(default)]
        message: Option<String>,
        #[serde(default)]
        queue_position: Option<u64>,
        #[serde(default)]
        retry_after_seconds: Option<f64>,
        #[serde(default)]
        details: Option<Details>,
    },
    Error {
        category: Category,
        #[serde(default)]
        message: Option<String>,
        #[serde(default)]
        retry_after_seconds: Option<f64>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Details {
    Known { terminal: Option<String> },
    Foreign(serde::de::IgnoredAny),
}

impl From<Line> for CliSaid {
    fn from(line: Line) -> Self {
        let wait =
            |seconds: Option<f64>| seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        match line {
            Line::SubmitResult { decision, message, queue_position, retry_after_seconds, details } => {
                let terminal = match details {
                    Some(Details::Known { terminal }) => terminal,
                    Some(Details::Foreign(_)) | None => None,
                };
                Self::Result(SubmitResult {
                    decision,
                    message: message.unwrap_or_default(),
                    queue_position,
                    retry_after: wait(retry_after_seconds),
                    terminal,
                })
            }
            Line::Error { category, message, retry_after_seconds } => Self::Error(SubmitError {
                category,
                message: message.unwrap_or_default(),
                retry_after: wait(retry_after_seconds),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ACCEPTED: &str = r#"{"cluster_name":"c","correlation_id":"job-1","decision":"accepted","details":{},"kind":"submit_result","message":"submission accepted","queue_position":null,"retry_after_seconds":null}"#;
    const CAPACITY: &str = r#"{"category":"capacity","correlation_id":"job-1","details":{},"kind":"error","message":"no room","retry_after_seconds":37}"#;

    fn accepted() -> CliSaid {
        CliSaid::Result(SubmitResult {
            decision: Decision::Accepted,
            message: "submission accepted".to_owned(),
            queue_position: None,
            retry_after: None,
            terminal: None,
        })
    }

    #[test]
    fn both_kinds_are_read() {
        assert_eq!(CliSaid::last_in(ACCEPTED), Some(accepted()));
        let error = CliSaid::last_in(CAPACITY).unwrap();
        assert_eq!(error.category(), Some(Category::Capacity));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(37)));
        assert_eq!((error.decision(), error.message()), (None, "no room"));
    }

    #[test]
    fn noise_before_and_behind_is_passed_over() {
        let noise = "\u{1b}[33m[1/5] Writing configuration to x\u{1b}[0m\nINFO: azcopy {\"a\":1}\n";
        for text in [
            format!("{noise}{ACCEPTED}\n"),
            format!("{noise}{ACCEPTED}\r\n"),
            format!("{noise}{ACCEPTED}\nElapsed: 1 s\n{{\n}}\n"),
            format!("{noise}{ACCEPTED}\n{{\"level\":\"info\",\"message\":\"bye\"}}\n{{not json}}\n"),
            format!("{noise}  {ACCEPTED}  "),
        ] {
            assert_eq!(CliSaid::last_in(&text), Some(accepted()), "{text}");
        }
    }

    #[test]
    fn of_two_answers_the_last_counts() {
        let both = format!("{CAPACITY}\nretrying\n{ACCEPTED}\n");
        assert_eq!(CliSaid::last_in(&both), Some(accepted()));
        let other_way = format!("{ACCEPTED}\n{CAPACITY}\n");
        assert_eq!(CliSaid::last_in(&other_way).and_then(|said| said.category()), Some(Category::Capacity));
    }

    #[test]
    fn without_an_answer_there_is_none() {
        for text in [
            "",
            "\n\n",
            "Traceback (most recent call last):\nValueError: 0 is not a valid MTMode",
            "{}",
            "[]",
            r#"{"kind":"status_result","phase":"running"}"#,
            r#"{"kind":"submit_result"}"#,
            r#"{"kind":"error","category":null}"#,
            &format!("said: {ACCEPTED}"),
            &format!("{ACCEPTED},"),
        ] {
            assert_eq!(CliSaid::last_in(text), None, "{text}");
        }
    }

    #[test]
    fn an_answer_of_more_than_4000_characters_is_read_whole_and_is_none_when_cut_off() {
        let long = CAPACITY.replace("no room", &"no room ".repeat(1000));
        assert!(long.len() > 4000);
        let said = CliSaid::last_in(&format!("noise\n{long}\n")).unwrap();
        assert_eq!((said.category(), said.message().len()), (Some(Category::Capacity), 8000));
        assert_eq!(CliSaid::last_in(&long[..4000]), None);
    }

    #[test]
    fn words_and_shapes_of_another_version_do_not_hide_the_answer() {
        let text =
            r#"{"kind":"submit_result","decision":"postponed","details":[1],"queue_position":3,"new":{}}"#;
        let Some(CliSaid::Result(result)) = CliSaid::last_in(text) else { panic!("no result") };
        assert_eq!((result.decision, result.queue_position), (Decision::Foreign, Some(3)));
        let done = r#"{"kind":"submit_result","decision":"already_done","details":{"terminal":"FAILURE"}}"#;
        let Some(CliSaid::Result(result)) = CliSaid::last_in(done) else { panic!("no result") };
        assert_eq!((result.decision, result.terminal.as_deref()), (Decision::AlreadyDone, Some("FAILURE")));
        for odd in ["-1", "1e300", "0.5"] {
            let text = CAPACITY.replace("37", odd);
            let wait = CliSaid::last_in(&text).unwrap().retry_after();
            assert_eq!(wait.is_some(), odd == "0.5", "{odd}");
        }
    }

    proptest! {
        #[test]
        fn no_output_makes_the_reader_panic_or_hides_a_later_answer(noise in "\\PC{0,60}", broken in "\\{[ -~]{0,40}\\}") {
            let _ = CliSaid::last_in(&noise);
            let text = format!("{noise}\n{broken}\n{ACCEPTED}\n{noise}");
            prop_assert_eq!(CliSaid::last_in(&text), Some(accepted()));
        }

        #[test]
        fn an_answer_cut_off_anywhere_is_none(at in 1..CAPACITY.len()) {
            prop_assert_eq!(CliSaid::last_in(&CAPACITY[..at]), None);
        }
    }

    #[test]
    fn exit_codes_have_names_both_ways() {
        for code in -1..300 {
            assert_eq!(CliExit::from(code).code(), code);
        }
        assert_eq!(CliExit::from(10), CliExit::NotReady);
        assert_eq!(CliExit::from(137), CliExit::Other(137));
    }
}
