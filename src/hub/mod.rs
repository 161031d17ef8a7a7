//! Many cursors: the connections of a hub and the engine that sends them updates.
//!
//! Enters: which connection gets which updates, and when. The engine never calls its host: calls go
//! in, effects come out. A connection that is not in the registry does not exist.

#![cfg(feature = "hub")]

pub(crate) mod admission;
pub(crate) mod audience;
pub(crate) mod audiences;
pub(crate) mod conflation;
pub(crate) mod connection;
pub(crate) mod delivery;
pub(crate) mod engine;
pub(crate) mod heartbeat;
pub(crate) mod linger;
pub(crate) mod memory;
pub(crate) mod newcomers;
pub(crate) mod queue;
pub(crate) mod registry;
pub(crate) mod slow_consumers;
pub(crate) mod subscribe_request;
pub(crate) mod subscription_readers;

pub use admission::TooManyConnections;
pub use connection::{CloseReason, Connection, FlushMark, SendError, UnknownConnection};
pub use engine::{
    Beat, Effect, Enqueue, Flush, Hub, PollError, Polled, Recipient, SubscribeError, Subscribed,
    Subscriber,
};
pub use heartbeat::Heartbeat;
pub use linger::Linger;
pub use memory::{Held, Memory};
pub use queue::QueueFull;
pub use registry::{Closed, Registry};
pub use slow_consumers::SlowConsumers;
pub use subscribe_request::{InvalidSubscribeRequest, LastEventId, SubscribeRequest};
