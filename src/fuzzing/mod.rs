//! The fuzz targets: claims about any input, for libFuzzer to refute (`make fuzz`).
//!
//! They stand here because they look at types that the crate does not offer. `cargo fuzz` sets
//! `cfg(fuzzing)`; a test runs each of them over its committed corpus.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_collect,
    clippy::missing_panics_doc,
    reason = "a claim that does not hold is a panic"
)]

mod decoder;
mod der;
mod form;
mod granted;
mod inputs;
mod json_body;
mod jwk;
mod keys;
mod last_event_id;
mod link;
mod pem;
mod publish_stream;
mod selectors;
mod subscription;
#[cfg(test)]
mod tests;
mod token;

pub use decoder::decoder;
pub use der::der;
pub use form::form;
pub use granted::granted;
pub use json_body::json_body;
pub use jwk::jwk;
pub use keys::keys;
pub use last_event_id::last_event_id;
pub use link::link;
pub use pem::pem;
pub use publish_stream::publish_stream;
pub use selectors::selectors;
pub use subscription::subscription;
pub use token::token;
