//! The closing of a topic: an entry of the log behind which the topic has no update.

use std::{fmt, str::FromStr, sync::Arc};

use serde::Serialize;
use thiserror::Error;

use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    event_stream::{encoder, event::Event, event_id::EventId, event_type::EventType},
    log::{
        kind::Kind, place::Place, place_key::Places, update::EncodedUpdate, update_id::IdOrigin,
    },
    topics::topic::Topic,
};

/// Why a topic is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndReason {
    /// Its publisher has published everything.
    #[default]
    Done,
    /// Its publisher broke off.
    Broken,
}

/// A text is not the reason of an end.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is none of done and broken")]
pub struct InvalidEndReason(pub String);

/// A topic that is to be closed.
///
/// Readers are told by an event of type `end`. Its id is the place behind the closing, and its data is
/// JSON: `topic` and `reason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The topic.
    pub topic: Topic,
    /// Why.
    pub reason: EndReason,
    /// Whether a grant is needed to know of it.
    pub private: bool,
}

/// A closing that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosedTopic {
    /// Its place in the log: the topic has no update behind it.
    pub sequence: Sequence,
    /// When it was accepted.
    pub accepted: Timestamp,
    /// Why the topic is closed.
    pub reason: EndReason,
    /// Whether a grant is needed to know of it.
    pub private: bool,
}

#[derive(Serialize)]
struct Told<'a> {
    topic: &'a str,
    reason: &'a str,
}

impl EndReason {
    /// The reason as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Broken => "broken",
        }
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for EndReason {
    type Err = InvalidEndReason;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "done" => Ok(Self::Done),
            "broken" => Ok(Self::Broken),
            _ => Err(InvalidEndReason(text.to_owned())),
        }
    }
}

impl Closing {
    /// The id of the event that tells of the closing at this place.
    pub(crate) fn id(sequence: Sequence, places: &Places) -> EventId {
        match places.tell_closing(sequence) {
            Place::After(id) => id,
            // There is a key as soon as there is an entry.
            Place::Earliest => EventId::default(),
        }
    }

    /// The entry at this place, in the form in which it is sent.
    pub(crate) fn encode(&self, sequence: Sequence, places: &Places) -> EncodedUpdate {
        let id = Self::id(sequence, places);
        EncodedUpdate { event: self.event(id.clone()), id, ..self.without_place() }
    }

    /// The entry before it has a place: all that it takes to find its readers.
    pub(crate) fn without_place(&self) -> EncodedUpdate {
        EncodedUpdate {
            topics: self.topic.clone().into(),
            event: Arc::default(),
            id: EventId::default(),
            private: self.private,
            kind: Kind::Closing,
            id_origin: IdOrigin::Hub,
        }
    }

    fn event(&self, id: EventId) -> Arc<[u8]> {
        let told = Told { topic: self.topic.as_str(), reason: self.reason.as_str() };
        // Two strings always serialise, and the type is a constant that parses.
        let (Ok(event), Ok(event_type)) = (Event::json(&told), "end".parse::<EventType>()) else {
            return Arc::default();
        };
        encoder::encoded(&event.with_event_type(event_type).with_id(id)).into()
    }

    /// The same as it is held at this place.
    pub(crate) fn held(&self, sequence: Sequence, accepted: Timestamp) -> ClosedTopic {
        ClosedTopic { sequence, accepted, reason: self.reason, private: self.private }
    }
}
