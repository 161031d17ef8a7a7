//! The edge of the hub in HTTP: its paths, media types and refusals.
//!
//! Enters: how a request's head is read, and the one mapping from errors to statuses
//! ([`error::Error`]).

pub mod answer_line;
pub mod body_kind;
pub mod drain_request;
pub mod error;
pub mod hub_path;
pub mod problem;

pub use error::Error;
pub use problem::Problem;
