//! The hub's state: its owners, and the steps that the calls of the engine are made of.

use std::{fmt, mem, rc::Rc, sync::Arc};

use super::start::Beginning;
use crate::{
    base::{connection_id::ConnectionId, sequence::Sequence, timestamp::Timestamp},
    hub::{
        audience::Selection,
        audiences::{AudienceKey, ConnectionKey},
        close_reason::{CloseReason, Closing},
        connection::{Connection, Newcomer, SendError},
        draining::Draining,
        flushes::{Due, Flushes},
        heartbeat::Heartbeat,
        linger::Linger,
        registry::{Closed, Registry, Unregistered, due::Revealed},
        slow_consumers::SlowConsumers,
        slow_readers::SlowReaders,
        telling::Telling,
        terms::Terms,
        traffic::Traffic,
    },
    log::{
        closing,
        gap::GapEvents,
        history::History,
        kind::Kind,
        log::{AppendError, Log},
        place::PlaceEvents,
        place_key::{PlaceKey, Places},
        update::EncodedUpdate,
    },
    topics::{topic::Topic, url_parser::UrlParser},
};

/// The state of one hub. `H` is what lies under its log, `T` what the host keeps with a connection:
/// a handle that is cheap to clone.
pub struct Hub<H, T> {
    log: Log<H>,
    registry: Registry<T>,
    heartbeat: Heartbeat,
    telling: Telling,
    terms: Terms<T>,
    draining: Draining,
    urls: Rc<dyn UrlParser>,
    flushes: Flushes,
    slow_readers: SlowReaders,
    traffic: Traffic,
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
            telling: Telling::default(),
            terms: Terms::default(),
            draining: Draining::default(),
            urls,
            flushes: Flushes::default(),
            slow_readers: SlowReaders::new(SlowConsumers::default(), tail),
            traffic: Traffic::default(),
        }
    }

    /// The same hub, which lets durable updates wait for more, so that they go out together. Without
    /// this every commit goes out at once.
    #[must_use]
    pub fn with_linger(mut self, linger: Linger) -> Self {
        self.flushes.set_linger(linger);
        self
    }

    /// The same hub, which tells of gaps or does not.
    #[must_use]
    pub fn with_gap_events(mut self, gap_events: GapEvents) -> Self {
        self.telling.set_gap_events(gap_events);
        self
    }

    /// The same hub, which tells these clients by an event where their streams begin.
    #[must_use]
    pub fn with_place_events(mut self, place_events: PlaceEvents) -> Self {
        self.telling.set_place_events(place_events);
        self
    }

    /// The same hub, which treats readers that do not keep up in this way.
    #[must_use]
    pub fn with_slow_consumers(self, slow_consumers: SlowConsumers) -> Self {
        let slow_readers = SlowReaders::new(slow_consumers, self.log.tail());
        Self { slow_readers, ..self }
    }

    /// The same hub, which tells places with this key, if it is one that has kept an update.
    #[must_use]
    pub fn with_place_key(mut self, key: Option<PlaceKey>) -> Self {
        self.telling.set_key(key);
        self
    }

    /// Tells places with this key from now on.
    pub fn set_place_key(&mut self, key: PlaceKey) {
        self.telling.set_key(Some(key));
    }

    /// Gives up the updates in memory and its connections, when the life of its host is over.
    pub fn empty(&mut self) -> Registry<T> {
        self.log.empty();
        mem::take(&mut self.registry)
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

    /// The host's stream of this connection has ended, or ends now. `None` when the
    /// connection is no longer in the registry.
    pub fn remove(&mut self, id: ConnectionId, reason: CloseReason) -> Option<Closed<T>> {
        self.registry.remove(id, reason)
    }

    /// Takes a connection out whose link is replaced by another one: it has not ended, and
    /// [subscribes](Hub::subscribe) again with the same id. Gives the state that the host kept with it.
    pub fn replace(&mut self, id: ConnectionId) -> Option<T> {
        self.registry.take_out(id)
    }

    /// How many connections have ended that the host's runtime still holds: each is charged to the
    /// memory as one.
    pub fn set_leaving(&mut self, leaving: usize) {
        self.registry.set_leaving(leaving);
    }

    /// Adds an update that was accepted `now` to the log. It is seen by nobody until it is
    /// [committed](Hub::commit).
    ///
    /// # Errors
    /// [`AppendError`]; nothing has changed then.
    pub fn append(
        &mut self,
        update: EncodedUpdate,
        now: Timestamp,
    ) -> Result<Sequence, AppendError<H::Error>> {
        self.log.append(update, now)
    }

    /// How many connections an update is for now: those that wait are given it when it is
    /// committed, and those that are behind read it when they come to it. Whether a client is still
    /// there to take it is not known.
    #[must_use]
    pub fn reach(&self, update: &EncodedUpdate) -> usize {
        self.registry.reach(update, &*self.urls)
    }

    /// Removes some of what is no longer to be kept, in memory and in the history; says whether
    /// there is more of it. To be called after each commit, since nothing else bounds the log.
    ///
    /// # Errors
    /// The history's own.
    pub fn prune(&mut self, now: Timestamp) -> Result<bool, H::Error> {
        let bytes = self.terms.memory().left_beside(self.registry.held()) as u64;
        self.log.prune(self.flushes.oldest().unwrap_or(self.log.tail()), bytes, now)
    }

    /// The flushes, to look at.
    pub(super) fn flushes(&self) -> &Flushes {
        &self.flushes
    }

    /// The connection with this key.
    pub(super) fn at(&mut self, key: ConnectionKey) -> Option<&mut Connection<T>> {
        self.registry.at(key)
    }

    /// Registers a connection, if its terms allow.
    pub(super) fn register(
        &mut self,
        selection: &Selection,
        newcomer: Newcomer<T>,
    ) -> Result<(), Unregistered> {
        self.registry.register(selection, newcomer, self.terms.memory())
    }

    /// The terms on which connections are taken.
    pub(super) fn terms(&self) -> &Terms<T> {
        &self.terms
    }

    /// The terms, to change them.
    pub(super) fn terms_mut(&mut self) -> &mut Terms<T> {
        &mut self.terms
    }

    /// The parts that decide where a stream begins.
    pub(super) fn beginning(&self) -> Beginning<'_, H> {
        Beginning { log: &self.log, telling: &self.telling, urls: &*self.urls }
    }

    /// The drain, if there was one.
    pub(super) fn draining(&self) -> Draining {
        self.draining
    }

    /// Appends the entry of a closing.
    pub(super) fn write_closing(
        &mut self,
        closing: &closing::Closing,
        now: Timestamp,
    ) -> Result<Sequence, AppendError<H::Error>> {
        self.log.close(closing, self.telling.places(), now)
    }

    /// The log, to change it, and the words for its places.
    pub(super) fn log_and_places(&mut self) -> (&mut Log<H>, &Places) {
        (&mut self.log, self.telling.places())
    }

    /// Begins a drain.
    pub(super) fn set_draining(&mut self, draining: Draining) {
        self.draining = draining;
    }

    /// Lets a live connection wait, which has read everything and has a read pending.
    pub(super) fn wait(&mut self, key: ConnectionKey) {
        self.registry.wait_at(key, self.log.tail());
    }

    /// Ends the waiting of a connection; returns whether it waited.
    pub(super) fn rouse(&mut self, key: ConnectionKey) -> bool {
        self.registry.rouse(key, self.log.tail()).is_some()
    }

    /// Puts an event into the queue of a connection, if the memory has room for it.
    pub(super) fn push(&mut self, key: ConnectionKey, event: Arc<[u8]>) -> Result<(), SendError> {
        self.registry.push_within(self.terms.memory(), key, event)
    }

    /// The same without a look at the memory, for the last words of a connection.
    pub(super) fn push_anyway(
        &mut self,
        key: ConnectionKey,
        event: Arc<[u8]>,
    ) -> Result<(), SendError> {
        self.registry.push(key, event)
    }

    /// Takes the beginning of the next chunk of a connection, and its queue if it is live.
    pub(super) fn take_begun(&mut self, key: ConnectionKey) -> Vec<u8> {
        self.registry.take_begun(key)
    }

    /// Takes the queue of a connection.
    pub(super) fn take_queue(&mut self, key: ConnectionKey) -> Vec<u8> {
        let mut chunk = Vec::new();
        self.registry.take_queue(key, &mut chunk);
        chunk
    }

    /// Keeps the beginning of the next chunk of a connection while others have their turn. A chunk
    /// that ended with the turn would tell how many updates there are that the reader may not see.
    ///
    /// # Errors
    /// The chunk itself, when it is full or the memory is.
    pub(super) fn keep_begun(&mut self, key: ConnectionKey, chunk: Vec<u8>) -> Result<(), Vec<u8>> {
        self.registry.keep_begun(self.terms.memory(), key, chunk)
    }

    /// Lets everybody read up to and with `until`. Connections for which there is something are due for a
    /// flush then. Gives the topics that are closed by that.
    pub(super) fn reveal(&mut self, until: Sequence) -> Vec<Topic> {
        let mut closed = Vec::new();
        let from = self.log.tail();
        for entry in self.log.commit(until) {
            let update = &entry.update;
            self.traffic.revealed(update.kind);
            if update.kind == Kind::Closing {
                closed.extend(update.topics.canonical().cloned());
            }
            self.flushes.reveal(Revealed { entry, from }, &mut self.registry, &*self.urls);
        }
        if self.log.tail() > from && self.log.has_removed_behind(from) {
            // Each is told by its own reading what it misses.
            let audiences = self.registry.audience_keys();
            self.flushes.let_read(&audiences, from, &mut self.registry);
        }
        closed
    }

    /// Closes the connections of these audiences behind an entry. The next flush comes
    /// to those of them that wait and are not told of it.
    pub(super) fn close_audiences(&mut self, ended: &[AudienceKey], at: Closing) {
        self.registry.close_audiences(ended, at);
        self.flushes.let_read(ended, self.log.tail(), &mut self.registry);
    }

    /// The streams have done what the last turn of a flush has given them to do.
    pub(super) fn settle(&mut self, now: Timestamp) {
        self.flushes.settle(now);
    }

    /// Begins a turn of a flush, if one is due; returns whether it is.
    pub(super) fn begin_turn(&mut self, now: Timestamp) -> bool {
        self.flushes.begin_turn(now)
    }

    /// The next connections of a turn that may come to this many.
    pub(super) fn next_due(&mut self, most: usize) -> Option<Due> {
        self.flushes.next(most, &self.log, &mut self.registry)
    }

    /// A turn of a flush is over, which has `given` this number of connections a chunk.
    pub(super) fn end_turn(&mut self, given: usize, now: Timestamp) {
        self.flushes.end_turn(given, now);
    }

    /// The slow readers.
    pub(super) fn slow_readers(&self) -> &SlowReaders {
        &self.slow_readers
    }

    /// The slow readers, to count them.
    pub(super) fn slow_readers_mut(&mut self) -> &mut SlowReaders {
        &mut self.slow_readers
    }

    /// The counts of what came in and went out.
    pub(super) fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// The same, to count on.
    pub(super) fn traffic_mut(&mut self) -> &mut Traffic {
        &mut self.traffic
    }

    /// Whether there are as many new updates as make a reader slow.
    pub(super) fn sweep_is_due(&self) -> bool {
        self.slow_readers.is_due(self.log.tail())
    }

    /// A search for slow readers begins; returns whether they are closed at all.
    pub(super) fn sweep(&mut self) -> bool {
        self.slow_readers.sweep(self.log.tail())
    }

    #[cfg(test)]
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn set_turn(&mut self, recipients: usize) {
        self.flushes.set_turn(recipients);
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
