//! The edge of the hub in HTTP: its paths, media types and refusals.
//!
//! Enters: how a request's head is read, and the one mapping from errors to statuses
//! ([`error::Error`]).

#![cfg(feature = "web")]

pub(crate) mod answer_line;
pub(crate) mod body_kind;
pub(crate) mod drain_request;
pub(crate) mod error;
pub(crate) mod hub_path;
pub(crate) mod problem;
mod unauthorized;

pub use error::Error;
pub use problem::Problem;
