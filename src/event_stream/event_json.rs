//! Events with JSON as data: the one part of this room that needs `serde`, and so the feature `hub`.

use serde::Serialize;

use crate::event_stream::event::Event;

impl Event {
    /// An event whose data is `value` as JSON, on one line.
    ///
    /// ```
    /// use millstream::Event;
    ///
    /// let event = Event::json(&["a\nb"])?;
    /// assert_eq!(event.data(), Some(r#"["a\nb"]"#));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the value cannot be written as JSON, such as a map whose keys are no strings.
    pub fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn json_takes_unsized_values_and_says_what_it_cannot_write() {
        assert_eq!(Event::json("line\r\nbreak").unwrap().data(), Some(r#""line\r\nbreak""#));
        let keyed_by_list = BTreeMap::from([(vec![1], 2)]);
        assert_eq!(Event::json(&keyed_by_list).unwrap_err().to_string(), "key must be a string");
    }
}
