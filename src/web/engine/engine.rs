//! The hub and its streams: carries out what the core decides.

use std::{
    cell::{OnceCell, RefCell},
    rc::{Rc, Weak},
    sync::Arc,
};

use futures::channel::oneshot;

use crate::{
    base::{connection_id::ConnectionId, timestamp::Timestamp},
    hub::{
        admission::Parting,
        connection::{CloseReason, FlushMark},
        engine::{self, Effect, Hub, PollError},
        registry::Closed,
    },
    presence::{subscription_event::Change, told_subscriptions::ToldSubscriptions},
    settings::{config::Config, level::Level},
    web::{
        engine::{commit::Commits, failure::Failure, presence::Presence},
        host::{clock, host_url_parser::HostUrlParser, storage::Storage, timer::Timer},
        http::limits::Limits,
        streams::{
            connection::{Connection, Polled},
            hooks::{Hooks, Record},
            streams::{Pulled, Streams},
            transport::{Offered, SharedChunk, Transport},
        },
    },
};

/// What the registry keeps with a connection.
pub(crate) struct Attached<A> {
    pub(crate) transport: Rc<Transport>,
    pub(crate) application: A,
    /// Where its client is, if that is known and addresses are limited.
    pub(crate) address: Option<Arc<str>>,
    /// What it is subscribed to, while the hub tells of that.
    pub(crate) subscriptions: OnceCell<ToldSubscriptions>,
}

impl<A> Attached<A> {
    /// Bytes of what it is subscribed to; the rest is small.
    pub(crate) fn held_bytes(&self) -> usize {
        self.subscriptions.get().map_or(0, ToldSubscriptions::held_bytes)
    }
}

/// The hub, the hooks and the timer of a handler.
pub(crate) struct Engine<K: Hooks, S: Storage> {
    pub(crate) hub: RefCell<Hub<S, Rc<Attached<K::State>>>>,
    pub(crate) hooks: K,
    /// The timer of the next beat, and when that is.
    timer: RefCell<Option<(Timestamp, Timer)>>,
    /// The timer of what lingers, and when it is due.
    lingering: RefCell<Option<(Timestamp, Timer)>>,
    pub(crate) commits: Commits,
    pub(crate) flushes: RefCell<Vec<Flush>>,
    /// Those who wait for a place.
    pub(crate) newcomers: RefCell<Vec<oneshot::Sender<()>>>,
    /// Those who wait for the last connection to end.
    pub(crate) drained: RefCell<Vec<oneshot::Sender<()>>>,
    /// Whether a write was not confirmed, so that the log may be ahead of its history.
    pub(crate) failure: Failure,
    pub(crate) limits: Limits,
    log_level: Level,
    /// What it takes to tell of subscriptions, if that is switched on.
    pub(crate) presence: Option<Presence>,
    me: Weak<Self>,
}

/// Somebody waits for a connection to have been flushed.
pub(crate) struct Flush {
    pub(crate) id: ConnectionId,
    pub(crate) mark: FlushMark,
    pub(crate) flushed: oneshot::Sender<()>,
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    pub(crate) fn new(
        hub: Hub<S, Rc<Attached<K::State>>>,
        hooks: K,
        config: &Config,
        urls: &Rc<HostUrlParser>,
    ) -> Rc<Self> {
        let limits = Limits::new(config, hub.log().history().outcomes());
        let presence = config.subscriptions.then(|| {
            Presence::new(hub.log().history().subscriptions(), Rc::clone(urls), hub.log().tail())
        });
        Rc::new_cyclic(|me| Self {
            hub: RefCell::new(hub),
            hooks,
            timer: RefCell::default(),
            lingering: RefCell::default(),
            commits: Commits::default(),
            flushes: RefCell::default(),
            newcomers: RefCell::default(),
            drained: RefCell::default(),
            failure: Failure::default(),
            limits,
            log_level: config.log_level,
            presence,
            me: me.clone(),
        })
    }

    /// This engine, for what outlives the call; `None` when the last handle is gone.
    pub(crate) fn shared(&self) -> Option<Rc<Self>> {
        self.me.upgrade()
    }

    pub(crate) fn streams(&self) -> Weak<dyn Streams> {
        self.me.clone()
    }

    /// Whether records of this level are written.
    pub(crate) fn logs(&self, level: Level) -> bool {
        level >= self.log_level
    }

    pub(crate) fn log(&self, record: &Record) {
        if self.logs(record.level) {
            self.hooks.log(record);
        }
    }

    /// Runs the `registered` hook and lets the connection see live updates.
    pub(crate) fn registered(&self, id: ConnectionId, attached: &Rc<Attached<K::State>>) {
        let connection = Connection::new(id, attached, self.streams());
        if let Err(failed) = self.hooks.registered(&connection) {
            let record = Record::new(Level::Error, "registered hook failed").with_connection(id);
            self.log(&record.with_detail(failed));
            self.ended(id, CloseReason::Failed);
        }
        // A connection that the hook itself has ended is unknown, which is as good.
        let _ = self.hub.borrow_mut().start(id);
    }

    pub(crate) fn carry_out(&self, effects: Vec<Effect<Rc<Attached<K::State>>>>) {
        let mut gone = Vec::new();
        for effect in effects {
            match effect {
                Effect::Closed(closed) => self.closed(&closed),
                Effect::Enqueue(enqueue) => {
                    let chunk = SharedChunk::new(&enqueue.chunk);
                    for recipient in &enqueue.to {
                        let transport = &recipient.state.transport;
                        match transport.offer(&chunk) {
                            Offered::Taken => {
                                // One that pulls by itself tells by that when it has room.
                                let rests =
                                    transport.rests() && self.hub.borrow_mut().rest(recipient);
                                if !rests {
                                    transport.unpark();
                                }
                            }
                            Offered::Behind => {
                                self.hub.borrow_mut().fell_behind(recipient, enqueue.from);
                                // What is not in the log would be lost.
                                if enqueue.from.is_none() && !transport.enqueue(&chunk) {
                                    gone.push(recipient.id);
                                }
                                transport.unpark();
                            }
                            Offered::Gone => gone.push(recipient.id),
                        }
                    }
                }
            }
        }
        for id in gone {
            self.ended(id, CloseReason::ClientGone);
        }
        self.settle_flushes();
    }

    /// Carries out what a flush has come to, and sees to it that the next one comes in time.
    pub(crate) fn flushed(&self, flush: engine::Flush<Rc<Attached<K::State>>>) {
        self.carry_out(flush.effects);
        self.wake_those_ahead();
        let running = self.lingering.borrow().as_ref().map(|(due, _)| *due);
        let Some(next) = flush.next.filter(|next| running.is_none_or(|due| *next < due)) else {
            return;
        };
        let me = self.me.clone();
        let timer = Timer::new(next.since(clock::now()), move || {
            if let Some(engine) = me.upgrade() {
                let fired = engine.lingering.borrow_mut().take();
                drop(fired);
                let flush = engine.hub.borrow_mut().flush(clock::now());
                engine.flushed(flush);
            }
        });
        let replaced = self.lingering.borrow_mut().replace((next, timer));
        drop(replaced);
    }

    /// Sees to it that there is a beat when the next heartbeat is due, and when a connection
    /// expires; there is none while there is nothing to beat for.
    pub(crate) fn wind_up(&self, expires: Option<Timestamp>) {
        let interval = self.hub.borrow().heartbeat().interval();
        let idle = self.hub.borrow().registry().is_empty();
        let beat = interval.map(|interval| clock::now().saturating_add(interval));
        let next = beat.into_iter().chain(expires).min().filter(|_| !idle);
        let running = self.timer.borrow().as_ref().map(|(due, _)| *due);
        if let Some(next) = next.filter(|next| running.is_none_or(|due| *next < due)) {
            self.beat_at(next);
        }
    }

    fn beat_at(&self, due: Timestamp) {
        let me = self.me.clone();
        let timer = Timer::new(due.since(clock::now()), move || {
            if let Some(engine) = me.upgrade() {
                engine.beat();
            }
        });
        let replaced = self.timer.borrow_mut().replace((due, timer));
        drop(replaced);
    }

    fn beat(&self) {
        // The timer has fired; a hook may start another meanwhile.
        let fired = self.timer.borrow_mut().take();
        drop(fired);
        // An object that was replaced elsewhere without noticing fails here, and its clients
        // come back to the one that replaced it.
        let touched = self.hub.borrow().log().history().newest();
        if let Err(error) = touched {
            let record = Record::new(Level::Error, "history lost");
            self.log(&record.with_detail(error));
            self.stop_all(CloseReason::Failed);
            return;
        }
        let now = clock::now();
        let beat = self.hub.borrow_mut().beat(now);
        self.carry_out(beat.effects);
        // A hook may have started a timer that is for later than this.
        self.wind_up(beat.next);
    }

    pub(crate) fn closed(&self, closed: &Closed<Rc<Attached<K::State>>>) {
        let transport = &closed.state.transport;
        let (id, given) = (closed.id, transport.given());
        let parting = self.limits.admissions.borrow_mut().end(id, closed.reason, given);
        match parting {
            Parting::Say(words) => {
                self.count_leaving();
                transport.part(words);
            }
            Parting::Close(words) => {
                transport.close(words);
                self.make_room_known();
            }
        }
        let level = match closed.reason {
            CloseReason::TooSlow => Level::Warning,
            _ => Level::Debug,
        };
        let record = Record::new(level, "connection closed").with_connection(closed.id);
        self.log(&record.with_detail(closed.reason.as_str()));
        self.hooks.connection_closed(closed.id, &closed.state.application, closed.reason);
        if let Some(told) = closed.state.subscriptions.get() {
            self.tell(told, Change::Ended);
        }
        self.settle_flushes();
        if self.hub.borrow().registry().is_empty() {
            let running = self.timer.borrow_mut().take();
            drop(running);
        }
        self.settle_drains();
    }

    pub(crate) fn settle_flushes(&self) {
        if self.flushes.borrow().is_empty() {
            return;
        }
        let waiting = self.flushes.take();
        let (done, waiting): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|flush| {
            // Who asked may have stopped waiting.
            flush.flushed.is_canceled()
                || self.hub.borrow().is_flushed(flush.id, flush.mark)
                    && !self.pulls_if_full(flush.id)
        });
        self.flushes.borrow_mut().extend(waiting);
        for flush in done {
            let _ = flush.flushed.send(());
        }
    }

    /// Has a stream that rests, and has not taken what it was fed, pull when it reads on; says whether
    /// it is such a one.
    pub(crate) fn pulls_if_full(&self, id: ConnectionId) -> bool {
        let Some(transport) = self.transport(id).filter(|transport| !transport.has_room()) else {
            return false;
        };
        self.hub.borrow_mut().unrest(id);
        transport.unpark();
        true
    }

    pub(crate) fn waits(&self, id: ConnectionId) -> bool {
        let hub = self.hub.borrow();
        hub.registry().get(id).is_ok_and(crate::hub::connection::Connection::is_waiting)
    }

    pub(crate) fn transport(&self, id: ConnectionId) -> Option<Rc<Transport>> {
        let hub = self.hub.borrow();
        let connection = hub.registry().get(id).ok()?;
        Some(Rc::clone(&connection.state().transport))
    }

    /// Polls the hub until there is a chunk, the connection waits, or it has ended.
    pub(crate) fn poll(&self, id: ConnectionId, waits: bool) -> Polled {
        loop {
            let polled = {
                let mut hub = self.hub.borrow_mut();
                let now = clock::now();
                if waits { hub.poll_data(id, now) } else { hub.poll_data_immediate(id, now) }
            };
            match polled {
                Ok(engine::Polled::Chunk(chunk)) => return Polled::Chunk(chunk),
                Ok(engine::Polled::Nothing) => return Polled::Nothing,
                Ok(engine::Polled::Yield) => {
                    if waits {
                        self.pull_later(id);
                    }
                    return Polled::Nothing;
                }
                Ok(engine::Polled::Registered) => {
                    let attached = self
                        .hub
                        .borrow()
                        .registry()
                        .get(id)
                        .ok()
                        .map(|connection| Rc::clone(connection.state()));
                    if let Some(attached) = attached {
                        self.registered(id, &attached);
                    }
                }
                Ok(engine::Polled::Closed(closed)) => {
                    self.closed(&closed);
                    return Polled::Ended;
                }
                Err(PollError::Unknown(_)) => return Polled::Ended,
                Err(PollError::History(error)) => {
                    let record = Record::new(Level::Error, "history unreadable");
                    self.log(&record.with_connection(id).with_detail(error));
                    self.ended(id, CloseReason::Failed);
                    return Polled::Ended;
                }
            }
        }
    }

    /// Goes on reading for a connection once others had their turn.
    fn pull_later(&self, id: ConnectionId) {
        let me = self.me.clone();
        wasm_bindgen_futures::spawn_local(async move {
            clock::next_turn().await;
            if let Some(engine) = me.upgrade() {
                let pulled = engine.pull(id);
                // Meanwhile the stream may have pulled by itself, and wait for that to end.
                if pulled == Pulled::Fed
                    && let Some(transport) = engine.transport(id)
                {
                    transport.unpark();
                }
            }
        });
    }
}

impl<K: Hooks, S: Storage> Drop for Engine<K, S> {
    /// Nobody could feed the streams any more: they end, so that their clients come back.
    fn drop(&mut self) {
        self.stop_all(CloseReason::Stopped);
    }
}
