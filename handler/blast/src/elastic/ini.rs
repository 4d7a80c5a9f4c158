//! Writing INI as Python's `configparser` reads it back.
//!
//! It takes a percent sign for the beginning of a reference, so each is written twice. It strips blanks around values,
//! joins indented lines to the one before, and knows no comments behind a value; so values here are one line without
//! blanks at their ends, and the text has no comments at all.

use std::fmt::Write;

/// Sections of an INI, written in the order of the calls.
#[derive(Debug, Default)]
pub(super) struct Ini {
    text: String,
}

impl Ini {
    /// Begins a section.
    pub(super) fn section(&mut self, name: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "[{name}]");
    }

    /// Writes a key. The value holds no control character, and no blank at either end; what was checked before does not.
    pub(super) fn key(&mut self, name: &str, value: &str) {
        let value = value.replace('%', "%%");
        let _ = writeln!(self.text, "{name} = {value}");
    }

    /// Writes a key where there is a value.
    pub(super) fn optional<T: ToString>(&mut self, name: &str, value: Option<T>) {
        if let Some(value) = value {
            self.key(name, &value.to_string());
        }
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.text
    }
}
