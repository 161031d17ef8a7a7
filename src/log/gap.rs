//! Telling a subscriber that updates are missing.

use serde::Serialize;

use crate::{
    base::sequence::Sequence,
    event_stream::{encoder, event::Event, event_id::EventId, event_type::EventType},
    log::{
        history::Entry,
        place::Place,
        place_key::{Nonce, Places},
    },
};

/// Updates that a subscriber asked for, or had coming, are no longer held.
///
/// It is sent as an event of type `gap`. Its id is the place where the stream goes on, since the client
/// can no longer resume from the id that it asked for. Its data is JSON: `requested`, the id that was
/// asked for, or null when the connection itself was too slow; `first`, the id of the first update
/// after the gap, or null when there is none yet; `missed`, how many updates are missing, or null when
/// that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The place that was asked for.
    pub requested: Option<Place>,
    /// How many updates are missing, if that is known without giving away how many there are that
    /// the subscriber may not see: to those alone who see every update, and of a place in the log
    /// that the hub itself had kept for them.
    pub missed: Option<u64>,
}

/// Whether subscribers are told of gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum GapEvents {
    /// They are.
    #[default]
    On,
    /// They are not.
    Off,
}

/// The members of a gap as JSON.
#[derive(Serialize)]
pub(crate) struct Told<'a> {
    requested: Option<&'a str>,
    first: Option<&'a str>,
    missed: Option<u64>,
}

impl Gap {
    /// The same gap, with this many more missing behind it.
    #[must_use]
    pub(crate) fn and(self, missed: Option<u64>) -> Self {
        let missed = self.missed.zip(missed).map(|(before, more)| before.saturating_add(more));
        Self { missed, ..self }
    }

    /// The gap ahead of the update of this id.
    pub(crate) fn told<'a>(&'a self, first: Option<&'a str>) -> Told<'a> {
        let requested = self.requested.as_ref().map(Place::as_str);
        Told { requested, first, missed: self.missed }
    }

    /// Writes the event to the end of `stream`, which goes on at `place`; `first` is the update that
    /// follows it.
    pub(crate) fn encode(&self, place: &Place, first: Option<&EventId>, stream: &mut Vec<u8>) {
        let told = self.told(first.map(EventId::as_str));
        // Two optional strings and a number always serialise, and the type is a constant that parses.
        if let (Ok(event), Ok(event_type), Ok(id)) =
            (Event::json(&told), "gap".parse::<EventType>(), place.as_str().parse())
        {
            encoder::encode(&event.with_event_type(event_type).with_id(id), stream);
        }
    }
}

/// How a stream tells that it goes on behind a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GapForm {
    /// By an event of type `gap`.
    Gap,
    /// By an event of type `place` alone: that updates are missing is not told, but where to come back
    /// to is.
    Place,
    /// Not at all.
    Silence,
}

/// A gap that a stream is told as soon as the update behind it is known.
#[derive(Debug)]
pub(crate) struct Untold<'a> {
    /// The gap, if there is one.
    pub gap: Option<Gap>,
    /// How it is told.
    pub form: GapForm,
    /// How a place is told.
    pub places: &'a Places,
    /// The nonce of the places that this stream is told.
    pub nonce: Nonce,
}

impl Untold<'_> {
    /// Adds further missing updates; `None` when their number is unknown.
    pub(crate) fn add(&mut self, missed: Option<u64>) {
        let gap = self.gap.take().map(|gap| gap.and(missed));
        self.gap = gap.or(Some(Gap { requested: None, missed }));
    }

    /// Tells it at the end of `stream`, on which `entry` follows.
    pub(crate) fn tell_ahead_of(&mut self, entry: &Entry, stream: &mut Vec<u8>) {
        self.tell(entry.sequence.previous(), Some(&entry.update.id), stream);
    }

    /// Tells it at the end of `stream`, which has come to `cursor` and has nothing more.
    pub(crate) fn tell_at(&mut self, cursor: Sequence, stream: &mut Vec<u8>) {
        self.tell(cursor, None, stream);
    }

    /// Takes the gap, for a reader that is told it in its own way. There is none for a reader that is not
    /// told gaps as such.
    pub(crate) fn take_gap(&mut self) -> Option<Gap> {
        self.gap.take().filter(|_| self.form == GapForm::Gap)
    }

    /// The place behind this update, in the words of the stream.
    pub(crate) fn place(&self, behind: Sequence) -> Place {
        self.places.tell(behind, self.nonce)
    }

    fn tell(&mut self, behind: Sequence, first: Option<&EventId>, stream: &mut Vec<u8>) {
        let Some(gap) = self.gap.take() else { return };
        match self.form {
            GapForm::Gap => gap.encode(&self.place(behind), first, stream),
            GapForm::Place => self.place(behind).encode(stream),
            GapForm::Silence => {}
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
        let place = Place::After(id("#place"));
        Gap { requested, missed }.encode(&place, first.map(id).as_ref(), &mut stream);
        assert_eq!(std::str::from_utf8(&stream).unwrap(), expected);
    }

    #[test]
    fn it_names_both_sides_and_has_the_id_of_the_place() {
        check(
            Some("a\"b"),
            Some(3),
            Some("c"),
            "event: gap\nid: #place\ndata: {\"requested\":\"a\\\"b\",\"first\":\"c\",\"missed\":3}\n\n",
        );
    }

    #[test]
    fn what_is_not_known_is_null() {
        check(
            None,
            None,
            None,
            "event: gap\nid: #place\ndata: {\"requested\":null,\"first\":null,\"missed\":null}\n\n",
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
