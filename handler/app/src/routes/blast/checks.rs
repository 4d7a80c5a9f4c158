use crate::api::preflight::Check;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// It has to change first.
    Fail,
    /// Nobody knows; that stops nothing.
    Unknown,
    /// It goes, with a remark.
    Warn,
    /// Fine.
    Pass,
}

impl Found {
    const fn word(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Warn => "warn",
            Self::Pass => "pass",
        }
    }

    /// Of the word in an answer.
    pub fn of(check: &Check) -> Self {
        match check.status.as_str() {
            "fail" => Self::Fail,
            "unknown" => Self::Unknown,
            "warn" => Self::Warn,
            _ => Self::Pass,
        }
    }
}

/// A check with what it found.
pub fn check(id: &str, title: &str, found: Found, detail: impl Into<String>) -> Check {
    let severity = match found {
        Found::Fail => "critical",
        Found::Warn | Found::Unknown => "warning",
        Found::Pass => "info",
    };
    Check {
        id: id.to_owned(),
        status: found.word().to_owned(),
        title: title.to_owned(),
        detail: detail.into(),
        severity: severity.to_owned(),
        action: None,
        action_type: None,
        command: None,
    }
}

impl Check {
    /// With what to do about it, and what a page offers to do; the kinds are those that [`Check`] lists.
    #[must_use]
    pub fn fix(mut self, kind: &str, words: impl Into<String>) -> Self {
        self.action = Some(words.into());
        self.action_type = Some(kind.to_owned());
        self
    }

    /// With a command that an operator gives.
    #[must_use]
    pub fn with_command(mut self, command: impl Into<String>) -> Self {
        self.command = Some(command.into());
        self
    }
}
