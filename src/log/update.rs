//! An update: as a publisher sends it, and as the log keeps it.

use std::sync::Arc;

use thiserror::Error;

use crate::{
    base::limits::MAX_STORED_BYTES,
    event_stream::{encoder, event::Event, event_id::EventId},
    log::{
        kind::Kind,
        update_id::{IdOrigin, UpdateId},
    },
    topics::topics::Topics,
};

/// An event that is published to topics: draft-dunglas-mercure-07 § 4.
///
/// ```
/// use millstream::{Event, Topic, Update};
///
/// let topic: Topic = "books/1".parse()?;
/// let update = Update::new(topic.into(), "urn:example:1".parse()?, Event::new("sold out"));
/// assert!(!update.is_private());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    topics: Topics,
    id: EventId,
    event: Event,
    private: bool,
    kind: Kind,
    id_origin: IdOrigin,
}

/// An update in the form in which it is kept and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedUpdate {
    /// Its topics.
    pub topics: Topics,
    /// The id it is resumed by.
    pub id: EventId,
    /// Whether a grant is needed to see it.
    pub private: bool,
    /// Its kind, which decides how long it is kept.
    pub kind: Kind,
    /// The maker of the id, which decides who may resume by it.
    pub id_origin: IdOrigin,
    /// The event as bytes of an event stream, with its closing blank line.
    pub event: Arc<[u8]>,
}

/// Encoded, with its topics and its id, the update is larger than [`MAX_STORED_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the update takes {bytes} bytes as an event stream, the limit is {MAX_STORED_BYTES}")]
#[non_exhaustive]
pub struct UpdateTooLarge {
    /// How large it is.
    pub bytes: usize,
}

impl Update {
    /// A public update of `topics`. The event is sent under `id`, whatever id it had, and with the
    /// reconnection time that is [told](crate::event_stream::reconnection_time::ReconnectionTime::told).
    #[must_use]
    pub fn new(topics: Topics, id: UpdateId, event: Event) -> Self {
        let id = EventId::from(id);
        let (private, kind, id_origin) = (false, Kind::Publication, IdOrigin::Publisher);
        Self { topics, event: event.published(id.clone()), id, private, kind, id_origin }
    }

    /// The same, shown only to clients with a grant for one of its topics.
    #[must_use]
    pub fn into_private(self) -> Self {
        Self { private: true, ..self }
    }

    /// The same under an id that the hub has made at random.
    #[must_use]
    pub fn with_id_of_hub(self) -> Self {
        Self { id_origin: IdOrigin::Hub, ..self }
    }

    /// The same, as an update of the hub itself about a subscription.
    #[must_use]
    pub fn about_subscription(self) -> Self {
        Self { kind: Kind::Subscription, ..self.with_id_of_hub() }
    }

    /// Its topics.
    #[must_use]
    pub fn topics(&self) -> &Topics {
        &self.topics
    }

    /// The id it is sent and resumed by.
    #[must_use]
    pub fn id(&self) -> &EventId {
        &self.id
    }

    /// The data of its event.
    #[must_use]
    pub fn data(&self) -> Option<&str> {
        self.event.data()
    }

    /// Whether a grant is needed to see it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.private
    }

    /// The form in which the log keeps it. The event is encoded this once.
    ///
    /// # Errors
    /// [`UpdateTooLarge`] over [`MAX_STORED_BYTES`].
    pub fn encode(&self) -> Result<EncodedUpdate, UpdateTooLarge> {
        let encoded = EncodedUpdate {
            topics: self.topics.clone(),
            id: self.id.clone(),
            private: self.private,
            kind: self.kind,
            id_origin: self.id_origin,
            event: encoder::encoded(&self.event).into(),
        };
        match encoded.stored_bytes() {
            0..=MAX_STORED_BYTES => Ok(encoded),
            bytes => Err(UpdateTooLarge { bytes }),
        }
    }
}

impl EncodedUpdate {
    /// Bytes that it takes in memory, about: text apart from its topics, each of which is an
    /// allocation of its own.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        const OWN: usize = 128;
        const EACH_TOPIC: usize = 48;
        self.stored_bytes() + OWN + EACH_TOPIC * self.topics.as_slice().len()
    }

    /// Bytes that it takes in the log: what retention by bytes counts.
    #[must_use]
    pub fn stored_bytes(&self) -> usize {
        self.event.len() + self.id.as_str().len() + self.topics.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event_stream::reconnection_time::ReconnectionTime, topics::topic::Topic};

    fn update(data: &str) -> Update {
        let topic: Topic = "a".parse().unwrap();
        Update::new(topic.into(), "1".parse().unwrap(), Event::new(data))
    }

    #[test]
    fn it_is_encoded_under_its_id() {
        assert_eq!(&*update("x").encode().unwrap().event, b"id: 1\ndata: x\n\n");
    }

    #[test]
    fn a_reconnection_time_is_never_shorter_than_half_a_second_and_0_is_none() {
        for (millis, told) in [(0, ""), (1, "retry: 500\n"), (9_000, "retry: 9000\n")] {
            let event =
                Event::new("x").with_reconnection_time(ReconnectionTime::from_millis(millis));
            let topic: Topic = "a".parse().unwrap();
            let update = Update::new(topic.into(), "1".parse().unwrap(), event);
            let expected = format!("{told}id: 1\ndata: x\n\n");
            assert_eq!(&*update.encode().unwrap().event, expected.as_bytes());
        }
    }

    #[test]
    fn line_breaks_that_swell_it_beyond_a_row_are_refused() {
        let bytes = b"id: 1\n".len() + 300_001 * b"data: \n".len() + b"\n".len() + b"1a\n".len();
        assert_eq!(update(&"\n".repeat(300_000)).encode(), Err(UpdateTooLarge { bytes }));
    }
}
