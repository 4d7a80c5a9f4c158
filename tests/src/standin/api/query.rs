//! The query string of a request.

use super::Failure;
use std::collections::BTreeMap;

/// Parameters by name.
#[derive(Debug, Clone, Default)]
pub struct Params(BTreeMap<String, String>);

impl Params {
    /// Reads a query string; a name that is none of `known` is refused, since the client meant something by it.
    pub fn read(query: &str, known: &[&str]) -> Result<Self, Failure> {
        let url = reqwest::Url::parse(&format!("http://localhost/?{query}")).unwrap();
        let pairs: BTreeMap<_, _> =
            url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        match pairs.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => {
                Err(Failure::bad_request(format!("the stand-in does not know the parameter {name:?}")))
            }
            None => Ok(Self(pairs)),
        }
    }

    /// A parameter that is not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A switch.
    pub fn flag(&self, name: &str) -> Result<bool, Failure> {
        match self.text(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => Err(Failure::bad_request(format!("invalid value {other:?} of {name}"))),
        }
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Failure> {
        let read = |text: &str| {
            text.parse::<i64>().map_err(|_| {
                Failure::bad_request(format!("strconv.ParseInt: parsing {text:?}: invalid syntax ({name})"))
            })
        };
        self.text(name).map(read).transpose()
    }

    /// Checks the value of `fieldValidation`; whatever it says, unknown fields are refused.
    pub fn check_field_validation(&self) -> Result<(), Failure> {
        match self.text("fieldValidation") {
            None | Some("Ignore" | "Warn" | "Strict") => Ok(()),
            Some(other) => Err(Failure::new(
                422,
                "Invalid",
                format!(
                    "fieldValidation: Unsupported value: {other:?}: supported values: \"\", \"Ignore\", \"Strict\", \
                     \"Warn\""
                ),
            )),
        }
    }
}
