//! The engine: one log, many cursors. Calls go in, effects for the host come out.
//!
//! A host keeps a stream for each connection. When the stream is pulled it calls
//! [`Hub::poll_data`]; when an update was made durable it calls [`Hub::commit`]; and it carries out
//! the [`Effect`](crate::Effect)s that it is given, in their order. The hub never calls the host, so that no
//! stream and no hook of the application can meet it half-changed.

pub(crate) mod beat;
pub(crate) mod deliver;
pub(crate) mod drain;
pub(crate) mod flush;
pub(crate) mod rest;
pub(crate) mod search;
pub(crate) mod send;
pub(crate) mod slow;
pub(crate) mod subscribe;

use std::{fmt, rc::Rc, sync::Arc, time::Duration};

use crate::{
    base::{connection_id::ConnectionId, sequence::Sequence},
    hub::{
        audiences::ConnectionKey,
        close_reason::CloseReason,
        connection::UnknownConnection,
        draining::Draining,
        flushes::Flushes,
        heartbeat::Heartbeat,
        linger::Linger,
        memory::Memory,
        progress::FlushMark,
        registry::{Closed, Registry},
        slow_consumers::SlowConsumers,
        slow_readers::SlowReaders,
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

/// The state of one hub. `H` is what lies under its log, `T` what the host keeps with a connection:
/// a handle that is cheap to clone.
pub struct Hub<H, T> {
    log: Log<H>,
    registry: Registry<T>,
    heartbeat: Heartbeat,
    gap_events: GapEvents,
    place_events: PlaceEvents,
    places: Places,
    max_age: Option<Duration>,
    memory: Memory,
    /// Bytes that the host keeps with a connection.
    weigh: fn(&T) -> usize,
    /// The client address of a connection, if the host knows it.
    locate: fn(&T) -> Option<Arc<str>>,
    draining: Draining,
    urls: Rc<dyn UrlParser>,
    flushes: Flushes,
    slow_readers: SlowReaders,
}

impl<H: History, T: Clone> Hub<H, T> {
    /// A hub over `log` without connections; `urls` resolves topics for URL patterns.
    #[must_use]
    pub fn new(log: Log<H>, heartbeat: Heartbeat, urls: Rc<dyn UrlParser>) -> Self {
        let tail = log.tail();
        Self {
            log,
            registry: Registry::default(),
            heartbeat,
            gap_events: GapEvents::default(),
            place_events: PlaceEvents::default(),
            places: Places::default(),
            max_age: None,
            memory: Memory::default(),
            weigh: |_| 0,
            locate: |_| None,
            draining: Draining::default(),
            urls,
            flushes: Flushes::new(tail),
            slow_readers: SlowReaders::new(SlowConsumers::default(), tail),
        }
    }

    /// The same hub, which lets what is durable wait for more at the most so long, so that it goes
    /// out together. Without this every commit goes out at once.
    #[must_use]
    pub fn with_linger(mut self, linger: Linger) -> Self {
        self.flushes.set_linger(linger);
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
        let slow_readers = SlowReaders::new(slow_consumers, self.log.tail());
        Self { slow_readers, ..self }
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
        self.slow_readers.conflated()
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
        self.registry.set_leaving(leaving);
    }

    /// The mark that counts as flushed for everything that is queued or committed now.
    ///
    /// # Errors
    /// [`UnknownConnection`].
    pub fn flush_mark(&self, id: ConnectionId) -> Result<FlushMark, UnknownConnection> {
        Ok(self.registry.get(id)?.progress().mark(self.log.tail()))
    }

    /// Whether the connection's stream has taken everything up to `mark`. One that has ended has.
    #[must_use]
    pub fn is_flushed(&self, id: ConnectionId, mark: FlushMark) -> bool {
        let flushed = self.flushes.flushed();
        self.registry
            .get(id)
            .map_or(true, |connection| connection.progress().has_taken(mark, flushed))
    }

    /// Takes a connection from the waiting ones; returns whether it was one of them.
    fn rouse(&mut self, key: ConnectionKey) -> bool {
        self.flushes.rouse(&mut self.registry, key)
    }

    /// Lets a connection wait, which has read everything and has a read pending.
    fn wait(&mut self, key: ConnectionKey) {
        self.flushes.wait(&mut self.registry, key);
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
