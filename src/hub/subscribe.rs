//! From a request to a connection in the registry.

use std::time::Duration;

use thiserror::Error;

use super::Hub;
use crate::{
    access::Access,
    audience::{Audience, Selection},
    audiences::NoPlace,
    comment,
    connection::{Before, Connection, FlushMark, Phase, UnknownConnection},
    connection_id::ConnectionId,
    dialect::Dialect,
    gap::{Gap, GapEvents},
    history::History,
    place::Place,
    queue::Queue,
    registry::Unregistered,
    resolved_topics::ResolvedTopics,
    sequence::Sequence,
    subscribe_request::{LastEventId, SubscribeRequest},
    subscription::Subscription,
    timestamp::Timestamp,
    topic_selector::TopicSelector,
    update::EncodedUpdate,
};

/// What every stream begins with, so that the first byte goes out at once.
const OPENING: &[u8] = comment::EMPTY;

/// A connection was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        if let Some(retry) = self.turned_away(id, now) {
            return Err(SubscribeError::Draining(retry));
        }
        let selection = selection(request, access);
        let mut start = self.start_of(request, &selection, now).map_err(SubscribeError::History)?;
        self.calm(&mut start.opening, id, now);
        let tail = self.log.tail();
        let is_registered = start.cursor >= tail;
        let oldest = self.max_age.map(|age| now.saturating_add(jittered(age, id)));
        let expires = access.expires().into_iter().chain(oldest).min();
        let connection = Connection {
            id,
            own: (self.weigh)(&state),
            state,
            audience: 0,
            phase: if is_registered { Phase::Registering } else { Phase::Replaying(tail) },
            cursor: start.cursor,
            opening: start.opening,
            gap: start.gap,
            told: start.told,
            conflation: None,
            queue: Queue::default(),
            closing: None,
            waiting: None,
            heartbeat: None,
            expires,
            sent_at: now,
            moved_at: now,
            queued: 0,
            taken: FlushMark::default(),
            before: Before::default(),
        };
        self.registry.register(&selection, connection, self.memory).map_err(
            |error| match error {
                Unregistered::IdTaken => SubscribeError::IdTaken(id),
                Unregistered::NoPlace(place) => place.into(),
            },
        )?;
        Ok(Subscribed { is_registered, preceding: start.preceding, expires })
    }

    /// Lets a connection whose `registered` hook has run see live updates.
    ///
    /// # Errors
    /// [`UnknownConnection`].
    pub fn start(&mut self, id: ConnectionId) -> Result<(), UnknownConnection> {
        let key = self.registry.key(id)?;
        let connection = self.registry.at(key).ok_or(UnknownConnection(id))?;
        if connection.phase == Phase::Registering {
            connection.phase = Phase::Live;
        }
        Ok(())
    }

    /// The update before the first one that a connection of this request would be sent.
    ///
    /// # Errors
    /// The history's own.
    pub fn preceding(
        &self,
        request: &SubscribeRequest,
        access: &Access,
        now: Timestamp,
    ) -> Result<Option<Place>, H::Error> {
        let selection = selection(request, access);
        self.start_of(request, &selection, now).map(|start| start.preceding)
    }

    /// The newest update that who holds this access may know of.
    ///
    /// # Errors
    /// The history's own.
    pub fn last_event_id(&self, access: &Access, now: Timestamp) -> Result<Place, H::Error> {
        let audience = Audience::new(&Selection::new(&[TopicSelector::All], access.granted()));
        let place = self.log.resume_point(now, |update| self.may_read(&audience, update))?;
        Ok(place.unwrap_or(Place::Earliest))
    }

    fn start_of(
        &self,
        request: &SubscribeRequest,
        selection: &Selection,
        now: Timestamp,
    ) -> Result<Start, H::Error> {
        let audience = Audience::new(selection);
        let tail = self.log.tail();
        let mut start =
            Start { cursor: tail, gap: None, told: tail, opening: OPENING.into(), preceding: None };
        match request.last_event_id() {
            None => {
                self.tell_place(&mut start, request, &audience, now)?;
            }
            Some(LastEventId::Empty) => {
                let place = self.tell_place(&mut start, request, &audience, now)?;
                start.preceding = Some(answer(request.dialect(), place));
            }
            Some(LastEventId::Earliest) => {
                start.cursor = self.log.held_from(Sequence::START, now)?;
                start.told = self.log.gone(audience.kinds(), now)?;
                start.preceding = Some(Place::Earliest);
                // A stream has told the client so when nothing was held that it could read, and by
                // now something has been removed that it may not have seen.
                if request.is_returning() {
                    let removed = start.told > Sequence::START;
                    start.gap = removed.then(|| self.gap(Place::Earliest)).flatten();
                } else if start.cursor >= tail {
                    self.tell_place(&mut start, request, &audience, now)?;
                }
            }
            Some(LastEventId::After(asked)) => {
                let readable = |update: &EncodedUpdate| self.may_read(&audience, update);
                let asked_for = Place::After(asked.clone());
                if let Some(cursor) = self.log.find(asked, now, readable)? {
                    start.cursor = cursor;
                    start.told = self.log.gone(audience.kinds(), now)?;
                    if start.told > cursor {
                        start.gap = self.gap(asked_for.clone());
                    }
                    start.preceding = Some(asked_for);
                } else {
                    let place = self.log.resume_point(now, readable)?;
                    start.preceding = Some(answer(request.dialect(), place));
                    // Nothing is replayed, so that the gap need not wait for what follows it.
                    if let Some(gap) = self.gap(asked_for) {
                        gap.encode(None, &mut start.opening);
                    }
                }
            }
        }
        Ok(start)
    }

    /// Has a stream without a replay begin with the place that it begins at. Otherwise its client
    /// has no last event ID until the first update came, and loses what is published while its
    /// connection is lost.
    fn tell_place(
        &self,
        start: &mut Start,
        request: &SubscribeRequest,
        audience: &Audience,
        now: Timestamp,
    ) -> Result<Option<Place>, H::Error> {
        let place = self.log.resume_point(now, |update| self.may_read(audience, update))?;
        if let Some(place) = &place
            && self.place_events.are_for(request.cache_control())
        {
            place.encode(&mut start.opening);
        }
        Ok(place)
    }

    fn may_read(&self, audience: &Audience, update: &EncodedUpdate) -> bool {
        audience.may_read(update, &ResolvedTopics::new(&update.topics, &*self.urls))
    }

    fn gap(&self, requested: Place) -> Option<Gap> {
        match self.gap_events {
            GapEvents::On => Some(Gap { requested: Some(requested), missed: None }),
            GapEvents::Off => None,
        }
    }
}

/// 80 to 100 % of `age`, so that connections which began together do not come back together. The
/// part is out of the connection's id, which is random.
fn jittered(age: Duration, id: ConnectionId) -> Duration {
    age / 100 * (80 + u32::from(id.random_byte()) % 21)
}

fn selection(request: &SubscribeRequest, access: &Access) -> Selection {
    let asked = request.subscriptions().iter().map(Subscription::selector);
    Selection::new(asked, access.granted())
}

/// What precedes a stream that is live, to a client that gave a last event ID which says nothing:
/// in 0.x the newest update that it may read, in 1.0 `earliest`.
fn answer(dialect: Dialect, place: Option<Place>) -> Place {
    match dialect {
        Dialect::V0 => place.unwrap_or(Place::Earliest),
        Dialect::V1 => Place::Earliest,
    }
}
