//! One connection, as the application holds it.

use std::{
    fmt,
    rc::{Rc, Weak},
    sync::Arc,
};

use crate::{
    base::connection_id::ConnectionId,
    event_stream::{comment::Comment, encoder, event::Event},
    hub::connection::{SendError, UnknownConnection},
    web::streams::{
        attached::Attached,
        handles::{OneConnection, Polling, Status},
        polled::Polled,
        registry::Registry,
    },
};

/// A client that receives events: `ServerSentEventConnection` of the class reference. A handle,
/// cheap to clone, that keeps neither the stream nor the hub alive.
pub struct Connection<A> {
    id: ConnectionId,
    attached: Weak<Attached<A>>,
    hub: Weak<dyn OneConnection>,
}

impl<A> Connection<A> {
    pub(crate) fn new(
        id: ConnectionId,
        attached: &Rc<Attached<A>>,
        hub: Weak<dyn OneConnection>,
    ) -> Self {
        Self { id, attached: Rc::downgrade(attached), hub }
    }

    /// Its id, unique for ever: `cid`.
    #[must_use]
    pub fn id(&self) -> ConnectionId {
        self.id
    }

    /// The registry that it is in, unless that is gone: `handler`.
    #[must_use]
    pub fn registry(&self) -> Option<Registry> {
        self.hub.upgrade().map(|hub| Registry::new(hub.all()))
    }

    /// Shows the application's state to `look`; `None` once the connection has ended.
    pub fn with_state<R>(&self, look: impl FnOnce(&A) -> R) -> Option<R> {
        self.attached.upgrade().map(|attached| look(attached.application()))
    }

    /// Queues an event for this connection alone. Never waits.
    ///
    /// # Errors
    /// [`SendError`] when it is stopped or its queue has no room.
    pub fn send(&self, event: &Event) -> Result<(), SendError> {
        let encoded = encoder::encoded(event);
        self.send_encoded(encoded)
    }

    /// Queues whole events or comments that are encoded already.
    ///
    /// # Errors
    /// [`SendError`] when it is stopped or its queue has no room.
    pub fn send_encoded(&self, encoded: impl Into<Arc<[u8]>>) -> Result<(), SendError> {
        self.hub()?.send_encoded(self.id, encoded.into())
    }

    /// Resolves when the stream has taken all that is queued and committed now, or has ended.
    pub async fn flush(&self) {
        if let Some(hub) = self.hub.upgrade() {
            let flushed = hub.flush(self.id);
            drop(hub);
            // An error says that the hub is gone, and with it the connection.
            let _ = flushed.await;
        }
    }

    /// Takes the next chunk, as the stream's `pull` does. If there is none the connection waits, and is
    /// fed as soon as there is one.
    #[must_use]
    pub fn poll_data(&self) -> Polled {
        self.poll(Polling::Waits)
    }

    /// Takes the next chunk, and does not wait if there is none.
    #[must_use]
    pub fn poll_data_immediate(&self) -> Polled {
        self.poll(Polling::TakesWhatIsThere)
    }

    /// Ends the connection at once, and drops its queue.
    ///
    /// # Errors
    /// [`UnknownConnection`] when it has ended already.
    pub fn stop(&self) -> Result<(), UnknownConnection> {
        self.hub()?.stop(self.id)
    }

    /// Ends the connection once it was given all that is queued and committed now.
    ///
    /// # Errors
    /// [`UnknownConnection`] when it has ended already.
    pub fn close(&self) -> Result<(), UnknownConnection> {
        self.hub()?.close(self.id)
    }

    /// Whether it was stopped or closed, or has ended: `stop_flag`.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.status().map_or(true, |status| status.is_stopped)
    }

    /// Events in its queue.
    ///
    /// # Errors
    /// [`UnknownConnection`] when it has ended.
    pub fn queue_len(&self) -> Result<usize, UnknownConnection> {
        self.status().map(|status| status.queue_len)
    }

    /// Bytes in its queue.
    ///
    /// # Errors
    /// [`UnknownConnection`] when it has ended.
    pub fn queue_bytes(&self) -> Result<usize, UnknownConnection> {
        self.status().map(|status| status.queue_bytes)
    }

    /// Gives it a heartbeat comment of its own.
    ///
    /// # Errors
    /// [`UnknownConnection`] when it has ended.
    pub fn set_heartbeat_comment(&self, comment: &Comment) -> Result<(), UnknownConnection> {
        self.hub()?.set_heartbeat_of(self.id, comment)
    }

    fn poll(&self, polling: Polling) -> Polled {
        self.hub.upgrade().map_or(Polled::Ended, |hub| hub.poll(self.id, polling))
    }

    fn status(&self) -> Result<Status, UnknownConnection> {
        self.hub()?.status(self.id)
    }

    fn hub(&self) -> Result<Rc<dyn OneConnection>, UnknownConnection> {
        self.hub.upgrade().ok_or(UnknownConnection(self.id))
    }
}

impl<A> Clone for Connection<A> {
    fn clone(&self) -> Self {
        Self { id: self.id, attached: Weak::clone(&self.attached), hub: Weak::clone(&self.hub) }
    }
}

impl<A> fmt::Debug for Connection<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").field("id", &self.id).finish_non_exhaustive()
    }
}
