//! An event as a decoder dispatches it.

use crate::event_stream::{
    event::Event,
    event_id::{EventId, InvalidEventId},
    event_type::{EventType, InvalidEventType},
    reconnection_time::{InvalidReconnectionTime, ReconnectionTime},
};
use thiserror::Error;

/// An event as the standard dispatches it, with the other fields of its block.
///
/// It borrows from the chunk and the decoder: [`Event::try_from`] makes one that can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodedEvent<'a> {
    pub(super) event_type: &'a str,
    pub(super) data: &'a str,
    pub(super) last_event_id: &'a str,
    pub(super) has_id: bool,
    pub(super) reconnection_time: Option<u64>,
}

impl<'a> DecodedEvent<'a> {
    /// The event type; `message` when the block names none.
    #[must_use]
    pub fn event_type(&self) -> &'a str {
        if self.event_type.is_empty() { "message" } else { self.event_type }
    }

    /// The event type that the block names.
    #[must_use]
    pub fn named_event_type(&self) -> Option<&'a str> {
        (!self.event_type.is_empty()).then_some(self.event_type)
    }

    /// The data, its lines joined with LF.
    #[must_use]
    pub fn data(&self) -> &'a str {
        self.data
    }

    /// The stream's last event ID as of this event: the block's own id or that of one before it.
    #[must_use]
    pub fn last_event_id(&self) -> &'a str {
        self.last_event_id
    }

    /// The id that the block itself sets; empty when it resets the last event ID.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.has_id.then_some(self.last_event_id)
    }

    /// The reconnection time that the block itself sets, in milliseconds. It may be longer than
    /// every [`ReconnectionTime`].
    #[must_use]
    pub fn reconnection_time(&self) -> Option<u64> {
        self.reconnection_time
    }
}

/// The decoded event cannot be sent again as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidDecodedEvent {
    /// The standard lets a client accept NUL in the event type; [`EventType`] does not.
    #[error(transparent)]
    EventType(#[from] InvalidEventType),
    /// The id is not valid. A decoder gives no such event.
    #[error(transparent)]
    Id(#[from] InvalidEventId),
    /// The standard lets a stream set a time that no client's timer holds.
    #[error(transparent)]
    ReconnectionTime(#[from] InvalidReconnectionTime),
}

impl TryFrom<DecodedEvent<'_>> for Event {
    type Error = InvalidDecodedEvent;

    /// The event with the fields of its own block, to be kept or sent on. Comments are not decoded.
    fn try_from(decoded: DecodedEvent<'_>) -> Result<Self, Self::Error> {
        let mut event = Self::new(decoded.data());
        if let Some(event_type) = decoded.named_event_type() {
            event = event.with_event_type(event_type.parse::<EventType>()?);
        }
        if let Some(id) = decoded.id() {
            event = event.with_id(id.parse::<EventId>()?);
        }
        if let Some(time) = decoded.reconnection_time() {
            event = event.with_reconnection_time(ReconnectionTime::try_from(time)?);
        }
        Ok(event)
    }
}
