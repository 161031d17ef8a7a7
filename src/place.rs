//! A place in a hub's log in the form in which a client is told it and gives it back.

use crate::{
    event_id::EventId,
    subscribe_request::{LastEventId, parse_last_event_id},
};

/// After which update the next one comes: the value of the response header that answers a last
/// event ID, and of the `id` that a stream may begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `earliest`: before the oldest update held.
    Earliest,
    /// Behind the update of this id.
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

    /// The place behind the update of this id, if a client that gives the id back means that one:
    /// an application that publishes past the form may have given it an id that means another.
    #[must_use]
    pub fn after(id: &EventId) -> Option<Self> {
        let asked = parse_last_event_id(id.as_str());
        matches!(asked, Ok(LastEventId::After(_))).then(|| Self::After(id.clone()))
    }

    /// Writes a block to the end of `stream` that sets the client's last event ID and dispatches
    /// nothing: [HTML § 9.2.6](https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage),
    /// steps 1 and 2.
    pub fn encode(&self, stream: &mut Vec<u8>) {
        // An id holds no line break.
        for part in ["id: ", self.as_str(), "\n\n"] {
            stream.extend_from_slice(part.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decoder::Decoder;

    #[test]
    fn its_block_sets_the_last_event_id_and_dispatches_nothing() {
        let mut stream = Vec::new();
        Place::After(" led by a space".parse().unwrap()).encode(&mut stream);
        assert_eq!(stream, b"id:  led by a space\n\n");
        stream.extend_from_slice(b"data: next\n\n");
        let mut ids = Vec::new();
        let mut decoder = Decoder::new();
        decoder.decode(&stream, |event| ids.push(event.last_event_id().to_owned())).unwrap();
        assert_eq!(ids, [" led by a space"]);
    }

    #[test]
    fn an_id_that_would_come_back_as_another_place_is_none() {
        let after = |id: &str| Place::after(&id.parse().unwrap());
        assert_eq!(after("1").unwrap().as_str(), "1");
        for id in ["", "earliest", "a\tb", &"x".repeat(2_000)] {
            assert_eq!(after(id), None, "{id}");
        }
    }
}
