//! The state of a topic as its publishers and readers are told it.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use crate::log::{tally::Tally, topic_state::TopicState};

/// What a string of a header, RFC 9651 § 3.3.3, cannot hold, and the sign of the escapes themselves.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'"').add(b'\\').add(b'%');

#[derive(Serialize)]
struct Told<'a> {
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<&'a str>,
    count: u64,
}

impl<'a> Told<'a> {
    fn of(state: &'a TopicState) -> Self {
        let (word, reason, held) = match state {
            TopicState::Absent => ("absent", None, None),
            TopicState::Open(held) => ("open", None, held.as_ref()),
            TopicState::Closed { reason, held } => ("closed", Some(reason.as_str()), held.as_ref()),
        };
        Self {
            state: word,
            reason,
            first: held.map(|held| held.first.as_str()),
            last: held.map(|held| held.last.as_str()),
            count: held.map_or(0, |Tally { count, .. }| *count),
        }
    }
}

/// The state as a JSON object: `state` (`open`, `closed` or `absent`), `reason` of a closed topic, the ids
/// `first` and `last` of the updates that are held, and their `count`.
pub(crate) fn json(state: &TopicState) -> String {
    // Strings and a number can always be written.
    serde_json::to_string(&Told::of(state)).unwrap_or_default()
}

/// The value of the header `Topic-Status`: an item with parameters, RFC 9651 § 3.3. Characters of an id
/// that a string cannot hold are percent-encoded.
pub(crate) fn header(state: &TopicState) -> String {
    let Told { state, reason, first, last, count } = Told::of(state);
    let mut value = state.to_owned();
    if let Some(reason) = reason {
        value.push_str(&[";reason=", reason].concat());
    }
    value.push_str(&[";count=", &count.to_string()].concat());
    for (name, id) in [("first", first), ("last", last)] {
        if let Some(id) = id {
            let id = utf8_percent_encode(id, ESCAPED).to_string();
            value.push_str(&[";", name, "=\"", &id, "\""].concat());
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::closing::EndReason;

    fn check(state: &TopicState, expected_header: &str, expected_json: &str) {
        assert_eq!(header(state), expected_header);
        assert_eq!(json(state), expected_json);
    }

    #[test]
    fn a_topic_is_absent_open_or_closed_with_the_reason() {
        check(&TopicState::Absent, "absent;count=0", r#"{"state":"absent","count":0}"#);
        let id = |text: &str| text.parse().unwrap();
        let held = Tally { first: id("urn:a"), last: id("1\"é%"), count: 2 };
        check(
            &TopicState::Open(Some(held)),
            "open;count=2;first=\"urn:a\";last=\"1%22%C3%A9%25\"",
            r#"{"state":"open","first":"urn:a","last":"1\"é%","count":2}"#,
        );
        check(&TopicState::Open(None), "open;count=0", r#"{"state":"open","count":0}"#);
        check(
            &TopicState::Closed { reason: EndReason::Broken, held: None },
            "closed;reason=broken;count=0",
            r#"{"state":"closed","reason":"broken","count":0}"#,
        );
    }
}
