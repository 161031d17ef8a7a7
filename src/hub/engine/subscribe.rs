//! From a request to a connection in the registry.

use std::time::Duration;

use thiserror::Error;

use super::Hub;
use crate::{
    base::{
        connection_id::ConnectionId, dialect::Dialect, sequence::Sequence, timestamp::Timestamp,
    },
    event_stream::{comment, event_id::EventId},
    hub::{
        audience::{Audience, Selection},
        audiences::NoPlace,
        connection::{Newcomer, UnknownConnection},
        last_event_id::LastEventId,
        progress::Progress,
        reading::Reading,
        registry::Unregistered,
        subscribe_request::SubscribeRequest,
    },
    log::{
        gap::{Gap, GapEvents, GapForm, Untold},
        history::History,
        place::Place,
        update::EncodedUpdate,
        update_id::IdOrigin,
    },
    tokens::access::Access,
    topics::{resolved_topics::ResolvedTopics, subscription::Subscription},
};

/// What every stream begins with, so that the first byte goes out at once.
const OPENING: &[u8] = comment::EMPTY;

/// A connection was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subscribed {
    /// Whether nothing is to be replayed, so that the `registered` hook is due now.
    pub is_registered: bool,
    /// The update before the first one that is sent, if the request asked for a place to begin.
    pub preceding: Option<Place>,
    /// When the connection is to end, if it is.
    pub expires: Option<Timestamp>,
}

/// Why there is no connection.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SubscribeError<E> {
    /// The id is that of another connection.
    #[error("there is a connection {0} already")]
    IdTaken(ConnectionId),
    /// The history could not be read.
    #[error("the history could not be read: {0}")]
    History(#[source] E),
    /// The hub is being drained, and the client is to come back after this time.
    #[error("the hub is being drained")]
    Draining(Duration),
    /// The hub takes no more of what is asked for.
    #[error(transparent)]
    NoPlace(#[from] NoPlace),
}

/// Who asks for what.
#[derive(Clone, Copy, Debug)]
pub struct Subscriber<'a> {
    /// The id that its connection has.
    pub id: ConnectionId,
    /// Its request.
    pub request: &'a SubscribeRequest,
    /// The private updates that it may see.
    pub access: &'a Access,
}

impl Subscriber<'_> {
    fn selection(&self) -> Selection {
        let asked = self.request.subscriptions().iter().map(Subscription::selector);
        Selection::new(asked, self.access.granted())
    }
}

struct Start {
    cursor: Sequence,
    gap: Option<Gap>,
    /// Up to here the client needs not be told which updates are gone.
    told: Sequence,
    opening: Vec<u8>,
    preceding: Option<Place>,
}

impl<H: History, T: Clone> Hub<H, T> {
    /// Registers a connection. It is first given what it missed; once that is done, or at once if
    /// there is nothing ([`Subscribed::is_registered`]), the host calls the `registered` hook and
    /// then [`Hub::start`].
    ///
    /// # Errors
    /// [`SubscribeError`]; the registry is then as it was.
    pub fn subscribe(
        &mut self,
        id: ConnectionId,
        state: T,
        request: &SubscribeRequest,
        access: &Access,
        now: Timestamp,
    ) -> Result<Subscribed, SubscribeError<H::Error>> {
        if let Some(retry) = self.draining.turned_away(id, now) {
            return Err(SubscribeError::Draining(retry));
        }
        let subscriber = Subscriber { id, request, access };
        let selection = subscriber.selection();
        let start = self.start_of(subscriber, &selection, now);
        let mut start = start.map_err(SubscribeError::History)?;
        self.calm(&mut start.opening, id, now);
        let tail = self.log.tail();
        let progress = Progress::new(start.cursor, tail, now);
        let is_registered = progress.is_registering();
        let oldest = self.max_age.map(|age| now.saturating_add(jittered(age, id)));
        let expires = access.expires().into_iter().chain(oldest).min();
        let newcomer = Newcomer {
            id,
            own: (self.weigh)(&state),
            address: (self.locate)(&state),
            state,
            progress,
            reading: Reading::new(start.gap, start.told, self.gap_form(request)),
            opening: start.opening,
            expires,
        };
        self.registry.register(&selection, newcomer, self.memory).map_err(|error| match error {
            Unregistered::IdTaken => SubscribeError::IdTaken(id),
            Unregistered::NoPlace(place) => place.into(),
        })?;
        Ok(Subscribed { is_registered, preceding: start.preceding, expires })
    }

    /// Lets a connection whose `registered` hook has run see live updates.
    ///
    /// # Errors
    /// [`UnknownConnection`].
    pub fn start(&mut self, id: ConnectionId) -> Result<(), UnknownConnection> {
        let key = self.registry.key(id)?;
        self.registry.at(key).ok_or(UnknownConnection(id))?.progress_mut().start();
        Ok(())
    }

    /// The place before the first update that this subscriber would be sent, if it asked where its stream
    /// begins.
    ///
    /// # Errors
    /// The history's own.
    pub fn preceding(
        &self,
        subscriber: Subscriber<'_>,
        now: Timestamp,
    ) -> Result<Option<Place>, H::Error> {
        self.start_of(subscriber, &subscriber.selection(), now).map(|start| start.preceding)
    }

    fn start_of(
        &self,
        subscriber: Subscriber<'_>,
        selection: &Selection,
        now: Timestamp,
    ) -> Result<Start, H::Error> {
        let Subscriber { id, request, .. } = subscriber;
        let tail = self.log.tail();
        // Everything up to the tail counts as seen, and what comes behind it is sent.
        let live = self.place(tail, id.into());
        let audience = Audience::new(selection);
        let mut start =
            Start { cursor: tail, gap: None, told: tail, opening: OPENING.into(), preceding: None };
        match request.last_event_id() {
            None => self.tell_place(&live, request, &mut start),
            Some(LastEventId::Empty) => {
                self.tell_place(&live, request, &mut start);
                start.preceding = Some(answer(request.dialect(), live));
            }
            Some(LastEventId::Earliest) => {
                start.cursor = self.log.held_from(Sequence::START, now)?;
                start.told = self.log.gone(audience.kinds(), now)?;
                start.preceding = Some(Place::Earliest);
                // A stream has told the client so when nothing had been kept, and by now something has
                // been removed that it may not have seen.
                if request.is_returning() && start.told > Sequence::START {
                    start.gap = Some(Gap { requested: Some(Place::Earliest), missed: None });
                } else if start.cursor >= tail && !request.is_returning() {
                    self.tell_place(&live, request, &mut start);
                }
            }
            Some(LastEventId::After(asked)) => {
                let asked_for = Place::After(asked.clone());
                if let Some(cursor) = self.resolve(asked, &audience, now)? {
                    (start.cursor, start.told) = (cursor, cursor);
                    start.preceding = Some(asked_for.clone());
                    // Of what came behind it some is gone, and the rest is replayed.
                    if self.log.gone(audience.kinds(), now)? > cursor {
                        start.preceding = Some(Place::Earliest);
                        start.gap = Some(Gap { requested: Some(asked_for), missed: Some(0) });
                    }
                } else {
                    let gap = Some(Gap { requested: Some(asked_for), missed: None });
                    let (form, places) = (self.gap_form(request), &self.places);
                    // Nothing is replayed, so that the gap need not wait for what follows it.
                    let mut untold = Untold { gap, form, places, nonce: id.into() };
                    untold.tell_at(tail, &mut start.opening);
                    start.preceding = Some(answer(request.dialect(), live));
                }
            }
        }
        Ok(start)
    }

    /// Behind which update the client has been told to be, or the one whose id it has.
    fn resolve(
        &self,
        asked: &EventId,
        audience: &Audience,
        now: Timestamp,
    ) -> Result<Option<Sequence>, H::Error> {
        match self.places.read(asked) {
            Some(cursor) => Ok(Some(cursor).filter(|cursor| *cursor <= self.log.tail())),
            None => self.log.find(asked, now, |update| {
                update.id_origin == IdOrigin::Hub || self.may_read(audience, update)
            }),
        }
    }

    /// Has a stream without a replay begin with the place that it begins at. Otherwise its client
    /// has no last event ID until the first update came, and loses what is published while its
    /// connection is lost.
    fn tell_place(&self, live: &Place, request: &SubscribeRequest, start: &mut Start) {
        if self.place_events.are_for(request.cache_control()) {
            live.encode(&mut start.opening);
        }
    }

    fn gap_form(&self, request: &SubscribeRequest) -> GapForm {
        match self.gap_events {
            GapEvents::On => GapForm::Gap,
            GapEvents::Off if self.place_events.are_for(request.cache_control()) => GapForm::Place,
            GapEvents::Off => GapForm::Silence,
        }
    }

    fn may_read(&self, audience: &Audience, update: &EncodedUpdate) -> bool {
        audience.may_read(update, &ResolvedTopics::new(&update.topics, &*self.urls))
    }
}

/// 80 to 100 % of `age`, so that connections which began together do not come back together. The
/// part is out of the connection's id, which is random.
fn jittered(age: Duration, id: ConnectionId) -> Duration {
    age / 100 * (80 + u32::from(id.random_byte()) % 21)
}

/// What precedes a stream that begins at the place `live`, to a client that gave a last event ID which
/// says nothing: in 0.x that place, in 1.0 `earliest`.
fn answer(dialect: Dialect, live: Place) -> Place {
    match dialect {
        Dialect::V0 => live,
        Dialect::V1 => Place::Earliest,
    }
}
