//! All connections of a handler, as the application holds them.

use std::{fmt, rc::Rc};

use crate::{
    base::connection_id::ConnectionId,
    event_stream::{encoder, event::Event},
    hub::{
        connection::{SendError, UnknownConnection},
        heartbeat::Heartbeat,
        queue::QueueFull,
        whom::Whom,
    },
    web::streams::handles::AllConnections,
};

/// The connections that events can be sent to: the sending half of the class reference's handler.
#[derive(Clone)]
pub struct Registry {
    hub: Rc<dyn AllConnections>,
}

impl Registry {
    pub(crate) fn new(hub: Rc<dyn AllConnections>) -> Self {
        Self { hub }
    }

    /// The ids of all connections, in no order.
    #[must_use]
    pub fn connection_ids(&self) -> Vec<ConnectionId> {
        self.hub.connection_ids()
    }

    /// How many connections there are.
    #[must_use]
    pub fn connection_count(&self) -> usize {
        self.hub.connection_count()
    }

    /// Sends an event to every connection, past the log: nobody can resume it. A connection whose
    /// queue has no room is closed as too slow, since it would miss the event.
    ///
    /// # Errors
    /// [`QueueFull`] when the event is too large for any queue; nobody is sent it then.
    pub fn send_all(&self, event: &Event) -> Result<(), QueueFull> {
        self.hub.send_all(event)
    }

    /// Sends an event to one connection.
    ///
    /// # Errors
    /// [`SendError`] when the id is unknown, or the connection is stopped or its queue full.
    pub fn send_one(&self, id: ConnectionId, event: &Event) -> Result<(), SendError> {
        let encoded = encoder::encoded(event);
        self.hub.send_encoded(id, encoded.into())
    }

    /// Ends one connection at once.
    ///
    /// # Errors
    /// [`UnknownConnection`], which names the id.
    pub fn stop_one(&self, id: ConnectionId) -> Result<(), UnknownConnection> {
        self.hub.stop(id)
    }

    /// Ends every connection at once.
    pub fn stop_all(&self) {
        self.hub.stop_all();
    }

    /// Ends the connections of a subscriber, those that ask for a topic, or one, at once. Returns how many
    /// there were. A client that comes back is a new connection: to keep it away, end its rights first.
    ///
    /// ```no_run
    /// use millstream::{Whom, web::Registry};
    ///
    /// # fn log_out(registry: &Registry) -> Result<(), millstream::InvalidSubscriberName> {
    /// registry.disconnect(&Whom::Subscriber("ada".parse()?));
    /// # Ok(())
    /// # }
    /// ```
    #[expect(clippy::must_use_candidate, reason = "it ends connections")]
    pub fn disconnect(&self, whom: &Whom) -> usize {
        self.hub.disconnect(whom)
    }

    /// The heartbeat.
    #[must_use]
    pub fn heartbeat(&self) -> Heartbeat {
        self.hub.heartbeat()
    }

    /// Changes the heartbeat, also for connections that are open.
    pub fn set_heartbeat(&self, heartbeat: Heartbeat) {
        self.hub.set_heartbeat(heartbeat);
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Registry")
            .field("connections", &self.connection_count())
            .finish_non_exhaustive()
    }
}
