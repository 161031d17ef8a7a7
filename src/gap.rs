//! Telling a subscriber that updates are missing.

use serde::Serialize;

use crate::{encoder, event::Event, event_id::EventId, event_type::EventType};

/// Updates that a subscriber asked for, or had coming, are no longer held.
///
/// It is sent as an event of type `gap` without an id, so that the subscriber's last event ID
/// stays what it is. Its data is JSON: `requested`, the id that was asked for or null when the
/// connection itself was too slow; `first`, the id of the first update sent after the gap or null
/// when there is none yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The id that was asked for.
    pub requested: Option<EventId>,
}

#[derive(Serialize)]
struct Told<'a> {
    requested: Option<&'a str>,
    first: Option<&'a str>,
}

impl Gap {
    /// Writes the event to the end of `stream`; `first` is the update that follows it.
    pub fn encode(&self, first: Option<&EventId>, stream: &mut Vec<u8>) {
        let told = Told {
            requested: self.requested.as_ref().map(EventId::as_str),
            first: first.map(EventId::as_str),
        };
        // Two optional strings always serialise, and the type is a constant that parses.
        if let (Ok(event), Ok(event_type)) = (Event::json(&told), "gap".parse::<EventType>()) {
            encoder::encode(&event.with_event_type(event_type), stream);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(requested: Option<&str>, first: Option<&str>, expected: &str) {
        let id = |text: &str| text.parse().unwrap();
        let mut stream = Vec::new();
        Gap { requested: requested.map(id) }.encode(first.map(id).as_ref(), &mut stream);
        assert_eq!(std::str::from_utf8(&stream).unwrap(), expected);
    }

    #[test]
    fn it_names_both_sides_and_has_no_id() {
        check(
            Some("a\"b"),
            Some("c"),
            "event: gap\ndata: {\"requested\":\"a\\\"b\",\"first\":\"c\"}\n\n",
        );
    }

    #[test]
    fn what_is_not_known_is_null() {
        check(None, None, "event: gap\ndata: {\"requested\":null,\"first\":null}\n\n");
    }
}
