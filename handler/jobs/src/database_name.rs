//! Names of databases and their generations.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A name that was refused, with the rule it breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} `{shown}` refused: {rule}")]
pub struct NameError {
    what: &'static str,
    shown: String,
    rule: &'static str,
}

/// Longest name and generation, in characters.
const MAX_CHARS: usize = 64;

fn check(
    what: &'static str,
    text: &str,
    allowed: fn(char) -> bool,
    rule: &'static str,
) -> Result<(), NameError> {
    let first_is_fine = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    if first_is_fine && text.len() <= MAX_CHARS && text.chars().all(allowed) && !text.contains("..") {
        return Ok(());
    }
    let shown = text.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect();
    Err(NameError { what, shown, rule })
}

macro_rules! checked_name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $allowed:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                check($what, text, $allowed, $rule)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_name!(
    /// Name of a database, as `-db` takes it: 1 to 64 letters, digits, `_`, `.` or `-`, beginning with a letter or
    /// digit, without `..`.
    DatabaseName, "database name", |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'),
    "1 to 64 letters, digits, underscores, dots or hyphens, beginning with a letter or digit"
);

checked_name!(
    /// One version of a database: 1 to 64 letters, digits or `-`. For samples, a hash of the content.
    Generation, "database version", |c| c.is_ascii_alphanumeric() || c == '-',
    "1 to 64 letters, digits or hyphens"
);

/// A database in a certain version.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DatabaseRef {
    /// Name.
    pub name: DatabaseName,
    /// Version.
    pub generation: Generation,
}

impl fmt::Display for DatabaseRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, self.generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_leave_its_directory_is_refused() {
        for bad in ["", "..", "../x", "a/b", "-db", ".hidden", "a..b", "a b", "a\n", "ü", &"x".repeat(65)] {
            assert!(bad.parse::<DatabaseName>().is_err(), "{bad:?}");
        }
        assert_eq!("core_nt.2-a".parse::<DatabaseName>().unwrap().as_str(), "core_nt.2-a");
        assert!(serde_json::from_str::<DatabaseName>("\"../x\"").is_err());
    }
}
