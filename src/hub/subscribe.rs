//! From a request to a connection in the registry.

use thiserror::Error;

use super::Hub;
use crate::{
    audience,
    connection::{Connection, FlushMark, Phase, UnknownConnection},
    connection_id::ConnectionId,
    event_id::EventId,
    gap::Gap,
    history::History,
    queue::Queue,
    sequence::Sequence,
    subscribe_request::{LastEventId, SubscribeRequest},
    timestamp::Timestamp,
};

/// A connection was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribed {
    /// Whether nothing is to be replayed, so that the `registered` hook is due now.
    pub is_registered: bool,
    /// The update before the first one that is sent, if the request asked for a place to begin.
    pub preceding: Option<LastEventId>,
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
}

struct Start {
    cursor: Sequence,
    gap: Option<Gap>,
    preceding: Option<LastEventId>,
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
        now: Timestamp,
    ) -> Result<Subscribed, SubscribeError<H::Error>> {
        let start = self.start_of(request).map_err(SubscribeError::History)?;
        let tail = self.log.tail();
        let is_registered = start.cursor >= tail;
        let connection = Connection {
            id,
            state,
            audience: 0,
            phase: if is_registered { Phase::Registering } else { Phase::Replaying(tail) },
            cursor: start.cursor,
            opening: true,
            gap: start.gap,
            queue: Queue::default(),
            closing: None,
            waiting: None,
            heartbeat: None,
            sent_at: now,
            moved_at: now,
            queued: 0,
            taken: FlushMark::default(),
        };
        let selection = audience::selection(request.selectors());
        if !self.registry.register(selection, connection) {
            return Err(SubscribeError::IdTaken(id));
        }
        Ok(Subscribed { is_registered, preceding: start.preceding })
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
    pub fn preceding(&self, request: &SubscribeRequest) -> Result<Option<LastEventId>, H::Error> {
        self.start_of(request).map(|start| start.preceding)
    }

    fn start_of(&self, request: &SubscribeRequest) -> Result<Start, H::Error> {
        let tail = self.log.tail();
        Ok(match request.last_event_id() {
            None => Start { cursor: tail, gap: None, preceding: None },
            Some(LastEventId::Earliest) => Start {
                cursor: self.log.held_from(Sequence::START)?,
                gap: None,
                preceding: Some(LastEventId::Earliest),
            },
            Some(LastEventId::After(asked)) => self.after(asked)?,
        })
    }

    fn after(&self, asked: &EventId) -> Result<Start, H::Error> {
        let tail = self.log.tail();
        // An update that is not committed yet may be taken back: nobody can have seen its id.
        let found = self.log.find(asked)?.filter(|sequence| *sequence <= tail);
        Ok(match found {
            Some(cursor) => {
                Start { cursor, gap: None, preceding: Some(LastEventId::After(asked.clone())) }
            }
            None => Start {
                cursor: tail,
                gap: Some(Gap { requested: Some(asked.clone()) }),
                preceding: Some(LastEventId::Earliest),
            },
        })
    }
}
