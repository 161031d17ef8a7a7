//! Time, numbers, text and bounds for every room.
//!
//! Enters: a type or a rule that knows nothing of events, tokens or selectors. It imports no other room.
//!
//! Invariants:
//! - Every bound of the project is a constant of [`limits`], and README shows each that a user can
//!   meet: `the_table_of_limits_in_the_readme_is_that_of_the_code`.
//! - The core is told the time as a [`Timestamp`], and never asks for it.
//! - A URL is cut into parts in [`url_parts`] alone.

#[cfg(feature = "hub")]
pub(crate) mod connection_id;
pub(crate) mod dialect;
pub(crate) mod duration;
pub(crate) mod excerpts;
#[cfg(feature = "hub")]
pub(crate) mod form;
pub(crate) mod heap;
pub(crate) mod http_token;
pub(crate) mod hub_name;
pub(crate) mod json;
pub(crate) mod limits;
pub(crate) mod media_type;
pub(crate) mod rate;
pub(crate) mod sequence;
pub(crate) mod timestamp;
pub(crate) mod url_parts;

#[cfg(feature = "hub")]
pub use connection_id::{ConnectionId, InvalidConnectionId};
pub use dialect::Dialect;
pub use limits::{MAX_QUEUE_BYTES, MAX_QUEUE_EVENTS};
pub use sequence::Sequence;
pub use timestamp::Timestamp;
