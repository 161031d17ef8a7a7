//! New connections: their place, their registration and their first chunk.

use std::{fmt::Display, rc::Rc, time::Duration};

use crate::{
    base::connection_id::ConnectionId,
    http::error::Error,
    hub::{
        admission::TooManyConnections,
        engine::{
            closings::Left,
            subscribe::{SubscribeError, Subscribed},
        },
        subscribe_request::SubscribeRequest,
        subscriber::Subscriber,
    },
    log::place::Place,
    presence::subscription_event::Change,
    settings::level::Level,
    tokens::access::Access,
    web::{
        engine::{delivery::Carried, engine::Engine, places::Entrance},
        host::{clock, storage::Storage},
        streams::{
            attached::Attached, chunks::Chunks, connection::Connection, hooks::Hooks,
            record::Record, slot::Slot,
        },
    },
};

/// A newcomer at the hub.
pub(super) struct Newcomer<'a, K: Hooks, S: Storage> {
    pub(super) engine: &'a Engine<K, S>,
    pub(super) subscriber: Subscriber<'a>,
    pub(super) attached: &'a Carried<K::State>,
}

impl<K: Hooks, S: Storage> Entrance for Newcomer<'_, K, S> {
    fn enter(&self) -> Result<Subscribed, Error> {
        let address = self.attached.address().map(|address| &**address);
        self.engine.history_answers()?;
        let Subscriber { id, request, .. } = self.subscriber;
        // A Worker may ask again for a link that still waits for its place. The place is the first one's.
        if self.engine.has(id) {
            return Err(Error::Internal);
        }
        self.engine.places().take(id, address, request.form())?;
        self.engine.register(self.subscriber, self.attached)
    }

    fn search(&self, makes_room: &dyn Fn(ConnectionId) -> bool) {
        let found = self.engine.hub_mut().search(makes_room, clock::now());
        self.engine.carry_out(found.into_iter().collect());
    }
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Makes a connection, for whose place the newcomer may wait a little.
    pub(crate) async fn subscribe(
        &self,
        subscriber: Subscriber<'_>,
        attached: &Carried<K::State>,
    ) -> Result<Subscribed, Error> {
        self.places().soon(&Newcomer { engine: self, subscriber, attached }).await
    }

    /// A connection whose chunks go to Rust.
    pub(crate) fn subscribe_chunks(
        &self,
        application: K::State,
        request: &SubscribeRequest,
        access: &Access,
    ) -> Result<Chunks<K::State>, Error> {
        let id = clock::connection_id().map_err(|_| Error::Internal)?;
        let slot = Rc::<Slot>::default();
        let attached = Rc::new(Attached::new(Rc::clone(&slot) as _, application));
        let subscriber = Subscriber { id, request, access, resumes: None };
        Newcomer { engine: self, subscriber, attached: &attached }.enter()?;
        Ok(Chunks::new(Connection::new(id, &attached, self.weak()), slot, self.weak()))
    }

    /// Makes the connection that has a place, or gives the place back.
    fn register(
        &self,
        newcomer: Subscriber<'_>,
        attached: &Carried<K::State>,
    ) -> Result<Subscribed, Error> {
        let Subscriber { id, request, access, resumes } = newcomer;
        let was_told = attached.subscriptions().is_some();
        // They are found once there is a place, since they are charged to the hub.
        let told = attached
            .subscriptions_or(|| self.subscriptions_of(newcomer).kept_by(attached.keeper()));
        let (state, now) = (Rc::clone(attached), clock::now());
        let subscribed = self.hub_mut().subscribe(newcomer, state, now);
        let subscribed = subscribed.map_err(|error| {
            self.places().give_back(id);
            match error {
                SubscribeError::Draining(retry) => Error::Draining(retry),
                SubscribeError::NoPlace(place) => TooManyConnections::from(place).into(),
                error => self.history_failed(&error),
            }
        })?;
        self.wind_up(subscribed.expires);
        if resumes.is_none() && self.application().logs(Level::Debug) {
            let record = Record::of_subscription("connection registered", request, access);
            self.application().log(record.with_connection(id));
        }
        let goes_on = was_told || resumes.is_some() && self.has_returned(told);
        if !goes_on {
            self.tell(told, Change::Made);
        }
        if subscribed.is_registered {
            self.registered(id, attached);
        }
        Ok(subscribed)
    }

    /// Whether there is nothing left for this subscriber: its topics are closed, or it comes back to read
    /// what is held.
    pub(crate) async fn has_nothing_left(&self, subscriber: Subscriber<'_>) -> Result<bool, Error> {
        let mut from = None;
        loop {
            let left = self.hub().left(subscriber, from, clock::now());
            match left.map_err(|error| self.history_failed(&error))? {
                Left::Something => return Ok(false),
                Left::Nothing => return Ok(true),
                Left::Behind(cursor) => from = Some(cursor),
            }
            // Others have their turn.
            clock::sleep(Duration::ZERO).await;
        }
    }

    /// The place behind which the stream of this request would begin.
    pub(crate) fn preceding(&self, subscriber: Subscriber<'_>) -> Result<Option<Place>, Error> {
        self.history_answers()?;
        let preceding = self.hub().preceding(subscriber, clock::now());
        preceding.map_err(|error| self.history_failed(&error))
    }

    /// A stream may begin without anything being read, so a history that is lost is noticed here.
    fn history_answers(&self) -> Result<(), Error> {
        if self.failure().has_happened() {
            return Err(Error::History);
        }
        let newest = self.hub().log().history().newest();
        newest.map(|_| ()).map_err(|error| self.history_failed(&error))
    }

    pub(super) fn history_failed(&self, error: &dyn Display) -> Error {
        self.application().failed("history unreadable", error);
        Error::History
    }
}
