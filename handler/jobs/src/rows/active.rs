use crate::ids::JobId;
use crate::ports::{Entity, RowError};
use crate::timing::TaskType;
use time::OffsetDateTime;

/// An entry of the reconciler's worklist: one row of `active`. Written just before the row it names, so that no row is
/// unseen; PK is the kind of task, RK the next check's time and the id, so that what is due comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveRow {
    /// Kind of task.
    pub task: TaskType,
    /// The task.
    pub id: JobId,
    /// When to look at it next.
    pub next_check: OffsetDateTime,
    /// Whether its row was seen at an earlier check.
    pub seen: bool,
    /// Whether its row was missing at an earlier check: its request was given more time, and has none left at the next.
    pub put_off: bool,
}

/// Milliseconds since 1970, zero-padded so that text order is time order.
fn millis(at: OffsetDateTime) -> String {
    format!("{:013}", at.unix_timestamp_nanos() / 1_000_000)
}

impl ActiveRow {
    /// Row key.
    pub fn row_key(&self) -> String {
        format!("{}-{}", millis(self.next_check), self.id)
    }

    /// Row key before which everything is due at a moment.
    pub fn due_before(now: OffsetDateTime) -> String {
        millis(now + time::Duration::milliseconds(1))
    }

    /// The row as stored.
    pub fn to_entity(&self) -> Entity {
        Entity::new(self.task.as_str(), self.row_key())
            .text("task_id", self.id.as_str())
            .time("next_check", self.next_check)
            .bool("seen", self.seen)
            .bool("put_off", self.put_off)
    }

    /// The row from what was stored.
    pub fn from_entity(task: TaskType, entity: &Entity) -> Result<Self, RowError> {
        let id = entity.get_text("task_id")?;
        Ok(Self {
            task,
            id: id.parse().map_err(|_| entity.error("task_id", "is no task id"))?,
            next_check: entity.get_time("next_check")?,
            seen: entity.get_bool("seen")?,
            put_off: entity.get_bool("put_off")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_sorts_before_what_is_not() {
        let now = OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000);
        let row = |ms| ActiveRow {
            task: TaskType::Blast,
            id: JobId::from_random([9; 16]),
            next_check: now + time::Duration::milliseconds(ms),
            seen: false,
            put_off: false,
        };
        let bound = ActiveRow::due_before(now);
        assert!(row(0).row_key() < bound && row(-500).row_key() < bound);
        assert!(row(1).row_key() > bound);
    }
}
