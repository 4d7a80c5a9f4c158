//! The two forms of time in Kubernetes objects.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use time::{
    OffsetDateTime, UtcOffset, format_description::BorrowedFormatItem,
    format_description::well_known::Rfc3339, macros::format_description,
};

const SECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const MICROS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
const NANOS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:9]Z");

/// `metav1.Time`: whole seconds. Fractions are read and dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub OffsetDateTime);

/// `metav1.MicroTime`: exactly six digits of a second, as a Lease has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MicroTime(pub OffsetDateTime);

impl Time {
    /// A moment, cut to the second.
    pub fn at(moment: OffsetDateTime) -> Self {
        Self(moment.to_offset(UtcOffset::UTC).replace_nanosecond(0).unwrap_or(moment))
    }

    /// Reads what a query string or an object says.
    pub fn read(text: &str) -> Result<Self, String> {
        OffsetDateTime::parse(text, &Rfc3339)
            .map(Self::at)
            .map_err(|_| format!("parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse"))
    }
}

/// The stamp before a line of a log: nine digits of a second, always.
pub fn nanos(moment: OffsetDateTime) -> String {
    moment.to_offset(UtcOffset::UTC).format(NANOS).unwrap()
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.format(SECONDS).unwrap())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for MicroTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_offset(UtcOffset::UTC).format(MICROS).unwrap())
    }
}

impl<'de> Deserialize<'de> for MicroTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits =
            text.split_once('.').map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count());
        let read = OffsetDateTime::parse(&text, &Rfc3339).ok().filter(|_| digits == 6);
        read.map(Self).ok_or_else(|| {
            D::Error::custom(format!(
                "parsing time {text:?} as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse"
            ))
        })
    }
}
