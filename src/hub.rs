//! The engine: one log, many cursors. Calls go in, effects for the host come out.
//!
//! A host keeps a stream for each connection. When the stream is pulled it calls
//! [`Hub::poll_data`]; when an update was made durable it calls [`Hub::commit`]; and it carries out
//! the [`Effect`]s that it is given, in their order. The hub never calls the host, so that no
//! stream and no hook of the application can meet it half-changed.

mod beat;
mod deliver;
mod send;
mod subscribe;

use std::{fmt, rc::Rc, sync::Arc, time::Duration};

use crate::{
    connection::{CloseReason, Connection, FlushMark, UnknownConnection},
    connection_id::ConnectionId,
    gap::GapEvents,
    heartbeat::Heartbeat,
    history::History,
    log::Log,
    registry::{Closed, Registry},
    url_parser::UrlParser,
};

pub use beat::Beat;
pub use deliver::{PollError, Polled};
pub use subscribe::{SubscribeError, Subscribed};

/// The state of one hub. `H` is what lies under its log, `T` what the host keeps with a connection:
/// a handle that is cheap to clone.
pub struct Hub<H, T> {
    log: Log<H>,
    registry: Registry<T>,
    heartbeat: Heartbeat,
    gap_events: GapEvents,
    max_age: Option<Duration>,
    urls: Rc<dyn UrlParser>,
}

/// What the host is to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect<T> {
    /// Enqueue the same chunk on several streams, each of which has a read pending.
    Enqueue(Enqueue<T>),
    /// Close the stream of a connection, behind what is on it, and call `connection_closed`.
    Closed(Closed<T>),
}

/// A chunk and whose streams it goes to.
#[derive(Debug, PartialEq, Eq)]
pub struct Enqueue<T> {
    /// Whole events and comments.
    pub chunk: Arc<[u8]>,
    /// Who gets it.
    pub to: Vec<Recipient<T>>,
}

/// A connection that is given a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient<T> {
    /// Its id.
    pub id: ConnectionId,
    /// What the host keeps with it.
    pub state: T,
}

impl<H: History, T: Clone> Hub<H, T> {
    /// A hub over `log` without connections; `urls` resolves topics for URL patterns.
    #[must_use]
    pub fn new(log: Log<H>, heartbeat: Heartbeat, urls: Rc<dyn UrlParser>) -> Self {
        let gap_events = GapEvents::default();
        Self { log, registry: Registry::default(), heartbeat, gap_events, max_age: None, urls }
    }

    /// The same hub, which tells of gaps or does not.
    #[must_use]
    pub fn with_gap_events(self, gap_events: GapEvents) -> Self {
        Self { gap_events, ..self }
    }

    /// The same hub, whose connections end when they are 80 to 100 % of `age` old: their clients come
    /// back and resume.
    #[must_use]
    pub fn with_max_age(self, age: Option<Duration>) -> Self {
        Self { max_age: age, ..self }
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &Log<H> {
        &self.log
    }

    /// The connections.
    #[must_use]
    pub fn registry(&self) -> &Registry<T> {
        &self.registry
    }

    /// The heartbeat.
    #[must_use]
    pub fn heartbeat(&self) -> &Heartbeat {
        &self.heartbeat
    }

    /// Changes the heartbeat, from the next [`Hub::beat`] on.
    pub fn set_heartbeat(&mut self, heartbeat: Heartbeat) {
        self.heartbeat = heartbeat;
    }

    /// The host's stream of this connection has ended, or is to end at once. `None` when the
    /// connection is no longer in the registry.
    pub fn remove(&mut self, id: ConnectionId, reason: CloseReason) -> Option<Closed<T>> {
        self.registry.remove(id, reason)
    }

    /// What the connection is to have taken for all that is queued now to have been flushed.
    ///
    /// # Errors
    /// [`UnknownConnection`].
    pub fn flush_mark(&self, id: ConnectionId) -> Result<FlushMark, UnknownConnection> {
        let connection = self.registry.get(id)?;
        Ok(FlushMark { queued: connection.queued, cursor: self.log.tail() })
    }

    /// Whether the connection's stream has taken everything up to `mark`. One that has ended has.
    #[must_use]
    pub fn is_flushed(&self, id: ConnectionId, mark: FlushMark) -> bool {
        self.registry.get(id).map_or(true, |connection| connection.has_taken(mark))
    }

    fn recipient(connection: &Connection<T>) -> Recipient<T> {
        Recipient { id: connection.id, state: connection.state.clone() }
    }
}

impl<H: fmt::Debug, T: fmt::Debug> fmt::Debug for Hub<H, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Hub")
            .field("log", &self.log)
            .field("registry", &self.registry)
            .field("heartbeat", &self.heartbeat)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod tests;
