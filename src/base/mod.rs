//! Time, numbers, text and bounds for every room.
//!
//! Enters: a type or a rule that knows nothing of events, tokens or selectors. It imports no other room.
//! The codec needs [`limits`] and [`timestamp`] alone.
//!
//! Invariants:
//! - Every bound of the project is a constant of [`limits`], and docs/limits.md shows each that a user
//!   can meet: `the_table_of_limits_in_the_documentation_is_that_of_the_code`.
//! - The core is told the time as a [`Timestamp`], and never asks for it.
//! - A URL is cut into parts in [`url_parts`] alone.

pub(crate) mod limits;
pub(crate) mod timestamp;

#[cfg(feature = "hub")]
pub(crate) mod base64;
#[cfg(feature = "hub")]
pub(crate) mod connection_id;
#[cfg(feature = "hub")]
pub(crate) mod dialect;
#[cfg(feature = "hub")]
pub(crate) mod duration;
#[cfg(feature = "hub")]
pub(crate) mod excerpts;
#[cfg(feature = "hub")]
pub(crate) mod figures;
#[cfg(feature = "hub")]
pub(crate) mod form;
#[cfg(feature = "hub")]
pub(crate) mod heap;
#[cfg(feature = "hub")]
pub(crate) mod histogram;
#[cfg(feature = "hub")]
pub(crate) mod http_token;
#[cfg(feature = "hub")]
pub(crate) mod hub_name;
#[cfg(feature = "hub")]
pub(crate) mod json;
#[cfg(feature = "hub")]
pub(crate) mod media_type;
#[cfg(feature = "hub")]
pub(crate) mod rate;
#[cfg(feature = "hub")]
pub(crate) mod sequence;
#[cfg(feature = "hub")]
pub(crate) mod url_parts;

#[cfg(feature = "hub")]
pub use form::NotUtf8;
#[cfg(feature = "hub")]
pub use {
    connection_id::{ConnectionId, InvalidConnectionId},
    dialect::Dialect,
    limits::{MAX_QUEUE_BYTES, MAX_QUEUE_EVENTS},
    sequence::Sequence,
    timestamp::Timestamp,
};
