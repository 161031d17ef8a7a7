//! Publications: how a body is parsed, what a dialect and a token allow, and how a repeated request
//! gets its first answer.
//!
//! Enters: a rule of a publication before it reaches the log.
//!
//! Invariants:
//! - Text becomes a type here or is refused, with its field:
//!   `control_characters_are_refused_where_they_would_break_the_stream`.
//! - The chunks of a body do not change its updates: `the_chunking_does_not_count`.
//! - The bodies of a hub stay within their number and their bytes: `the_bounds_hold_whatever_comes`.
//! - A grant ends with its token, also in the middle of a body: `a_grant_ends_with_its_token`.
//! - Within five minutes a key stands for one update: `one_update_for_a_key_within_its_time`.

#![cfg(feature = "hub")]

pub(crate) mod bodies;
pub(crate) mod body_query;
pub(crate) mod close;
pub(crate) mod export_line;
pub(crate) mod grant;
pub(crate) mod idempotency;
pub(crate) mod idempotency_key;
pub(crate) mod invalid_request;
pub(crate) mod json;
pub(crate) mod ndjson;
pub(crate) mod open_bodies;
pub(crate) mod published;
pub(crate) mod request;
pub(crate) mod rules;
pub(crate) mod stop;
pub(crate) mod stream;
pub(crate) mod stream_target;

pub use idempotency::{Fingerprint, Outcome, Outcomes, OutcomesFailed, OwnedKey};
pub use idempotency_key::IdempotencyKey;
pub use idempotency_key::InvalidIdempotencyKey;
pub use invalid_request::InvalidPublishRequest;
pub use open_bodies::{OpenBodies, OpenBodiesFailed, OpenBody};
pub use request::PublishRequest;
