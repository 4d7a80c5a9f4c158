//! Table rows from output values, typed as the platform's table extension types them.
//!
//! Whole numbers become 64-bit, fractions doubles, ISO moments dates; a row is flat, and a nested value fails the
//! invocation. Property names keep their spelling, keys are found in any case.

use super::encoding::ticks;
use serde_json::{Map, Value};
use thiserror::Error;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Why a value is no row.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RowError {
    /// Neither an object nor an array of objects.
    #[error("a row is an object, or several are an array of objects")]
    NoObject,
    /// A key is missing or no text.
    #[error("the row has no text `{0}`, and the binding names none")]
    Key(&'static str),
    /// A key holds `/`, `\`, `#`, `?` or a control character, or is over 1 KiB.
    #[error("the {0} `{1}` holds a character that a key may not, or is longer than 1 KiB")]
    KeyText(&'static str, String),
    /// An object or array inside a row.
    #[error("the property `{0}` is nested; rows are flat")]
    Nested(String),
}

/// The rows in `value`; `keys` are the binding's own partition and row key.
///
/// # Errors
/// [`RowError`] when the table service or the platform's extension would refuse.
pub fn of_value(
    value: &Value,
    keys: (Option<&str>, Option<&str>),
) -> Result<Vec<Map<String, Value>>, RowError> {
    match value {
        Value::Object(object) => Ok(vec![row(object, keys)?]),
        Value::Array(items) => {
            items.iter().map(|item| row(item.as_object().ok_or(RowError::NoObject)?, keys)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(RowError::NoObject),
    }
}

fn row(
    object: &Map<String, Value>,
    keys: (Option<&str>, Option<&str>),
) -> Result<Map<String, Value>, RowError> {
    let mut row = Map::new();
    row.insert("PartitionKey".to_owned(), key(object, "PartitionKey", keys.0)?);
    row.insert("RowKey".to_owned(), key(object, "RowKey", keys.1)?);
    for (name, value) in object {
        if name.eq_ignore_ascii_case("PartitionKey") || name.eq_ignore_ascii_case("RowKey") {
            continue;
        }
        let (value, kind) = match value {
            Value::Null => continue,
            Value::Object(_) | Value::Array(_) => return Err(RowError::Nested(name.clone())),
            Value::Number(number) if number.is_f64() => (value.clone(), Some("Edm.Double")),
            Value::Number(number) => (Value::String(number.to_string()), Some("Edm.Int64")),
            Value::String(text) => {
                moment(text).map_or((value.clone(), None), |date| (date, Some("Edm.DateTime")))
            }
            Value::Bool(_) => (value.clone(), None),
        };
        if let Some(kind) = kind {
            row.insert(format!("{name}@odata.type"), Value::String(kind.to_owned()));
        }
        row.insert(name.clone(), value);
    }
    Ok(row)
}

fn key(object: &Map<String, Value>, name: &'static str, of_binding: Option<&str>) -> Result<Value, RowError> {
    let own = object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, v)| v.as_str());
    let text = own.or(of_binding).ok_or(RowError::Key(name))?;
    if text.len() > 1024 || text.chars().any(|c| c.is_control() || matches!(c, '/' | '\\' | '#' | '?')) {
        return Err(RowError::KeyText(name, text.chars().take(80).collect()));
    }
    Ok(Value::String(text.to_owned()))
}

/// The platform's JSON reader turns ISO moments into dates before the table sees them.
fn moment(text: &str) -> Option<Value> {
    let looks = text.len() <= 40 && text.as_bytes().get(10) == Some(&b'T');
    let moment = looks.then(|| OffsetDateTime::parse(text, &Rfc3339).ok()).flatten()?;
    Some(Value::String(ticks(moment)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_typed() {
        let value = json!({"partitionKey": "p", "RowKey": "r", "n": 1, "f": 0.5, "b": true, "s": "x", "gone": null,
            "at": "2026-01-01T01:00:00.120+01:00", "day": "2026-01-01"});
        let expected = json!({"PartitionKey": "p", "RowKey": "r", "n": "1", "n@odata.type": "Edm.Int64", "f": 0.5,
            "f@odata.type": "Edm.Double", "b": true, "s": "x", "at": "2026-01-01T00:00:00.12Z",
            "at@odata.type": "Edm.DateTime", "day": "2026-01-01"});
        let rows = of_value(&value, (None, None)).unwrap();
        assert_eq!(Value::Object(rows[0].clone()), expected);
    }

    #[test]
    fn keys_come_from_the_row_before_the_binding() {
        let rows =
            of_value(&json!([{"RowKey": "1"}, {"PartitionKey": "own", "RowKey": "2"}]), (Some("p"), None));
        let keys: Vec<_> = rows.unwrap().iter().map(|r| r["PartitionKey"].clone()).collect();
        assert_eq!(keys, [json!("p"), json!("own")]);
    }

    #[test]
    fn what_is_no_row() {
        let of = |value: Value| of_value(&value, (None, None)).unwrap_err();
        assert_eq!(of(json!("x")), RowError::NoObject);
        assert_eq!(of(json!([1])), RowError::NoObject);
        assert_eq!(of(json!({"RowKey": "r"})), RowError::Key("PartitionKey"));
        assert_eq!(of(json!({"PartitionKey": "p", "RowKey": 1})), RowError::Key("RowKey"));
        assert!(matches!(of(json!({"PartitionKey": "a/b", "RowKey": "r"})), RowError::KeyText(..)));
        assert_eq!(
            of(json!({"PartitionKey": "p", "RowKey": "r", "x": {}})),
            RowError::Nested("x".to_owned())
        );
    }
}
