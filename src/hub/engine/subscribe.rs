//! From a request to a connection in the registry.

use std::time::Duration;

use thiserror::Error;

use super::hub::Hub;
use crate::{
    base::{connection_id::ConnectionId, timestamp::Timestamp},
    hub::{
        audiences::NoPlace,
        close_reason::{CloseReason, Closing},
        connection::{Newcomer, UnknownConnection},
        finite_read::ReadForm,
        page::Page,
        progress::Progress,
        reading::Reading,
        registry::Unregistered,
        resumes::Resumes,
        subscriber::Subscriber,
    },
    log::{history::History, place::Place},
    tokens::subscriber_name::SubscriberName,
};

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
    /// The hub is being drained. The client may come back after this time.
    #[error("the hub is being drained")]
    Draining(Duration),
    /// The hub takes no more of what is asked for.
    #[error(transparent)]
    NoPlace(#[from] NoPlace),
}

impl<H: History, T: Clone> Hub<H, T> {
    /// Registers a connection. It is first given what it missed; once that is done, or at once if
    /// there is nothing ([`Subscribed::is_registered`]), the host calls the `registered` hook and
    /// then [`Hub::start`]. For a finite read and for one that [resumes](Resumes) there is no such hook.
    ///
    /// # Errors
    /// [`SubscribeError`]; the registry is then as it was.
    pub fn subscribe(
        &mut self,
        subscriber: Subscriber<'_>,
        state: T,
        now: Timestamp,
    ) -> Result<Subscribed, SubscribeError<H::Error>> {
        let Subscriber { id, request, access, resumes } = subscriber;
        if let Some(retry) = self.draining().turned_away(id, now) {
            return Err(SubscribeError::Draining(retry));
        }
        let selection = subscriber.selection();
        let start = self.beginning().of(subscriber, &selection, now);
        let mut start = start.map_err(SubscribeError::History)?;
        // A reconnection time is no part of a document.
        if request.form() == ReadForm::EventStream && resumes.is_none() {
            self.calm(&mut start.opening, id, now);
        }
        let tail = self.log().tail();
        let page = request.finite_read().map(|read| Page::new(read, request.hub_events()));
        let mut progress = match (resumes, &page) {
            (Some(Resumes { standing, .. }), _) => {
                Progress::resumed(start.cursor, standing.closing, now)
            }
            (None, Some(_)) => Progress::finite(start.cursor, tail, now),
            (None, None) => Progress::new(start.cursor, tail, now),
        };
        if start.ends.is_some() {
            progress.close(Closing { reason: CloseReason::Ended, until: tail });
        }
        let is_registered = progress.is_registering();
        let known = resumes.and_then(|resumes| resumes.expires);
        let oldest = known.or_else(|| self.terms().ends(id, now));
        let expires = access.expires().into_iter().chain(oldest).min();
        let form = self.beginning().telling.gap_form(request);
        let named = access.subscriber().cloned();
        let newcomer = Newcomer {
            id,
            own: self.terms().weight(&state) + named.as_ref().map_or(0, SubscriberName::held_bytes),
            subscriber: named,
            address: self.terms().address(&state),
            keeper: self.terms().keeper(&state),
            state,
            progress,
            reading: Reading::new(start.gap, start.told, form).with_page(page),
            opening: start.opening,
            expires,
        };
        self.register(&selection, newcomer).map_err(|error| match error {
            Unregistered::IdTaken => SubscribeError::IdTaken(id),
            Unregistered::NoPlace(place) => place.into(),
        })?;
        if resumes.is_none() {
            self.traffic_mut().subscribed();
        }
        if resumes.is_some_and(|resumes| resumes.standing.behind.is_none())
            && let Ok(key) = self.registry().key(id)
        {
            self.wait(key);
        }
        Ok(Subscribed { is_registered, preceding: start.preceding, expires })
    }

    /// Lets a connection whose `registered` hook has run see live updates.
    ///
    /// # Errors
    /// [`UnknownConnection`].
    pub fn start(&mut self, id: ConnectionId) -> Result<(), UnknownConnection> {
        let key = self.registry().key(id)?;
        self.at(key).ok_or(UnknownConnection(id))?.progress_mut().start();
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
        self.beginning().of(subscriber, &subscriber.selection(), now).map(|start| start.preceding)
    }
}
