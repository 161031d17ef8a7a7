//! The orders of the engine to its host.

use std::sync::Arc;

use crate::{
    base::{connection_id::ConnectionId, sequence::Sequence},
    hub::{connection::Connection, registry::Closed},
};

/// An order to the host.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect<T> {
    /// Enqueue the same chunk on several streams, each of which has a read pending or rests
    /// ([`Hub::rest`](crate::Hub::rest)).
    Enqueue(Enqueue<T>),
    /// Close the stream of a connection, behind what is on it, and call `connection_closed`.
    Closed(Closed<T>),
}

/// A chunk and whose streams it goes to.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enqueue<T> {
    /// Whole events and comments.
    pub chunk: Arc<[u8]>,
    /// The connections that get it.
    pub to: Vec<Recipient<T>>,
    /// The update behind which it begins, if it is a part of the log: a connection whose stream has
    /// no room need not be given it then, if the hub is told
    /// ([`Hub::fell_behind`](crate::Hub::fell_behind)).
    pub from: Option<Sequence>,
    /// The update up to which its recipients have everything once they have it. `None` if it is for these
    /// connections alone, and no part of the log.
    pub until: Option<Sequence>,
    /// How many updates of the log the chunk has, which count as delivered once it is taken
    /// ([`Hub::took`](crate::Hub::took)).
    pub updates: usize,
}

impl<T> Enqueue<T> {
    /// A chunk that is for these connections alone, and no part of the log.
    pub(crate) fn aside(chunk: Arc<[u8]>, to: Vec<Recipient<T>>) -> Self {
        Self { chunk, to, from: None, until: None, updates: 0 }
    }
}

/// A connection that is given a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient<T> {
    /// Its id.
    pub id: ConnectionId,
    /// The state that the host keeps with it.
    pub state: T,
}

impl<T: Clone> Recipient<T> {
    /// The recipient that this connection is.
    pub(crate) fn of(connection: &Connection<T>) -> Self {
        Self { id: connection.id(), state: connection.state().clone() }
    }
}
