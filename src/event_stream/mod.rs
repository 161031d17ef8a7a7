//! Events and the event stream format: HTML § 9.2 "Server-sent events".
//!
//! Enters: the standard's rules for the bytes of a stream, and nothing of topics or of a hub. Of other
//! rooms it imports only [`limits`](crate::base::limits) and [`timestamp`](crate::base::timestamp).
//! `event_json` alone needs `serde`.
//!
//! Invariants:
//! - A built [`Event`] always encodes, and nothing in it can forge a field:
//!   `events_come_back_as_they_were_sent`, `cr_lf_and_nul_are_refused_with_their_place`.
//! - The decoder reads every stream as the standard does, in any chunks:
//!   `any_bytes_in_any_chunking_give_what_the_standard_gives`.
//! - It fails for one reason alone, an event over its limit:
//!   `an_event_of_just_the_limit_passes_and_one_byte_more_fails_for_good`.
//! - It gives the memory of a large event back: `the_memory_of_a_large_event_is_given_back`.

pub(crate) mod comment;
pub(crate) mod decoder;
pub mod encoder;
pub(crate) mod event;
pub(crate) mod event_id;
#[cfg(feature = "hub")]
mod event_json;
pub(crate) mod event_type;
pub(crate) mod one_line;
pub(crate) mod reconnection_time;

pub use comment::Comment;
pub use decoder::{DecodeError, DecodedEvent, Decoder, InvalidDecodedEvent};
pub use event::Event;
pub use event_id::{EventId, InvalidEventId};
pub use event_type::{EventType, InvalidEventType};
pub use reconnection_time::{InvalidReconnectionTime, ReconnectionTime};
