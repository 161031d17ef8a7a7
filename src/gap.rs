//! Telling a subscriber that updates are missing.

use serde::Serialize;

use crate::{encoder, event::Event, event_id::EventId, event_type::EventType, place::Place};

/// Updates that a subscriber asked for, or had coming, are no longer held.
///
/// It is sent as an event of type `gap` without an id, so that the subscriber's last event ID
/// stays what it is. Its data is JSON: `requested`, the id that was asked for or null when the
/// connection itself was too slow; `first`, the id of the first update sent after the gap or null
/// when there is none yet; `missed`, how many updates are missing or null when that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The place that was asked for.
    pub requested: Option<Place>,
    /// How many updates are missing, if that is known without giving away how many there are that
    /// the subscriber may not see: to those alone who see every update, and of a place in the log
    /// that the hub itself had kept for them.
    pub missed: Option<u64>,
}

/// Whether subscribers are told of gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GapEvents {
    /// They are.
    #[default]
    On,
    /// They are not: what they miss they miss without a word.
    Off,
}

#[derive(Serialize)]
struct Told<'a> {
    requested: Option<&'a str>,
    first: Option<&'a str>,
    missed: Option<u64>,
}

impl Gap {
    /// The same gap, and behind it so many more that are missing.
    #[must_use]
    pub fn and(self, missed: Option<u64>) -> Self {
        let missed = self.missed.zip(missed).map(|(before, more)| before.saturating_add(more));
        Self { missed, ..self }
    }

    /// Writes the event to the end of `stream`; `first` is the update that follows it.
    pub fn encode(&self, first: Option<&EventId>, stream: &mut Vec<u8>) {
        let told = Told {
            requested: self.requested.as_ref().map(Place::as_str),
            first: first.map(EventId::as_str),
            missed: self.missed,
        };
        // Two optional strings and a number always serialise, and the type is a constant that parses.
        if let (Ok(event), Ok(event_type)) = (Event::json(&told), "gap".parse::<EventType>()) {
            encoder::encode(&event.with_event_type(event_type), stream);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(requested: Option<&str>, missed: Option<u64>, first: Option<&str>, expected: &str) {
        let id = |text: &str| text.parse().unwrap();
        let requested = requested.map(|text| Place::After(id(text)));
        let mut stream = Vec::new();
        Gap { requested, missed }.encode(first.map(id).as_ref(), &mut stream);
        assert_eq!(std::str::from_utf8(&stream).unwrap(), expected);
    }

    #[test]
    fn it_names_both_sides_and_has_no_id() {
        check(
            Some("a\"b"),
            Some(3),
            Some("c"),
            "event: gap\ndata: {\"requested\":\"a\\\"b\",\"first\":\"c\",\"missed\":3}\n\n",
        );
    }

    #[test]
    fn what_is_not_known_is_null() {
        check(
            None,
            None,
            None,
            "event: gap\ndata: {\"requested\":null,\"first\":null,\"missed\":null}\n\n",
        );
    }

    #[test]
    fn two_gaps_in_a_row_are_one_and_what_is_not_known_of_one_is_not_known() {
        let gap = |missed| Gap { requested: None, missed };
        assert_eq!(gap(Some(2)).and(Some(3)), gap(Some(5)));
        assert_eq!(gap(Some(2)).and(None), gap(None));
        assert_eq!(gap(None).and(Some(3)), gap(None));
    }
}
