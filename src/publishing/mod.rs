//! Publications: how a body is parsed, what it may hold, and how an outcome is told again.
//!
//! Enters: rules of a publication before it reaches the log. Text becomes a type here or is refused
//! with its field.

pub mod bodies;
pub mod grant;
pub mod idempotency;
pub mod idempotency_key;
pub(crate) mod json;
pub mod ndjson;
pub mod published;
pub mod request;
pub mod rules;
pub mod stream;
pub mod stream_target;

pub use idempotency_key::IdempotencyKey;
pub use request::{InvalidPublishRequest, PublishRequest};
