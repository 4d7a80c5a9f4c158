//! How the host writes a value into a payload.
//!
//! Bytes are base64, moments are ISO dates, objects are objects, and everything else is JSON text inside a string.
//! That last rule makes a JSON message arrive encoded three times.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::Rng as _;
use serde_json::{Map, Value};
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// A value before it is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// Text.
    Text(String),
    /// Bytes of a `dataType: binary` binding.
    Bytes(Vec<u8>),
    /// A count.
    Number(u64),
    /// A moment, written at a precision of seconds.
    Moment(OffsetDateTime),
    /// An object.
    Object(Map<String, Value>),
}

impl Bound {
    /// The value as it stands in the payload.
    #[must_use]
    pub fn encode(self) -> Value {
        match self {
            Self::Text(text) => Value::String(Value::String(text).to_string()),
            Self::Bytes(bytes) => Value::String(STANDARD.encode(bytes)),
            Self::Number(number) => Value::String(number.to_string()),
            Self::Moment(moment) => Value::String(seconds(moment)),
            Self::Object(object) => Value::Object(object),
        }
    }
}

/// `2025-02-25T03:06:19+00:00`.
#[must_use]
pub fn seconds(moment: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+00:00");
    moment.to_offset(UtcOffset::UTC).format(&form).unwrap_or_default()
}

/// `2025-02-18T03:06:20.7562691Z`: up to seven digits, none of them a trailing zero.
#[must_use]
pub fn ticks(moment: OffsetDateTime) -> String {
    let moment = moment.to_offset(UtcOffset::UTC);
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    let whole = moment.format(&form).unwrap_or_default();
    match moment.nanosecond() / 100 {
        0 => format!("{whole}Z"),
        fraction => format!("{whole}.{}Z", format!("{fraction:07}").trim_end_matches('0')),
    }
}

/// A random identifier in the usual dashed form.
#[must_use]
pub fn guid() -> String {
    let mut bytes = rand::rng().random::<[u8; 16]>();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut out = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        out.push_str(&format!("{byte:02x}"));
    }
    out
}

/// Decodes base64 as .NET does: white space does not count, padding does.
#[must_use]
pub fn dotnet_base64(text: &str) -> Option<Vec<u8>> {
    let dense: String = text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')).collect();
    STANDARD.decode(dense).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn each_kind_has_its_form() {
        assert_eq!(Bound::Text("hello!!".into()).encode(), Value::String("\"hello!!\"".into()));
        assert_eq!(Bound::Number(1).encode(), Value::String("1".into()));
        assert_eq!(Bound::Bytes(vec![1, 2, 3]).encode(), Value::String("AQID".into()));
        let moment = Bound::Moment(datetime!(2025-02-25 03:06:19.9 UTC)).encode();
        assert_eq!(moment, Value::String("2025-02-25T03:06:19+00:00".into()));
    }

    #[test]
    fn ticks_drop_trailing_zeros() {
        assert_eq!(ticks(datetime!(2025-02-18 03:06:20.7562691 UTC)), "2025-02-18T03:06:20.7562691Z");
        assert_eq!(ticks(datetime!(2025-02-18 03:06:20.5 UTC)), "2025-02-18T03:06:20.5Z");
        assert_eq!(ticks(datetime!(2025-02-18 03:06:20 UTC)), "2025-02-18T03:06:20Z");
    }

    #[test]
    fn guids_have_the_usual_form_and_differ() {
        let (a, b) = (guid(), guid());
        assert_ne!(a, b);
        let dashes: Vec<usize> = a.match_indices('-').map(|(at, _)| at).collect();
        assert_eq!((a.len(), dashes), (36, vec![8, 13, 18, 23]));
    }

    #[test]
    fn base64_is_read_like_dotnet() {
        assert_eq!(dotnet_base64("dGVz\r\ndA==").as_deref(), Some(b"test".as_slice()));
        assert_eq!(dotnet_base64("").as_deref(), Some(b"".as_slice()));
        assert_eq!((dotnet_base64("dGVzdA"), dotnet_base64("{}")), (None, None));
    }
}
