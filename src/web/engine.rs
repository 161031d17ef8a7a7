//! The hub and its streams: carries out what the core decides.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    sync::Arc,
};

use futures::channel::oneshot;

use super::{
    Connection, Hooks, Level, Polled, Record, Storage, clock,
    host_url_parser::HostUrlParser,
    limits::Limits,
    presence::Presence,
    timer::Timer,
    transport::{SharedChunk, Transport},
};
use crate::{
    comment::Comment,
    config::Config,
    connection::{CloseReason, FlushMark, SendError, UnknownConnection},
    connection_id::ConnectionId,
    event::Event,
    heartbeat::Heartbeat,
    hub::{self, Effect, Hub, PollError},
    queue::QueueFull,
    registry::Closed,
    subscription_document::ActiveSubscription,
    timestamp::Timestamp,
};

/// What the registry keeps with a connection.
pub(super) struct Attached<A> {
    pub(super) transport: Rc<Transport>,
    pub(super) application: A,
    /// Where the client is, if the platform says so.
    pub(super) address: Option<String>,
    /// What it is subscribed to, while the hub tells of that.
    pub(super) subscriptions: Vec<ActiveSubscription>,
}

/// The hub, the hooks and the timer of a handler.
pub(super) struct Engine<K: Hooks, S: Storage> {
    pub(super) hub: RefCell<Hub<S, Rc<Attached<K::State>>>>,
    pub(super) hooks: K,
    /// The timer of the next beat, and when that is.
    timer: RefCell<Option<(Timestamp, Timer)>>,
    flushes: RefCell<Vec<Flush>>,
    /// Whether a write was not confirmed, so that the log may be ahead of its history.
    pub(super) failed: Cell<bool>,
    pub(super) limits: Limits,
    /// What it takes to tell of subscriptions, if that is switched on.
    pub(super) presence: Option<Presence>,
    me: Weak<Self>,
}

struct Flush {
    id: ConnectionId,
    mark: FlushMark,
    flushed: oneshot::Sender<()>,
}

/// What streams, connections and the application's handle call, whatever the hooks and the storage.
pub(super) trait Streams {
    fn pull(&self, id: ConnectionId);
    fn ended(&self, id: ConnectionId, reason: CloseReason);
    fn poll_data(&self, id: ConnectionId) -> Polled;
    fn poll_data_immediate(&self, id: ConnectionId) -> Polled;
    fn send_encoded(&self, id: ConnectionId, encoded: Arc<[u8]>) -> Result<(), SendError>;
    fn send_all(&self, event: &Event) -> Result<(), QueueFull>;
    fn stop_one(&self, id: ConnectionId) -> Result<(), UnknownConnection>;
    fn stop_all(&self, reason: CloseReason);
    fn close(&self, id: ConnectionId) -> Result<(), UnknownConnection>;
    fn connection_ids(&self) -> Vec<ConnectionId>;
    fn connection_count(&self) -> usize;
    fn is_stopped(&self, id: ConnectionId) -> bool;
    fn queue(&self, id: ConnectionId) -> Result<(usize, usize), UnknownConnection>;
    fn flush(&self, id: ConnectionId) -> oneshot::Receiver<()>;
    fn heartbeat(&self) -> Heartbeat;
    fn set_heartbeat(&self, heartbeat: Heartbeat);
    fn set_heartbeat_of(&self, id: ConnectionId, text: &Comment) -> Result<(), UnknownConnection>;
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    pub(super) fn new(
        hub: Hub<S, Rc<Attached<K::State>>>,
        hooks: K,
        config: &Config,
        urls: &Rc<HostUrlParser>,
    ) -> Rc<Self> {
        let limits = Limits::new(config, hub.log().history().outcomes());
        let presence = config
            .subscriptions
            .then(|| Presence::new(hub.log().history().subscriptions(), Rc::clone(urls)));
        Rc::new_cyclic(|me| Self {
            hub: RefCell::new(hub),
            hooks,
            timer: RefCell::default(),
            flushes: RefCell::default(),
            failed: Cell::default(),
            limits,
            presence,
            me: me.clone(),
        })
    }

    /// This engine, for what outlives the call; `None` when the last handle is gone.
    pub(super) fn shared(&self) -> Option<Rc<Self>> {
        self.me.upgrade()
    }

    pub(super) fn streams(&self) -> Weak<dyn Streams> {
        self.me.clone()
    }

    /// Runs the `registered` hook and lets the connection see live updates.
    pub(super) fn registered(&self, id: ConnectionId, attached: &Rc<Attached<K::State>>) {
        let connection = Connection::new(id, attached, self.streams());
        if let Err(failed) = self.hooks.registered(&connection) {
            let record = Record::new(Level::Error, "registered hook failed").with_connection(id);
            self.hooks.log(&record.with_detail(failed));
            self.ended(id, CloseReason::Failed);
        }
        // A connection that the hook itself has ended is unknown, which is as good.
        let _ = self.hub.borrow_mut().start(id);
    }

    pub(super) fn carry_out(&self, effects: Vec<Effect<Rc<Attached<K::State>>>>) {
        let mut gone = Vec::new();
        for effect in effects {
            match effect {
                Effect::Closed(closed) => self.closed(&closed),
                Effect::Enqueue(enqueue) => {
                    let chunk = SharedChunk::new(&enqueue.chunk);
                    for recipient in enqueue.to {
                        if !recipient.state.transport.enqueue(&chunk) {
                            gone.push(recipient.id);
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

    /// Sees to it that there is a beat when the next heartbeat is due, and when a connection
    /// expires; there is none while there is nothing to beat for.
    pub(super) fn wind_up(&self, expires: Option<Timestamp>) {
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
            self.hooks.log(&record.with_detail(error));
            self.stop_all(CloseReason::Failed);
            return;
        }
        let now = clock::now();
        let beat = self.hub.borrow_mut().beat(now);
        self.carry_out(beat.effects);
        // A hook may have started a timer that is for later than this.
        self.wind_up(beat.next);
    }

    fn closed(&self, closed: &Closed<Rc<Attached<K::State>>>) {
        closed.state.transport.close();
        self.limits.admissions.borrow_mut().leave(closed.state.address.as_deref());
        let record = Record::new(Level::Debug, "connection closed").with_connection(closed.id);
        self.hooks.log(&record.with_detail(closed.reason.as_str()));
        self.hooks.connection_closed(closed.id, &closed.state.application, closed.reason);
        self.tell(&closed.state.subscriptions, false);
        self.settle_flushes();
        if self.hub.borrow().registry().is_empty() {
            let running = self.timer.borrow_mut().take();
            drop(running);
        }
    }

    fn settle_flushes(&self) {
        if self.flushes.borrow().is_empty() {
            return;
        }
        let waiting = self.flushes.take();
        let hub = self.hub.borrow();
        let (done, waiting): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|flush| hub.is_flushed(flush.id, flush.mark));
        drop(hub);
        self.flushes.borrow_mut().extend(waiting);
        for flush in done {
            // Who asked may have stopped waiting.
            let _ = flush.flushed.send(());
        }
    }

    fn transport(&self, id: ConnectionId) -> Option<Rc<Transport>> {
        let hub = self.hub.borrow();
        let connection = hub.registry().get(id).ok()?;
        Some(Rc::clone(&connection.state().transport))
    }

    /// Polls the hub until there is a chunk, the connection waits, or it has ended.
    fn poll(&self, id: ConnectionId, waits: bool) -> Polled {
        loop {
            let polled = {
                let mut hub = self.hub.borrow_mut();
                let now = clock::now();
                if waits { hub.poll_data(id, now) } else { hub.poll_data_immediate(id, now) }
            };
            match polled {
                Ok(hub::Polled::Chunk(chunk)) => return Polled::Chunk(chunk),
                Ok(hub::Polled::Nothing) => return Polled::Nothing,
                Ok(hub::Polled::Yield) => {
                    if waits {
                        self.pull_later(id);
                    }
                    return Polled::Nothing;
                }
                Ok(hub::Polled::Registered) => {
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
                Ok(hub::Polled::Closed(closed)) => {
                    self.closed(&closed);
                    return Polled::Ended;
                }
                Err(PollError::Unknown(_)) => return Polled::Ended,
                Err(PollError::History(error)) => {
                    let record = Record::new(Level::Error, "history unreadable");
                    self.hooks.log(&record.with_connection(id).with_detail(error));
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
                engine.pull(id);
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

impl<K: Hooks, S: Storage> Streams for Engine<K, S> {
    fn pull(&self, id: ConnectionId) {
        let polled = self.poll(id, true);
        if let Polled::Chunk(chunk) = polled {
            let transport = self.transport(id);
            let taken =
                transport.is_some_and(|transport| transport.enqueue(&SharedChunk::new(&chunk)));
            if !taken {
                self.ended(id, CloseReason::ClientGone);
            }
        }
        self.settle_flushes();
    }

    fn ended(&self, id: ConnectionId, reason: CloseReason) {
        let closed = self.hub.borrow_mut().remove(id, reason);
        if let Some(closed) = closed {
            self.closed(&closed);
        }
    }

    fn poll_data(&self, id: ConnectionId) -> Polled {
        let polled = self.poll(id, true);
        self.settle_flushes();
        polled
    }

    fn poll_data_immediate(&self, id: ConnectionId) -> Polled {
        // Who waits has been given everything, and its stream is to be fed as before.
        let waits = self
            .hub
            .borrow()
            .registry()
            .get(id)
            .is_ok_and(crate::connection::Connection::is_waiting);
        if waits {
            return Polled::Nothing;
        }
        let polled = self.poll(id, false);
        self.settle_flushes();
        polled
    }

    fn send_encoded(&self, id: ConnectionId, encoded: Arc<[u8]>) -> Result<(), SendError> {
        let effect = self.hub.borrow_mut().send_encoded(id, encoded, clock::now())?;
        self.carry_out(effect.into_iter().collect());
        Ok(())
    }

    fn send_all(&self, event: &Event) -> Result<(), QueueFull> {
        let effects = self.hub.borrow_mut().send_all(event, clock::now())?;
        self.carry_out(effects);
        Ok(())
    }

    fn stop_one(&self, id: ConnectionId) -> Result<(), UnknownConnection> {
        let closed = self.hub.borrow_mut().stop_one(id)?;
        self.closed(&closed);
        Ok(())
    }

    fn stop_all(&self, reason: CloseReason) {
        let effects = self.hub.borrow_mut().stop_all(reason);
        self.carry_out(effects);
    }

    fn close(&self, id: ConnectionId) -> Result<(), UnknownConnection> {
        let closed = self.hub.borrow_mut().close(id, CloseReason::Stopped)?;
        if let Some(closed) = closed {
            self.closed(&closed);
        }
        Ok(())
    }

    fn connection_ids(&self) -> Vec<ConnectionId> {
        self.hub.borrow().registry().connection_ids().collect()
    }

    fn connection_count(&self) -> usize {
        self.hub.borrow().registry().len()
    }

    fn is_stopped(&self, id: ConnectionId) -> bool {
        let hub = self.hub.borrow();
        hub.registry().get(id).map_or(true, crate::connection::Connection::is_stopped)
    }

    fn queue(&self, id: ConnectionId) -> Result<(usize, usize), UnknownConnection> {
        let hub = self.hub.borrow();
        let connection = hub.registry().get(id)?;
        Ok((connection.queue_len(), connection.queue_bytes()))
    }

    fn flush(&self, id: ConnectionId) -> oneshot::Receiver<()> {
        let (flushed, receiver) = oneshot::channel();
        let mark = self.hub.borrow().flush_mark(id);
        if let Ok(mark) = mark {
            self.flushes.borrow_mut().push(Flush { id, mark, flushed });
        }
        self.settle_flushes();
        receiver
    }

    fn heartbeat(&self) -> Heartbeat {
        self.hub.borrow().heartbeat().clone()
    }

    fn set_heartbeat(&self, heartbeat: Heartbeat) {
        self.hub.borrow_mut().set_heartbeat(heartbeat);
        // A timer that runs stays, since it may be that of a connection which expires: a beat too
        // many does nothing.
        self.wind_up(None);
    }

    fn set_heartbeat_of(&self, id: ConnectionId, text: &Comment) -> Result<(), UnknownConnection> {
        self.hub.borrow_mut().set_heartbeat_of(id, text)
    }
}
