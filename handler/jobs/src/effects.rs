//! What a function returns for the host to do.

use crate::message::Message;
use crate::state::HistoryEvent;

/// Follow-on messages and history events. They are derived from the state row, so that a second run of the same
/// message returns them again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// Messages to send, at once.
    pub messages: Vec<Message>,
    /// Events to append.
    pub history: Vec<HistoryEvent>,
}

impl Effects {
    /// No effects.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds what another part of the function wants done.
    pub fn extend(&mut self, other: Self) {
        self.messages.extend(other.messages);
        self.history.extend(other.history);
    }
}
