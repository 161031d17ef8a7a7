//! The hub and its streams: carries out the core's decisions.

use std::{
    cell::{Cell, Ref, RefMut},
    rc::{Rc, Weak},
    time::Duration,
};

use futures::channel::oneshot;

use crate::{
    base::{connection_id::ConnectionId, limits::REOPEN_GRACE, timestamp::Timestamp},
    hub::{
        admission::Parting,
        close_reason::CloseReason,
        effect::Effect,
        engine::{Hub, flush},
        registry::Closed,
        subscriber::Subscriber,
    },
    link::state::Touched,
    presence::{subscription_event::Change, told_subscriptions::ToldSubscriptions},
    settings::level::Level,
    tokens::access::Access,
    web::{
        engine::{
            application::Application,
            commits::Commits,
            delivery::{Carried, Delivery},
            drains::Drains,
            failure::Failure,
            places::Places,
            presence::{Behind, Presence},
        },
        host::{alarm::Alarm, clock, storage::Storage},
        streams::{connection::Connection, hooks::Hooks, record::Record},
    },
};

/// A hub in a host: the owners of its states, and the order in which they learn of an event.
pub(crate) struct Engine<K: Hooks, S: Storage> {
    delivery: Delivery<K::State, S>,
    application: Application<K>,
    /// The next heartbeat, or the next end of a connection that expires.
    beats: Alarm,
    /// The flush that lingers.
    lingers: Alarm,
    commits: Commits,
    places: Places,
    drains: Drains,
    failure: Failure,
    presence: Option<Presence>,
    /// The links whose sockets keep an older state than theirs.
    touched: Touched,
    /// How many selections the storage keeps at the most, once that was looked up.
    selected: Cell<Option<usize>>,
    /// The end of the time in which links come back.
    graces: Alarm,
    /// A call of the host, while there are connections whose time the hub keeps.
    errand: Alarm,
    me: Weak<Self>,
}

/// The owners that differ from hub to hub.
pub(crate) struct Owners<K> {
    pub(crate) application: Application<K>,
    pub(crate) places: Places,
    /// Announces subscriptions, if that is switched on.
    pub(crate) presence: Option<Presence>,
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    pub(crate) fn new(hub: Hub<S, Carried<K::State>>, owners: Owners<K>) -> Rc<Self> {
        let Owners { application, places, presence } = owners;
        let engine = Rc::new_cyclic(|me| Self {
            delivery: Delivery::new(hub),
            application,
            beats: Alarm::default(),
            lingers: Alarm::default(),
            commits: Commits::default(),
            places,
            drains: Drains::default(),
            failure: Failure::default(),
            presence,
            touched: Touched::default(),
            selected: Cell::default(),
            graces: Alarm::default(),
            errand: Alarm::default(),
            me: me.clone(),
        });
        let ends = engine.presence.as_ref().and_then(|presence| presence.tell_ends(&*engine));
        engine.commit_later(ends);
        if engine.presence.as_ref().is_some_and(Presence::misses) {
            // By then the links that are there have come back.
            let me = engine.weak();
            clock::soon(Box::new(move || {
                if let Some(engine) = me.upgrade() {
                    engine.await_links();
                }
            }));
        }
        engine
    }

    /// A handle for a task that outlives the call, and for a stream.
    pub(crate) fn weak(&self) -> Weak<Self> {
        self.me.clone()
    }

    /// This engine; `None` when the last handle is gone.
    pub(crate) fn shared(&self) -> Option<Rc<Self>> {
        self.me.upgrade()
    }

    pub(super) fn delivery(&self) -> &Delivery<K::State, S> {
        &self.delivery
    }

    pub(super) fn hub(&self) -> Ref<'_, Hub<S, Carried<K::State>>> {
        self.delivery.hub()
    }

    pub(super) fn hub_mut(&self) -> RefMut<'_, Hub<S, Carried<K::State>>> {
        self.delivery.hub_mut()
    }

    pub(crate) fn application(&self) -> &Application<K> {
        &self.application
    }

    pub(super) fn places(&self) -> &Places {
        &self.places
    }

    pub(super) fn failure(&self) -> &Failure {
        &self.failure
    }

    pub(super) fn group_commit(&self) -> &Commits {
        &self.commits
    }

    /// Runs the `registered` hook and lets the connection see live updates.
    pub(super) fn registered(&self, id: ConnectionId, attached: &Carried<K::State>) {
        let connection = Connection::new(id, attached, self.weak());
        if let Err(failed) = self.application.hooks().registered(&connection) {
            let record = Record::new(Level::Error, "registered hook failed").with_connection(id);
            self.application.log(record.with_detail(failed));
            self.end(id, CloseReason::Failed);
        }
        // A connection that the hook itself has ended is unknown: there is nothing to start.
        let _ = self.hub_mut().start(id);
    }

    /// How many selections the storage keeps at the most, once that was looked up.
    pub(super) fn selected(&self) -> &Cell<Option<usize>> {
        &self.selected
    }

    /// The links whose sockets keep an older state than theirs.
    pub(super) fn touched(&self) -> &Touched {
        &self.touched
    }

    /// Whether a flush is under way or lingers.
    pub(super) fn flushes_later(&self) -> bool {
        self.lingers.is_set()
    }

    pub(super) fn carry_out(&self, effects: Vec<Effect<Carried<K::State>>>) {
        self.order(effects);
        self.settle_links();
    }

    fn order(&self, effects: Vec<Effect<Carried<K::State>>>) {
        let mut gone = Vec::new();
        for effect in effects {
            match effect {
                Effect::Closed(closed) => self.closed(&closed),
                Effect::Enqueue(enqueue) => self.delivery.offer(&enqueue, &mut gone),
            }
        }
        for id in gone {
            self.end(id, CloseReason::ClientGone);
        }
        self.delivery.settle_flushes();
    }

    /// Carries out a flush, and sets the alarm for the next one.
    pub(super) fn flushed(&self, flush: flush::Flush<Carried<K::State>>) {
        self.order(flush.effects);
        self.delivery.flush_begun();
        let Some(next) = flush.next else {
            self.delivery.flush_is_over();
            self.settle_links();
            return;
        };
        let me = self.weak();
        self.lingers.set(
            next,
            Box::new(move || {
                if let Some(engine) = me.upgrade() {
                    engine.lingers.clear();
                    let flush = engine.hub_mut().flush(clock::now());
                    engine.flushed(flush);
                }
            }),
        );
    }

    /// Sets the alarm for the next heartbeat, or for the end of a connection that expires before it. A hub
    /// without connections whose time it keeps has no alarm.
    pub(super) fn wind_up(&self, expires: Option<Timestamp>) {
        let interval = self.hub().heartbeat().interval();
        let idle = !self.hub().keeps_time();
        let beat = interval.map(|interval| clock::now().saturating_add(interval));
        let next = beat.into_iter().chain(expires).min().filter(|_| !idle);
        let Some(next) = next else { return };
        let me = self.weak();
        self.beats.set(
            next,
            Box::new(move || {
                if let Some(engine) = me.upgrade() {
                    engine.beat();
                }
            }),
        );
    }

    /// Calls back after this time, unless no connection is left by then whose time the hub keeps.
    pub(crate) fn after(&self, wait: Duration, callback: impl FnOnce() + 'static) {
        let me = self.weak();
        self.errand.set(
            clock::now().saturating_add(wait),
            Box::new(move || {
                if let Some(engine) = me.upgrade() {
                    engine.errand.clear();
                    callback();
                }
            }),
        );
    }

    fn beat(&self) {
        // The alarm has rung; a hook may set it again meanwhile.
        self.beats.clear();
        // An object that was replaced elsewhere without noticing fails here, and its clients
        // come back to the one that replaced it.
        let touched = self.hub().log().history().newest();
        if let Err(error) = touched {
            self.application.failed("history lost", &error);
            self.end_all(CloseReason::Failed);
            return;
        }
        let beat = self.hub_mut().beat(clock::now());
        self.carry_out(beat.effects);
        // A hook may have set the alarm for a later time than this.
        self.wind_up(beat.next);
    }

    /// Ends a connection at once; one that has ended already stays as it is.
    pub(crate) fn end(&self, id: ConnectionId, reason: CloseReason) {
        let closed = self.hub_mut().remove(id, reason);
        if let Some(closed) = closed {
            self.closed(&closed);
        }
    }

    pub(super) fn end_all(&self, reason: CloseReason) {
        let effects = self.hub_mut().stop_all(reason);
        self.carry_out(effects);
    }

    /// The connection has left the hub: ends its stream, and tells all owners.
    pub(super) fn closed(&self, closed: &Closed<Carried<K::State>>) {
        let (id, attached) = (closed.id, &closed.state);
        let transport = attached.transport();
        let link = transport.link();
        // The next life of the hub goes on with a link, and tells of the ends of the others.
        let is_over = self.me.strong_count() == 0;
        if is_over && link.is_some() {
            return;
        }
        match self.places.end(id, closed.reason, transport.given()) {
            Parting::Say(words) => {
                self.count_leaving();
                transport.part(words);
            }
            Parting::Close(words) => {
                transport.close(words, closed.reason);
                self.make_room_known();
            }
        }
        let level = match closed.reason {
            CloseReason::TooSlow => Level::Warning,
            _ => Level::Debug,
        };
        if self.application.logs(level) {
            let record = Record::new(level, "connection closed").with_connection(id);
            self.application.log(record.with_reason(closed.reason.as_str()));
        }
        self.application.hooks().connection_closed(id, attached.application(), closed.reason);
        match (attached.subscriptions(), &self.presence) {
            // Its Worker opens the link again.
            (Some(told), Some(presence))
                if link.is_some() && closed.reason == CloseReason::Failed =>
            {
                presence.miss(told);
                self.await_links();
            }
            (Some(told), _) if !is_over => self.tell(told, Change::Ended),
            _ => {}
        }
        self.delivery.settle_flushes();
        if !self.hub().keeps_time() {
            self.beats.clear();
            self.errand.clear();
        }
        if link.is_some() && self.hub().registry().links() == 0 {
            self.forget_other_selections(&[]);
        }
        self.settle_drains();
    }

    /// The subscriptions to announce for a new connection: none while that is switched off. Who reads what
    /// is held does not stay to be announced.
    pub(super) fn subscriptions_of(&self, newcomer: Subscriber<'_>) -> ToldSubscriptions {
        let presence = self.presence.as_ref();
        let presence = presence.filter(|_| newcomer.request.finite_read().is_none());
        presence.map(|presence| presence.find(newcomer, self)).unwrap_or_default()
    }

    /// The point behind which an asker with this access reads changes of the subscriptions; `None`
    /// while none are announced.
    pub(super) fn behind(&self, access: &Access) -> Option<Behind> {
        let tail = self.hub().log().tail();
        self.presence.as_ref().map(|presence| presence.behind(access, tail))
    }

    /// Announces subscriptions, without waiting until that is durable.
    pub(super) fn tell(&self, told: &ToldSubscriptions, change: Change) {
        let until = self.presence.as_ref().and_then(|presence| presence.tell(told, change, self));
        self.commit_later(until);
    }

    /// Announces, after a while, the ends of the connections whose links are not opened again.
    fn await_links(&self) {
        if !self.presence.as_ref().is_some_and(Presence::misses) {
            return;
        }
        let me = self.weak();
        self.graces.set(
            clock::now().saturating_add(REOPEN_GRACE),
            Box::new(move || {
                if let Some(engine) = me.upgrade() {
                    engine.graces.clear();
                    let presence = engine.presence.as_ref();
                    let ends = presence.and_then(|presence| presence.tell_missed(&*engine));
                    engine.commit_later(ends);
                }
            }),
        );
    }

    /// Whether the subscriptions of a connection that goes on were announced, and not their end.
    pub(super) fn has_returned(&self, told: &ToldSubscriptions) -> bool {
        self.presence.as_ref().is_some_and(|presence| presence.returns(told))
    }

    /// Makes the hub charge the memory of streams that have ended and that the runtime still holds.
    fn count_leaving(&self) {
        let leaving = self.places.leaving();
        self.hub_mut().set_leaving(leaving);
    }

    /// Tells waiting newcomers that there may be a place.
    pub(super) fn make_room_known(&self) {
        self.count_leaving();
        self.places.make_room_known();
    }

    /// Waits until the connections that were told to leave have left.
    pub(super) fn drained(&self) -> oneshot::Receiver<()> {
        let drained = self.drains.join();
        self.settle_drains();
        drained
    }

    fn settle_drains(&self) {
        self.drains.settle(|| self.hub().left_of_drain().is_empty());
    }
}

impl<K: Hooks, S: Storage> Drop for Engine<K, S> {
    /// Nobody could feed the streams any more: they end, so that their clients come back.
    fn drop(&mut self) {
        self.end_all(CloseReason::Stopped);
    }
}
