//! The engine: one log, many cursors. Calls go in, effects for the host come out.
//!
//! A host keeps a stream for each connection. When the stream is pulled it calls
//! [`Hub::poll_data`]; when an update was made durable it calls [`Hub::commit`]; and it carries out
//! the [`Effect`]s that it is given, in their order. The hub never calls the host, so that no
//! stream and no hook of the application can meet it half-changed.

mod beat;
mod deliver;
mod drain;
mod flush;
mod rest;
mod search;
mod send;
mod slow;
mod subscribe;

use std::{collections::VecDeque, fmt, rc::Rc, sync::Arc, time::Duration};

use crate::{
    base::{connection_id::ConnectionId, sequence::Sequence},
    hub::{
        audiences::ConnectionKey,
        connection::{CloseReason, Connection, FlushMark, Phase, UnknownConnection, Waiting},
        heartbeat::Heartbeat,
        linger::Linger,
        memory::Memory,
        registry::{Closed, Registry},
        slow_consumers::SlowConsumers,
    },
    log::{
        gap::GapEvents,
        history::History,
        log::Log,
        place::{Place, PlaceEvents},
        place_key::{Nonce, PlaceKey, Places},
    },
    topics::url_parser::UrlParser,
};

pub use beat::Beat;
pub use deliver::{PollError, Polled};
pub use flush::Flush;
pub use subscribe::{SubscribeError, Subscribed, Subscriber};

/// The state of one hub. `H` is what lies under its log, `T` what the host keeps with a connection:
/// a handle that is cheap to clone.
pub struct Hub<H, T> {
    log: Log<H>,
    registry: Registry<T>,
    heartbeat: Heartbeat,
    gap_events: GapEvents,
    place_events: PlaceEvents,
    places: Places,
    slow_consumers: SlowConsumers,
    max_age: Option<Duration>,
    memory: Memory,
    /// Bytes that the host keeps with a connection.
    weigh: fn(&T) -> usize,
    /// The client address of a connection, if the host knows it.
    locate: fn(&T) -> Option<Arc<str>>,
    /// Until when no connection is taken.
    draining: drain::Draining,
    urls: Rc<dyn UrlParser>,
    /// Those who wait have been given what is for them up to here.
    flushed: Sequence,
    lingering: flush::Lingering,
    /// What a flush has not come to yet.
    due: VecDeque<flush::Due>,
    /// Connections that wait further on than the last flush, some of which no longer do.
    ahead: Vec<ConnectionKey>,
    /// The tail when slow connections were looked for last.
    swept: Sequence,
    /// Updates that were left out for slow connections.
    conflated: u64,
}

/// What the host is to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect<T> {
    /// Enqueue the same chunk on several streams, each of which has a read pending or rests
    /// ([`Hub::rest`]).
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
    /// The update behind which it begins, if it is a part of the log: a connection whose stream has
    /// no room need not be given it then, if the hub is told ([`Hub::fell_behind`]).
    pub from: Option<Sequence>,
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
        Self {
            flushed: log.tail(),
            registry: Registry::default(),
            heartbeat,
            gap_events: GapEvents::default(),
            place_events: PlaceEvents::default(),
            places: Places::default(),
            slow_consumers: SlowConsumers::default(),
            swept: log.tail(),
            conflated: 0,
            max_age: None,
            memory: Memory::default(),
            weigh: |_| 0,
            locate: |_| None,
            draining: drain::Draining::default(),
            urls,
            lingering: flush::Lingering::new(Linger::none()),
            due: VecDeque::new(),
            ahead: Vec::new(),
            log,
        }
    }

    /// The same hub, which lets what is durable wait for more at the most so long, so that it goes
    /// out together. Without this every commit goes out at once.
    #[must_use]
    pub fn with_linger(mut self, linger: Linger) -> Self {
        self.lingering.linger = linger;
        self
    }

    /// The same hub, which tells of gaps or does not.
    #[must_use]
    pub fn with_gap_events(self, gap_events: GapEvents) -> Self {
        Self { gap_events, ..self }
    }

    /// The same hub, which tells these clients by an event where their streams begin.
    #[must_use]
    pub fn with_place_events(self, place_events: PlaceEvents) -> Self {
        Self { place_events, ..self }
    }

    /// The same hub, which treats readers that do not keep up in this way.
    #[must_use]
    pub fn with_slow_consumers(self, slow_consumers: SlowConsumers) -> Self {
        Self { slow_consumers, ..self }
    }

    /// The same hub, which takes no more memory than this.
    #[must_use]
    pub fn with_memory(self, memory: Memory) -> Self {
        Self { memory, ..self }
    }

    /// The same hub, which counts for each connection the bytes that the host keeps with it.
    #[must_use]
    pub fn with_weight(self, weigh: fn(&T) -> usize) -> Self {
        Self { weigh, ..self }
    }

    /// The same hub, which is told by this where a client is: what one address asks for does not fill
    /// the bounds of the hub.
    #[must_use]
    pub fn with_addresses(self, locate: fn(&T) -> Option<Arc<str>>) -> Self {
        Self { locate, ..self }
    }

    /// The same hub, whose connections end when they are 80 to 100 % of `age` old: their clients come
    /// back and resume.
    #[must_use]
    pub fn with_max_age(self, age: Option<Duration>) -> Self {
        Self { max_age: age, ..self }
    }

    /// The same hub, which tells places with this key, if it is one that has kept an update.
    #[must_use]
    pub fn with_place_key(self, key: Option<PlaceKey>) -> Self {
        Self { places: Places { key }, ..self }
    }

    /// Whether the hub has the key of its places. It is to have one before the first
    /// [`Hub::append`]; until then every place is `earliest`.
    #[must_use]
    pub fn has_place_key(&self) -> bool {
        self.places.key.is_some()
    }

    /// Tells places with this key from now on.
    pub fn set_place_key(&mut self, key: PlaceKey) {
        self.places.key = Some(key);
    }

    /// The place behind this update, in the words of this nonce.
    #[must_use]
    pub fn place(&self, behind: Sequence, nonce: Nonce) -> Place {
        self.places.tell(behind, nonce)
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &Log<H> {
        &self.log
    }

    /// How many updates were left out for slow connections that are given the newest alone.
    #[must_use]
    pub fn conflated(&self) -> u64 {
        self.conflated
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

    /// How many connections have ended that the host's runtime still holds: each is charged to the
    /// memory as one.
    pub fn set_leaving(&mut self, leaving: usize) {
        self.registry.leaving = leaving;
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
        self.registry.get(id).map_or(true, |connection| connection.has_taken(mark, self.flushed))
    }

    /// Takes a connection from those who wait, with its cursor where it has read to; says whether it
    /// was one of them.
    fn rouse(&mut self, key: ConnectionKey) -> bool {
        let waited = self.registry.unwait(key);
        if let (Some(Waiting::Flushed(_)), Some(connection)) = (waited, self.registry.at(key)) {
            connection.cursor = self.flushed;
        }
        waited.is_some()
    }

    /// Notes that a connection has read everything and has a read pending.
    fn wait(&mut self, key: ConnectionKey) {
        let Some(connection) = self.registry.at(key) else { return };
        if connection.phase != Phase::Live {
            return;
        }
        if connection.cursor == self.flushed {
            self.registry.wait(key);
        } else if connection.waiting.is_none() {
            connection.waiting = Some(Waiting::Ahead);
            self.ahead.push(key);
        }
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
