//! The text of a JSON object, written member by member.

use std::fmt::Write;

/// A JSON object to which members are added.
#[derive(Default)]
pub(super) struct Object(String);

impl Object {
    pub(super) fn text(self, name: &str, value: &str) -> Self {
        // A text can always be written as JSON.
        let value = serde_json::to_string(value).unwrap_or_default();
        self.json(name, &value)
    }

    pub(super) fn json(mut self, name: &str, value: &str) -> Self {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        let _ = write!(self.0, "\"{name}\":{value}");
        self
    }

    pub(super) fn end(self) -> String {
        self.0 + "}"
    }
}
