//! The edge of the hub in HTTP: its paths, media types and refusals.
//!
//! Enters: how the head of a request is read, and the one mapping from errors to HTTP
//! ([`error::Error`]).
//!
//! Invariants:
//! - What passes by itself, or is the hub's own fault, may be tried again, and a wrong request may not:
//!   `what_is_429_or_the_hubs_own_fault_is_temporary_and_a_wrong_request_is_not`.
//! - A status has the header that it demands: `a_status_that_obliges_to_a_header_has_it`.
//! - No path can be read as another by a host: `a_path_that_a_host_could_read_as_another_is_not_found`.

#![cfg(feature = "web")]

pub(crate) mod answer_line;
pub(crate) mod body_kind;
pub(crate) mod drain_within;
pub(crate) mod error;
pub(crate) mod figures;
pub(crate) mod hub_path;
pub(crate) mod operator_call;
pub(crate) mod problem;
pub(crate) mod topic_status;
mod unauthorized;

pub use problem::Problem;
