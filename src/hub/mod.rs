//! The connections of a hub, and the engine that sends them updates: one log, many cursors.
//!
//! Enters: a rule that decides which connection gets an update, or when. Invariants:
//! - Each connection is given every update for it, once and in order, or is told of the gap
//!   (`each_connection_is_given_exactly_what_the_model_says`).
//! - The engine never calls its host: calls go in, effects come out.
//! - Only `engine/hub.rs` sees the fields of `Hub`. Only `progress.rs` sees the state of a connection in
//!   delivery; it has a table of the transitions.
//! - A connection exists as long as it is in the registry. It leaves the registry once
//!   (`a_connection_ends_once_whatever_ends_it_first_and_next`).

#![cfg(feature = "hub")]

pub(crate) mod admission;
pub(crate) mod asked;
pub(crate) mod audience;
pub(crate) mod audiences;
pub(crate) mod close_reason;
pub(crate) mod conflation;
pub(crate) mod connection;
pub(crate) mod delivery;
pub(crate) mod draining;
pub(crate) mod due_chunk;
pub(crate) mod effect;
pub(crate) mod engine;
pub(crate) mod few;
pub(crate) mod fields;
pub(crate) mod finite_read;
pub(crate) mod flush_counts;
pub(crate) mod flushes;
pub(crate) mod heartbeat;
pub(crate) mod hub_events;
pub(crate) mod invalid_subscribe_request;
pub(crate) mod json_update;
pub(crate) mod last_event_id;
pub(crate) mod linger;
pub(crate) mod memory;
pub(crate) mod newcomers;
pub(crate) mod not_granted;
pub(crate) mod pace;
pub(crate) mod page;
pub(crate) mod pending;
pub(crate) mod progress;
pub(crate) mod queue;
pub(crate) mod reading;
pub(crate) mod registry;
pub(crate) mod resumes;
pub(crate) mod shown_topics;
pub(crate) mod slow_consumers;
pub(crate) mod slow_readers;
pub(crate) mod state;
pub(crate) mod subscribe_parts;
pub(crate) mod subscribe_request;
pub(crate) mod subscriber;
pub(crate) mod subscription_readers;
pub(crate) mod telling;
pub(crate) mod terms;
pub(crate) mod traffic;
pub(crate) mod whom;

pub use admission::TooManyConnections;
pub use audiences::NoPlace;
pub use close_reason::CloseReason;
pub use connection::{Connection, SendError, UnknownConnection};
pub use effect::{Effect, Enqueue, Recipient};
pub use engine::{
    Hub,
    beat::Beat,
    closings::Left,
    deliver::{PollError, Polled},
    flush::Flush,
    subscribe::{SubscribeError, Subscribed},
};
pub use fields::{Fields, InvalidFields};
pub use finite_read::{FiniteRead, InvalidFiniteRead, ReadForm};
pub use heartbeat::Heartbeat;
pub use hub_events::{HubEvents, InvalidHubEvents};
pub use invalid_subscribe_request::InvalidSubscribeRequest;
pub use last_event_id::{InvalidLastEventId, LastEventId};
pub use linger::Linger;
pub use memory::{Held, Memory};
pub use not_granted::NotGranted;
pub use progress::FlushMark;
pub use queue::QueueFull;
pub use registry::{Closed, Registry};
pub use resumes::{Keeper, Resumes};
pub use slow_consumers::InvalidSlowConsumers;
pub use slow_consumers::SlowConsumers;
pub use subscribe_parts::SubscribeParts;
pub use subscribe_request::SubscribeRequest;
pub use subscriber::Subscriber;
pub use whom::{InvalidWhom, Whom};
