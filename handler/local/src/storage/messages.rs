//! Queue messages as the service writes them.

use super::error::StorageError;
use super::xml;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// One received message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueMessage {
    /// The service's id.
    pub id: String,
    /// When it was put.
    pub inserted: OffsetDateTime,
    /// When it will vanish; the year 9999 for never.
    pub expires: OffsetDateTime,
    /// Permission to update or delete it, until somebody else receives or updates it.
    pub pop_receipt: String,
    /// When it is seen again unless it is renewed.
    pub next_visible: OffsetDateTime,
    /// How often it was received, this time included.
    pub dequeue_count: u64,
    /// The body as stored, before any base64 decoding.
    pub text: String,
}

/// Reads the answer of Get Messages.
///
/// # Errors
/// [`StorageError::Unreadable`] when a message lacks a part.
pub fn parse(body: &[u8]) -> Result<Vec<QueueMessage>, StorageError> {
    let body = std::str::from_utf8(body).map_err(|_| StorageError::Unreadable("messages are no UTF-8"))?;
    xml::elements(body, "QueueMessage").into_iter().map(message).collect()
}

fn message(xml: &str) -> Result<QueueMessage, StorageError> {
    let part = |name| xml::text(xml, name).ok_or(StorageError::Unreadable("a message lacks a part"));
    let moment = |name| part(name).and_then(|text| date(&text));
    let count = part("DequeueCount")?;
    Ok(QueueMessage {
        id: part("MessageId")?.into_owned(),
        inserted: moment("InsertionTime")?,
        expires: moment("ExpirationTime")?,
        pop_receipt: part("PopReceipt")?.into_owned(),
        next_visible: moment("TimeNextVisible")?,
        dequeue_count: count.parse().map_err(|_| StorageError::Unreadable("DequeueCount is no number"))?,
        text: part("MessageText")?.into_owned(),
    })
}

fn date(text: &str) -> Result<OffsetDateTime, StorageError> {
    OffsetDateTime::parse(text, &Rfc2822).map_err(|_| StorageError::Unreadable("a date is not of RFC 1123"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn reads_a_message() {
        let xml = "\u{feff}<?xml version=\"1.0\"?><QueueMessagesList><QueueMessage><MessageId>m-1</MessageId>\
            <InsertionTime>Tue, 18 Feb 2025 03:06:19 GMT</InsertionTime>\
            <ExpirationTime>Fri, 31 Dec 9999 23:59:59 GMT</ExpirationTime><PopReceipt>p</PopReceipt>\
            <TimeNextVisible>Tue, 18 Feb 2025 03:16:20 GMT</TimeNextVisible><DequeueCount>2</DequeueCount>\
            <MessageText>a&amp;b</MessageText></QueueMessage></QueueMessagesList>";
        let got = parse(xml.as_bytes()).unwrap();
        assert_eq!(got.len(), 1);
        assert_eq!((got[0].id.as_str(), got[0].dequeue_count, got[0].text.as_str()), ("m-1", 2, "a&b"));
        assert_eq!(got[0].inserted, datetime!(2025-02-18 03:06:19 UTC));
        assert_eq!(got[0].expires, datetime!(9999-12-31 23:59:59 UTC));
    }

    #[test]
    fn an_empty_queue_and_a_broken_answer() {
        assert_eq!(parse(b"<QueueMessagesList />").unwrap(), []);
        assert!(parse(b"<QueueMessage><MessageId>1</MessageId></QueueMessage>").is_err());
    }
}
