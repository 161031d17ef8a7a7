//! What any room may need: time, numbers, text, and every bound.
//!
//! Enters: a type or a rule that knows nothing of events, topics, tokens or HTTP. It imports no other
//! room. Every bound of the project is a constant of [`limits`].

pub mod connection_id;
pub mod dialect;
pub mod duration;
pub mod excerpts;
pub mod form;
pub(crate) mod heap;
pub mod hub_name;
pub(crate) mod json;
pub mod limits;
pub mod media_type;
pub mod rate;
pub mod sequence;
pub mod timestamp;
pub mod url_parts;

pub use connection_id::{ConnectionId, InvalidConnectionId};
pub use dialect::Dialect;
pub use limits::{MAX_QUEUE_BYTES, MAX_QUEUE_EVENTS};
pub use sequence::Sequence;
pub use timestamp::Timestamp;
