//! millstream: a server-sent-events hub that runs at the edge.
//!
//! The core has no JavaScript types, no clock, no randomness and no `async`: time and ids are
//! arguments. [`Hub`] is the engine. The shells are built for `wasm32` only: `web` for any host with
//! Fetch and Streams, and the Worker for Cloudflare.
//!
//! # Layout
//! A folder is a layer and imports from those above it alone: `base`, `event_stream` (codec), `topics`,
//! `tokens`, `log`, `hub`, `publishing`, `presence`, `settings`, `http`, `door`, `web`, `worker`.
//! ARCHITECTURE.md says what each is for. The names below are the whole of what the crate offers.

// The shells use most of the core: only a build of them shows what nobody uses.
#![cfg_attr(
    not(target_arch = "wasm32"),
    allow(dead_code, unused_imports, reason = "the shells are for wasm32")
)]

mod base;
mod door;
mod event_stream;
#[cfg(any(fuzzing, all(test, not(target_arch = "wasm32"))))]
pub mod fuzzing;
mod http;
mod hub;
mod log;
mod presence;
mod publishing;
mod settings;
mod tokens;
mod topics;
#[cfg(target_arch = "wasm32")]
pub mod web;
#[cfg(target_arch = "wasm32")]
mod worker;

pub use base::{
    ConnectionId, Dialect, InvalidConnectionId, MAX_QUEUE_BYTES, MAX_QUEUE_EVENTS, Sequence,
    Timestamp,
};
pub use door::{Bearer, Granted, Holder, InvalidGranted};
pub use event_stream::{
    Comment, DecodeError, DecodedEvent, Decoder, Event, EventId, EventType, InvalidDecodedEvent,
    InvalidEventId, InvalidEventType, InvalidReconnectionTime, ReconnectionTime, encoder,
};
pub use http::{Error, Problem};
pub use hub::{
    Beat, CloseReason, Closed, Connection, Effect, Enqueue, Flush, FlushMark, Heartbeat, Held, Hub,
    InvalidSubscribeRequest, LastEventId, Linger, Memory, PollError, Polled, QueueFull, Recipient,
    Registry, SendError, SlowConsumers, SubscribeError, SubscribeRequest, Subscribed, Subscriber,
    TooManyConnections, UnknownConnection,
};
pub use log::{
    Bounds, CacheControl, EncodedUpdate, Entry, GapEvents, HeldUpdates, History, IdOrigin,
    InvalidUpdateId, Kind, Log, Nonce, Page, Place, PlaceEvents, PlaceKey, Retention, Update,
    UpdateId, UpdateTooLarge,
};
pub use publishing::{IdempotencyKey, InvalidPublishRequest, PublishRequest};
pub use settings::{Config, InvalidConfig, Level};
pub use tokens::{Access, Carrier, Grants, InvalidToken, KeySpace, Selector, SubscribeGrant};
pub use topics::{
    InvalidTopic, InvalidTopics, MatchType, Subscription, Topic, Topics, UrlComponents, UrlParser,
};

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
