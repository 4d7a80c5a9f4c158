//! Entities in the Table service's JSON: types that JSON lacks are named in `<property>@odata.type`.
//! Source: <https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations>.

use blastline_jobs::ports::{ETag, Entity, Prop, StorageError, StorageErrorKind, StorageResult, Stored};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, Deserializer, MapAccess, Visitor},
    ser::{Error as _, SerializeMap, Serializer},
};
use serde_json::ser::Formatter;
use std::{collections::BTreeMap, fmt, io};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::format_description};

const TYPE_MARK: &str = "@odata.type";

fn corrupt(what: &str, cause: impl fmt::Display) -> StorageError {
    StorageError::new(StorageErrorKind::Corrupt, what, cause)
}

/// An entity as the service takes it.
pub fn write_entity(what: &str, entity: &Entity) -> StorageResult<Vec<u8>> {
    let mut json = Vec::new();
    Outgoing(entity)
        .serialize(&mut serde_json::Serializer::with_formatter(&mut json, Ascii))
        .map_err(|error| StorageError::new(StorageErrorKind::Invalid, what, error))?;
    Ok(json)
}

/// Escapes whatever is not ASCII. Azurite decodes a body piece by piece as it arrives, so that a character of
/// several bytes that lies across two pieces would be lost.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(|c: char| !c.is_ascii()) {
            let (plain, other) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let end = other.find(|c: char| c.is_ascii()).unwrap_or(other.len());
            for unit in other[..end].encode_utf16() {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &other[end..];
        }
        writer.write_all(rest.as_bytes())
    }
}

struct Outgoing<'a>(&'a Entity);

impl Serialize for Outgoing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("PartitionKey", &self.0.pk)?;
        map.serialize_entry("RowKey", &self.0.rk)?;
        for (name, prop) in &self.0.props {
            let edm = match prop {
                Prop::Text(text) => {
                    map.serialize_entry(name, text)?;
                    continue;
                }
                Prop::Bool(value) => {
                    map.serialize_entry(name, value)?;
                    continue;
                }
                Prop::Int(value) => {
                    map.serialize_entry(name, &value.to_string())?;
                    "Edm.Int64"
                }
                Prop::Float(value) => {
                    match not_finite(*value) {
                        Some(word) => map.serialize_entry(name, word)?,
                        None => map.serialize_entry(name, value)?,
                    }
                    "Edm.Double"
                }
                Prop::Time(moment) => {
                    map.serialize_entry(name, &write_time(*moment).map_err(S::Error::custom)?)?;
                    "Edm.DateTime"
                }
            };
            map.serialize_entry(&format!("{name}{TYPE_MARK}"), edm)?;
        }
        map.end()
    }
}

/// The service's words for doubles that JSON cannot say.
fn not_finite(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value == f64::INFINITY {
        Some("Infinity")
    } else if value == f64::NEG_INFINITY {
        Some("-Infinity")
    } else {
        None
    }
}

/// Seven digits of a second: the service keeps 100 ns.
fn write_time(moment: OffsetDateTime) -> Result<String, time::error::Format> {
    moment
        .to_offset(UtcOffset::UTC)
        .format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z"))
}

/// A property as it arrives, before its type is known.
enum Raw {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Null,
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;
        impl Visitor<'_> for Scalar {
            type Value = Raw;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, number, truth value or null")
            }
            fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
                Ok(Raw::Text(value.to_owned()))
            }
            fn visit_string<E>(self, value: String) -> Result<Raw, E> {
                Ok(Raw::Text(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
                Ok(Raw::Int(value))
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "the service sends no integer this large without a type"
            )]
            fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
                Ok(i64::try_from(value).map_or(Raw::Float(value as f64), Raw::Int))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
                Ok(Raw::Float(value))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
                Ok(Raw::Bool(value))
            }
            fn visit_unit<E>(self) -> Result<Raw, E> {
                Ok(Raw::Null)
            }
        }
        deserializer.deserialize_any(Scalar)
    }
}

/// A row as it arrives: a flat object.
struct Incoming(BTreeMap<String, Raw>);

impl<'de> Deserialize<'de> for Incoming {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Row;
        impl<'de> Visitor<'de> for Row {
            type Value = Incoming;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Incoming, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some((name, value)) = map.next_entry()? {
                    fields.insert(name, value);
                }
                Ok(Incoming(fields))
            }
        }
        deserializer.deserialize_map(Row)
    }
}

fn parse<T: DeserializeOwned>(what: &str, body: &[u8]) -> StorageResult<T> {
    serde_json::from_slice(body).map_err(|error| corrupt(what, error))
}

/// One entity from an answer.
pub fn read_entity(what: &str, body: &[u8]) -> StorageResult<Stored> {
    stored(what, parse(what, body)?)
}

/// The rows of a page from an answer.
pub fn read_page(what: &str, body: &[u8]) -> StorageResult<Vec<Stored>> {
    #[derive(Deserialize)]
    struct Rows {
        value: Vec<Incoming>,
    }
    parse::<Rows>(what, body)?.value.into_iter().map(|row| stored(what, row)).collect()
}

fn stored(what: &str, Incoming(mut fields): Incoming) -> StorageResult<Stored> {
    let mut take_text = |name: &str| match fields.remove(name) {
        Some(Raw::Text(text)) => Ok(text),
        _ => Err(corrupt(what, format_args!("a row without `{name}`"))),
    };
    let etag = ETag(take_text("odata.etag")?);
    let mut entity = Entity::new(take_text("PartitionKey")?, take_text("RowKey")?);
    fields.remove("Timestamp");
    let types: BTreeMap<String, String> = fields
        .iter()
        .filter_map(|(name, raw)| match (name.strip_suffix(TYPE_MARK), raw) {
            (Some(name), Raw::Text(edm)) => Some((name.to_owned(), edm.clone())),
            _ => None,
        })
        .collect();
    for (name, raw) in fields {
        if name.contains('@') || name.starts_with("odata.") {
            continue;
        }
        if let Some(prop) = typed(what, &name, raw, types.get(&name).map(String::as_str))? {
            entity.props.insert(name, prop);
        }
    }
    Ok(Stored { etag, entity })
}

/// A property with its type. Types that this project never writes come as the text they are sent as.
fn typed(what: &str, name: &str, raw: Raw, edm: Option<&str>) -> StorageResult<Option<Prop>> {
    let refuse = |edm: &str| Err(corrupt(what, format_args!("`{name}` is no {edm}")));
    Ok(Some(match (edm, raw) {
        (_, Raw::Null) => return Ok(None),
        (_, Raw::Bool(value)) => Prop::Bool(value),
        (Some("Edm.Int64"), Raw::Text(text)) => match text.parse() {
            Ok(value) => Prop::Int(value),
            Err(_) => return refuse("Edm.Int64"),
        },
        (Some("Edm.Double"), Raw::Text(text)) => match text.as_str() {
            "NaN" => Prop::Float(f64::NAN),
            "Infinity" | "INF" => Prop::Float(f64::INFINITY),
            "-Infinity" | "-INF" => Prop::Float(f64::NEG_INFINITY),
            _ => return refuse("Edm.Double"),
        },
        #[expect(clippy::cast_precision_loss, reason = "a double that was written without its fraction")]
        (Some("Edm.Double"), Raw::Int(value)) => Prop::Float(value as f64),
        (Some("Edm.DateTime"), Raw::Text(text)) => match OffsetDateTime::parse(&text, &Rfc3339) {
            Ok(moment) => Prop::Time(moment.to_offset(UtcOffset::UTC)),
            Err(_) => return refuse("Edm.DateTime"),
        },
        (_, Raw::Text(text)) => Prop::Text(text),
        (_, Raw::Int(value)) => Prop::Int(value),
        (_, Raw::Float(value)) => Prop::Float(value),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn types_that_json_lacks_are_named() {
        let entity = Entity::new("p", "r")
            .text("t", "x")
            .int("n", 5)
            .float("f", f64::NAN)
            .bool("b", true)
            .time("d", datetime!(2026-11-21 10:00:00.1234567 UTC));
        let json = String::from_utf8(write_entity("insert", &entity).unwrap()).unwrap();
        assert_eq!(
            json,
            concat!(
                r#"{"PartitionKey":"p","RowKey":"r","b":true,"d":"2026-11-21T10:00:00.1234567Z","d@odata.type":"#,
                r#""Edm.DateTime","f":"NaN","f@odata.type":"Edm.Double","n":"5","n@odata.type":"Edm.Int64","t":"x"}"#
            )
        );
    }

    #[test]
    fn a_body_is_plain_ascii() {
        let json = write_entity("insert", &Entity::new("ü", "r").text("t", "a日b😀\"")).unwrap();
        let expected = r#"{"PartitionKey":"\u00fc","RowKey":"r","t":"a\u65e5b\ud83d\ude00\""}"#;
        assert_eq!(String::from_utf8(json).unwrap(), expected);
    }

    #[test]
    fn a_row_comes_back_with_its_types() {
        let body = concat!(
            r#"{"odata.metadata":"m","odata.etag":"W/\"1\"","PartitionKey":"p","RowKey":"r","Timestamp":"x","#,
            r#""i":3,"n":"-9007199254740993","n@odata.type":"Edm.Int64","f":2.0,"z":"-INF","z@odata.type":"Edm.Double","#,
            r#""d":"2026-11-21T10:00:00Z","d@odata.type":"Edm.DateTime","g":null,"b":false}"#
        );
        let stored = read_entity("get", body.as_bytes()).unwrap();
        assert_eq!(stored.etag, ETag("W/\"1\"".into()));
        let props: Vec<_> = stored.entity.props.into_iter().collect();
        assert_eq!(
            props,
            [
                ("b".into(), Prop::Bool(false)),
                ("d".into(), Prop::Time(datetime!(2026-11-21 10:00 UTC))),
                ("f".into(), Prop::Float(2.0)),
                ("i".into(), Prop::Int(3)),
                ("n".into(), Prop::Int(-9_007_199_254_740_993)),
                ("z".into(), Prop::Float(f64::NEG_INFINITY)),
            ]
        );
    }

    #[test]
    fn a_row_that_is_no_row_is_corrupt() {
        for body in
            ["", "[]", r#"{"PartitionKey":"p"}"#, r#"{"odata.etag":"e","PartitionKey":"p","RowKey":{}}"#]
        {
            assert_eq!(
                read_entity("get", body.as_bytes()).unwrap_err().kind,
                StorageErrorKind::Corrupt,
                "{body}"
            );
        }
    }
}
