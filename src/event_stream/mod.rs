//! Events and the event stream format: HTML § 9.2 "Server-sent events".
//!
//! Enters: what the standard says of a stream's bytes, and nothing of topics or of a hub. A built
//! [`Event`] always encodes, and nothing in it can forge a field. The decoder never fails
//! on a stream, whatever its bytes are.

pub(crate) mod comment;
pub(crate) mod decoder;
pub mod encoder;
pub(crate) mod event;
pub(crate) mod event_id;
pub(crate) mod event_type;
pub(crate) mod reconnection_time;

pub use comment::Comment;
pub use decoder::{DecodeError, DecodedEvent, Decoder, InvalidDecodedEvent};
pub use event::Event;
pub use event_id::{EventId, InvalidEventId};
pub use event_type::{EventType, InvalidEventType};
pub use reconnection_time::{InvalidReconnectionTime, ReconnectionTime};
