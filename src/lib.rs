//! millstream: a server-sent-events hub that runs at the edge.
//!
//! The core, which is everything at the root, has no JavaScript types, no clock, no randomness and
//! no `async`: time and ids are arguments. [`hub::engine::Hub`] is the engine. The shells are built for
//! `wasm32` only: `web` for any host with Fetch and Streams, `worker` for Cloudflare.
//! ARCHITECTURE.md has the map.

pub mod base;
pub mod door;
pub mod event_stream;
pub mod http;
pub mod hub;
pub mod log;
pub mod presence;
pub mod publishing;
pub mod settings;
pub mod tokens;
pub mod topics;

#[cfg(target_arch = "wasm32")]
pub mod web;
#[cfg(target_arch = "wasm32")]
pub mod worker;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
