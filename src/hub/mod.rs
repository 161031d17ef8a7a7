//! Many cursors: the connections of a hub and the engine that sends them updates.
//!
//! Enters: which connection gets which updates, and when. The engine never calls its host: calls go
//! in, effects come out. A connection that is not in the registry does not exist.

pub mod admission;
pub mod audience;
pub mod audiences;
pub mod conflation;
pub mod connection;
pub mod delivery;
pub mod engine;
pub mod heartbeat;
pub mod linger;
pub mod memory;
pub mod newcomers;
pub mod queue;
pub mod registry;
pub mod slow_consumers;
pub mod subscribe_request;
pub mod subscription_readers;

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
