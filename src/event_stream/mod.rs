//! Events and the event stream format: HTML § 9.2 "Server-sent events".
//!
//! Enters: what the standard says of a stream's bytes, and nothing of topics or of a hub. A built
//! [`Event`] always encodes, and nothing in it can forge a field. The decoder never fails
//! on a stream, whatever its bytes are.

pub mod comment;
pub mod decoder;
pub mod encoder;
pub mod event;
pub mod event_id;
pub mod event_type;
pub mod reconnection_time;

pub use comment::Comment;
pub use decoder::{DecodeError, DecodedEvent, Decoder, InvalidDecodedEvent};
pub use event::Event;
pub use event_id::{EventId, InvalidEventId};
pub use event_type::{EventType, InvalidEventType};
pub use reconnection_time::{InvalidReconnectionTime, ReconnectionTime};
