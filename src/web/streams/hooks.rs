//! The application's hooks: the overridable methods of the class reference, with empty defaults.

use thiserror::Error;
use web_sys::{Request, Response};

use crate::{
    base::connection_id::ConnectionId,
    http::problem::Problem,
    hub::close_reason::CloseReason,
    web::streams::{connection::Connection, record::Record},
};

/// The application's part in the life of a connection. For a new one the order is
/// [`connection`](Hooks::connection), the registry, the replay of missed updates,
/// [`registered`](Hooks::registered), live updates. A hook that fails ends its own connection alone.
///
/// Hooks run while no part of the hub is borrowed, so that they may send to and stop any connection.
pub trait Hooks: 'static {
    /// The application's state of a connection.
    type State: 'static;

    /// Makes the application's state for a new connection, or refuses it: `getConnectionImpl`.
    ///
    /// # Errors
    /// The refusal, which is the answer to the request.
    fn connection(&self, request: &Request, id: ConnectionId) -> Result<Self::State, Refusal>;

    /// The connection was given all missed updates. A welcome that is sent here comes ahead of every
    /// live update. It is not called for a finite read, which has none.
    ///
    /// # Errors
    /// [`HookFailed`], which ends the connection.
    fn registered(&self, connection: &Connection<Self::State>) -> Result<(), HookFailed> {
        let _ = connection;
        Ok(())
    }

    /// The connection has ended: called exactly once for each that was in the registry.
    fn connection_closed(&self, id: ConnectionId, state: &Self::State, reason: CloseReason) {
        let _ = (id, state, reason);
    }

    /// Writes a record of the log, whose level is the configured one or above it: by default to the
    /// console as one line of JSON.
    fn log(&self, record: &Record) {
        record.to_console();
    }
}

/// An application without a part of its own.
impl Hooks for () {
    type State = ();

    fn connection(&self, _: &Request, _: ConnectionId) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Why a request gets no connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// 204, by which the client stops reconnecting: HTML § 9.2.3.
    StopReconnecting,
    /// A problem document.
    Problem(Problem),
    /// An answer of the application's own.
    Response(Response),
}

/// A hook could not do its work. The text goes to the log, not to the client.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a hook failed: {0}")]
pub struct HookFailed(pub String);
