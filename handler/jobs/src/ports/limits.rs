//! What the service takes, checked before a call is made, so that the real and the in-memory parts refuse the
//! same things with the same words.
//!
//! Figures: Microsoft, "Understanding the Table service data model", "Performing entity group transactions" and
//! "Scalability and performance targets for Queue Storage".

use super::{BatchOp, Entity, Prop, Query, StorageError, StorageErrorKind, StorageResult};
use std::{collections::BTreeSet, time::Duration};

/// Longest key, in UTF-16 units (1 KiB).
pub const MAX_KEY_UNITS: usize = 512;
/// Longest text property, in UTF-16 units (64 KiB).
pub const MAX_TEXT_UNITS: usize = 32 * 1024;
/// Most properties of one entity, the three that the service adds not counted.
pub const MAX_PROPS: usize = 252;
/// Largest entity, in bytes as the service counts them.
pub const MAX_ENTITY_BYTES: usize = 1024 * 1024;
/// Most operations of one batch.
pub const MAX_BATCH_OPS: usize = 100;
/// Largest batch, in bytes of its request.
pub const MAX_BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Most rows of one page of a query.
pub const MAX_PAGE_ROWS: u16 = 1000;
/// Largest message body, in bytes before base64 (64 KiB after it).
pub const MAX_MESSAGE_BYTES: usize = 48 * 1024;
/// Most messages of one receive.
pub const MAX_RECEIVE: u8 = 32;
/// Longest delay of a message and longest visibility time-out.
pub const MAX_DELAY: Duration = Duration::from_secs(7 * 24 * 3600);

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn invalid(what: &str, cause: impl std::fmt::Display) -> StorageError {
    StorageError::new(StorageErrorKind::Invalid, what, cause)
}

fn too_large(what: &str, cause: impl std::fmt::Display) -> StorageError {
    StorageError::new(StorageErrorKind::TooLarge, what, cause)
}

/// Refuses a key that the service forbids: too long, a control character, or one of `/ \ # ?`.
pub fn check_key(what: &str, key: &str) -> StorageResult<()> {
    if let Some(bad) = key.chars().find(|c| c.is_control() || matches!(c, '/' | '\\' | '#' | '?')) {
        return Err(invalid(what, format_args!("a key holds {bad:?}")));
    }
    if units(key) > MAX_KEY_UNITS {
        return Err(too_large(what, "a key is over 512 UTF-16 units"));
    }
    Ok(())
}

/// Refuses an entity whose keys, property names, texts or size the service does not take.
pub fn check_entity(what: &str, entity: &Entity) -> StorageResult<()> {
    check_key(what, &entity.pk)?;
    check_key(what, &entity.rk)?;
    if entity.props.len() > MAX_PROPS {
        return Err(too_large(what, "over 252 properties"));
    }
    for (name, prop) in &entity.props {
        check_name(what, name)?;
        if matches!(prop, Prop::Text(text) if units(text) > MAX_TEXT_UNITS) {
            return Err(too_large(what, format_args!("`{name}` is over 32,768 UTF-16 units")));
        }
    }
    if entity_bytes(entity) > MAX_ENTITY_BYTES {
        return Err(too_large(what, "the row is over 1 MiB"));
    }
    Ok(())
}

fn check_name(what: &str, name: &str) -> StorageResult<()> {
    let shape = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !shape || name.len() > 255 || matches!(name, "PartitionKey" | "RowKey" | "Timestamp") {
        return Err(invalid(what, format_args!("`{name}` is no property name")));
    }
    Ok(())
}

/// Size of an entity in bytes, by the service's own formula.
pub fn entity_bytes(entity: &Entity) -> usize {
    let props: usize = entity
        .props
        .iter()
        .map(|(name, prop)| {
            let value = match prop {
                Prop::Text(text) => 4 + 2 * units(text),
                Prop::Int(_) | Prop::Float(_) | Prop::Time(_) => 8,
                Prop::Bool(_) => 1,
            };
            8 + 2 * units(name) + value
        })
        .sum();
    4 + 2 * (units(&entity.pk) + units(&entity.rk)) + props
}

/// About what an entity takes in a request: JSON in which all but ASCII is escaped, with an address and headers.
fn request_bytes(entity: &Entity) -> usize {
    let json = |text: &str| -> usize {
        let cost = |c: char| match c {
            '"' | '\\' => 2,
            ' '..='~' => 1,
            _ => 6 * c.len_utf16(),
        };
        text.chars().map(cost).sum()
    };
    let props: usize = entity
        .props
        .iter()
        .map(|(name, prop)| match prop {
            Prop::Text(text) => name.len() + json(text) + 8,
            Prop::Int(_) | Prop::Float(_) | Prop::Bool(_) | Prop::Time(_) => 2 * name.len() + 80,
        })
        .sum();
    // Keys stand in the body, and in an address that may escape them once more.
    600 + 3 * (json(&entity.pk) + json(&entity.rk)) + props
}

/// Refuses a batch that the service does not take: over 100 operations or 4 MiB, another partition, a row twice.
pub fn check_batch(what: &str, pk: &str, ops: &[BatchOp]) -> StorageResult<()> {
    if ops.len() > MAX_BATCH_OPS {
        return Err(too_large(what, "over 100 operations"));
    }
    check_key(what, pk)?;
    let mut rows = BTreeSet::new();
    let mut bytes = 0;
    for (index, op) in ops.iter().enumerate() {
        let what = batch_op(what, index, op);
        match op {
            BatchOp::Insert(entity) | BatchOp::Patch(entity, _) => {
                if entity.pk != pk {
                    return Err(invalid(&what, "it is of another partition"));
                }
                check_entity(&what, entity)?;
                bytes += request_bytes(entity);
            }
            BatchOp::Delete(rk, _) => check_key(&what, rk)?,
        }
        if !rows.insert(op.rk()) {
            return Err(invalid(&what, "the row occurs twice in the batch"));
        }
    }
    if bytes > MAX_BATCH_BYTES {
        return Err(too_large(what, "the batch is over 4 MiB"));
    }
    Ok(())
}

/// Names one operation of a batch, for errors: `batch jobstate/job-1: operation 2 (insert current)`.
pub fn batch_op(what: &str, index: usize, op: &BatchOp) -> String {
    let verb = match op {
        BatchOp::Insert(_) => "insert",
        BatchOp::Patch(..) => "patch",
        BatchOp::Delete(..) => "delete",
    };
    format!("{what}: operation {index} ({verb} {})", op.rk())
}

/// Refuses a query with a page size that the service does not take.
pub fn check_query(what: &str, query: &Query) -> StorageResult<()> {
    if !(1..=MAX_PAGE_ROWS).contains(&query.page_size) {
        return Err(invalid(what, format_args!("a page of {} rows", query.page_size)));
    }
    Ok(())
}

/// Refuses a message that is too large or delayed by more than seven days.
pub fn check_message(what: &str, body: &str, delay: Option<Duration>) -> StorageResult<()> {
    if body.len() > MAX_MESSAGE_BYTES {
        return Err(too_large(what, format_args!("{} bytes, 49,152 fit in a message", body.len())));
    }
    if delay.is_some_and(|delay| delay > MAX_DELAY) {
        return Err(invalid(what, "a delay over seven days"));
    }
    Ok(())
}

/// Refuses a receive of no or more than 32 messages, or a visibility time-out outside one second to seven days.
pub fn check_receive(what: &str, max: u8, visibility: Duration) -> StorageResult<()> {
    if !(1..=MAX_RECEIVE).contains(&max) {
        return Err(invalid(what, format_args!("{max} messages asked for")));
    }
    if visibility < Duration::from_secs(1) || visibility > MAX_DELAY {
        return Err(invalid(what, format_args!("a visibility of {visibility:?}")));
    }
    Ok(())
}

/// A span in the whole seconds that queues count in, rounded up.
pub fn whole_seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_with_a_forbidden_character_is_refused() {
        for bad in ["a/b", "a\\b", "a#b", "a?b", "a\nb", "a\u{85}b"] {
            assert_eq!(check_key("get", bad).unwrap_err().kind, StorageErrorKind::Invalid, "{bad:?}");
        }
        for good in ["", "it's", "ü-日本-😀", "a b%c", &"k".repeat(MAX_KEY_UNITS)] {
            check_key("get", good).unwrap();
        }
        let long = "k".repeat(MAX_KEY_UNITS + 1);
        assert_eq!(check_key("get", &long).unwrap_err().kind, StorageErrorKind::TooLarge);
    }

    #[test]
    fn a_text_is_counted_in_utf16_units() {
        let entity = |text: String| Entity::new("p", "r").text("t", text);
        check_entity("insert", &entity("é".repeat(MAX_TEXT_UNITS))).unwrap();
        let wide = check_entity("insert", &entity("😀".repeat(MAX_TEXT_UNITS / 2 + 1))).unwrap_err();
        assert_eq!(wide.kind, StorageErrorKind::TooLarge);
    }

    #[test]
    fn a_row_twice_in_a_batch_is_refused_by_its_place() {
        let ops = [
            BatchOp::Insert(Entity::new("p", "a")),
            BatchOp::Delete("b".into(), crate::ports::Match::Any),
            BatchOp::Patch(Entity::new("p", "a"), crate::ports::Match::Any),
        ];
        let error = check_batch("batch t/p", "p", &ops).unwrap_err();
        assert_eq!(error.what, "batch t/p: operation 2 (patch a)");
    }

    #[test]
    fn seconds_are_rounded_up() {
        assert_eq!(whole_seconds(Duration::from_millis(1001)), 2);
        assert_eq!(whole_seconds(Duration::from_secs(1)), 1);
        assert_eq!(whole_seconds(Duration::ZERO), 0);
    }
}
