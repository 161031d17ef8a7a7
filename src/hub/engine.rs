//! The engine: one log, many cursors. Calls go in, effects for the host come out.
//!
//! A host keeps a stream for each connection. When the stream is pulled it calls
//! [`Hub::poll_data`](hub::Hub::poll_data); when an update was made durable it calls [`Hub::commit`](hub::Hub::commit); and it carries out
//! the [`Effect`](crate::Effect)s that it is given, in their order. The hub never calls the host, so that no
//! stream and no hook of the application can meet it half-changed.
//!
//! The fields of [`Hub`] are seen by one file. The others are groups of calls on it, made of its methods.

pub(crate) mod beat;
pub(crate) mod closings;
pub(crate) mod deliver;
pub(crate) mod disconnect;
pub(crate) mod drain;
mod figures;
pub(crate) mod flush;
pub(crate) mod hub;
mod places;
mod read;
pub(crate) mod rest;
pub(crate) mod restore;
pub(crate) mod search;
pub(crate) mod send;
pub(crate) mod slow;
mod start;
pub(crate) mod subscribe;
mod terms;

pub use hub::Hub;

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod tests;
