//! A place in a hub's log, as text that a client gets and sends back.

use std::str::FromStr;

use thiserror::Error;

use crate::{event_stream::event_id::EventId, log::cache_control::CacheControl};

/// The place behind an update. It is the value of the response header that answers a last event ID, and
/// of the `id` that a stream may begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `earliest`: before the oldest update held.
    Earliest,
    /// Behind the update of this id, or a [`PlaceKey`](crate::log::place_key::PlaceKey)'s word for it.
    After(EventId),
}

impl Place {
    /// The place as a client is told it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Earliest => "earliest",
            Self::After(id) => id.as_str(),
        }
    }

    /// Writes an event to the end of `stream` that sets the client's last event ID. Its type is one that
    /// nobody listens for by accident. It has data, since some browsers drop the id of a block without
    /// data.
    pub fn encode(&self, stream: &mut Vec<u8>) {
        // An id holds no line break.
        for part in ["event: place\nid: ", self.as_str(), "\ndata:{}\n\n"] {
            stream.extend_from_slice(part.as_bytes());
        }
    }
}

/// Which clients are told by an event of type `place` where their streams begin.
///
/// ```
/// use millstream::{CacheControl, PlaceEvents};
///
/// assert_eq!("true".parse(), Ok(PlaceEvents::On));
/// assert!(PlaceEvents::Auto.are_for(CacheControl::NoCache));
/// assert!(!PlaceEvents::Auto.are_for(CacheControl::Usual));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlaceEvents {
    /// Clients that send `Cache-Control: no-cache`, as every `EventSource` of a browser does. Some
    /// of the other clients show each event to their application, of whatever type.
    #[default]
    Auto,
    /// Everybody.
    On,
    /// Nobody.
    Off,
}

impl PlaceEvents {
    /// Whether a client that has said this is told.
    #[must_use]
    pub fn are_for(self, said: CacheControl) -> bool {
        match self {
            Self::Auto => said == CacheControl::NoCache,
            Self::On => true,
            Self::Off => false,
        }
    }
}

/// The text is none of `auto`, `true` and `false`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not one of auto, true and false")]
pub struct InvalidPlaceEvents(pub String);

impl FromStr for PlaceEvents {
    type Err = InvalidPlaceEvents;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "true" => Ok(Self::On),
            "false" => Ok(Self::Off),
            _ => Err(InvalidPlaceEvents(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_stream::decoder::Decoder;

    #[test]
    fn its_event_has_data_and_a_type_of_its_own_and_sets_the_last_event_id() {
        let mut stream = Vec::new();
        Place::After(" led by a space".parse().unwrap()).encode(&mut stream);
        assert_eq!(stream, b"event: place\nid:  led by a space\ndata:{}\n\n");
        let mut seen = Vec::new();
        let decoded = Decoder::new().decode(&stream, |event| {
            seen =
                [event.event_type(), event.last_event_id(), event.data()].map(str::to_owned).into();
        });
        decoded.unwrap();
        assert_eq!(seen, ["place", " led by a space", "{}"]);
    }
}
