//! One connection, as the application holds it.

use std::{
    fmt,
    rc::{Rc, Weak},
    sync::Arc,
};

use crate::{
    base::connection_id::ConnectionId,
    event_stream::{comment::Comment, encoder, event::Event},
    hub::connection::{CloseReason, SendError, UnknownConnection},
    web::{
        engine::engine::Attached,
        streams::{registry::Registry, streams::Streams},
    },
};

/// A client that receives events: `ServerSentEventConnection` of the class reference. A handle,
/// cheap to clone, that keeps neither the stream nor the hub alive.
pub struct Connection<A> {
    id: ConnectionId,
    attached: Weak<Attached<A>>,
    streams: Weak<dyn Streams>,
}

/// What a poll for data has given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Polled {
    /// Whole events and comments.
    Chunk(Vec<u8>),
    /// Nothing now.
    Nothing,
    /// The connection has ended.
    Ended,
}

impl<A> Connection<A> {
    pub(crate) fn new(
        id: ConnectionId,
        attached: &Rc<Attached<A>>,
        streams: Weak<dyn Streams>,
    ) -> Self {
        Self { id, attached: Rc::downgrade(attached), streams }
    }

    /// Its id, unique for ever: `cid`.
    #[must_use]
    pub fn id(&self) -> ConnectionId {
        self.id
    }

    /// The registry that it is in, unless that is gone: `handler`.
    #[must_use]
    pub fn registry(&self) -> Option<Registry> {
        self.streams.upgrade().map(Registry::new)
    }

    /// Shows the application's state to `look`; `None` once the connection has ended.
    pub fn with_state<R>(&self, look: impl FnOnce(&A) -> R) -> Option<R> {
        self.attached.upgrade().map(|attached| look(&attached.application))
    }

    /// Queues an event for this connection alone. Never waits.
    ///
    /// # Errors
    /// [`SendError`] when it is stopped or its queue has no room.
    pub fn send(&self, event: &Event) -> Result<(), SendError> {
        let encoded = encoder::encoded(event);
        self.send_encoded(encoded)
    }

    /// Queues bytes that are whole events or comments already.
    ///
    /// # Errors
    /// [`SendError`] when it is stopped or its queue has no room.
    pub fn send_encoded(&self, encoded: impl Into<Arc<[u8]>>) -> Result<(), SendError> {
        self.streams()?.send_encoded(self.id, encoded.into())
    }

    /// Resolves when the stream has taken all that is queued and committed now, or has ended.
    pub async fn flush(&self) {
        if let Some(streams) = self.streams.upgrade() {
            let flushed = streams.flush(self.id);
            drop(streams);
            // An error says that the hub is gone, and with it the connection.
            let _ = flushed.await;
        }
    }

    /// Takes what the stream's `pull` would take: data, or nothing and then the connection waits
    /// and is fed as soon as there is some.
    #[must_use]
    pub fn poll_data(&self) -> Polled {
        self.streams.upgrade().map_or(Polled::Ended, |streams| streams.poll_data(self.id))
    }

    /// Takes what is there, and does not wait for more.
    #[must_use]
    pub fn poll_data_immediate(&self) -> Polled {
        self.streams.upgrade().map_or(Polled::Ended, |streams| streams.poll_data_immediate(self.id))
    }

    /// Ends the connection at once; what is in its queue is dropped.
    ///
    /// # Errors
    /// [`UnknownConnection`] when it has ended already.
    pub fn stop(&self) -> Result<(), UnknownConnection> {
        self.streams()?.stop_one(self.id)
    }

    /// Ends the connection once it was given what is queued and committed now.
    ///
    /// # Errors
    /// [`UnknownConnection`] when it has ended already.
    pub fn close(&self) -> Result<(), UnknownConnection> {
        self.streams()?.close(self.id)
    }

    /// Whether it was stopped or closed, or has ended: `stop_flag`.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.streams.upgrade().is_none_or(|streams| streams.is_stopped(self.id))
    }

    /// Events in its queue.
    ///
    /// # Errors
    /// [`UnknownConnection`] when it has ended.
    pub fn queue_len(&self) -> Result<usize, UnknownConnection> {
        self.streams()?.queue(self.id).map(|(len, _)| len)
    }

    /// Bytes in its queue.
    ///
    /// # Errors
    /// [`UnknownConnection`] when it has ended.
    pub fn queue_bytes(&self) -> Result<usize, UnknownConnection> {
        self.streams()?.queue(self.id).map(|(_, bytes)| bytes)
    }

    /// Gives it a heartbeat comment of its own.
    ///
    /// # Errors
    /// [`UnknownConnection`] when it has ended.
    pub fn set_heartbeat_comment(&self, comment: &Comment) -> Result<(), UnknownConnection> {
        self.streams()?.set_heartbeat_of(self.id, comment)
    }

    pub(crate) fn ended(&self, reason: CloseReason) {
        if let Some(streams) = self.streams.upgrade() {
            streams.ended(self.id, reason);
        }
    }

    fn streams(&self) -> Result<Rc<dyn Streams>, UnknownConnection> {
        self.streams.upgrade().ok_or(UnknownConnection(self.id))
    }
}

impl<A> Clone for Connection<A> {
    fn clone(&self) -> Self {
        Self {
            id: self.id,
            attached: Weak::clone(&self.attached),
            streams: Weak::clone(&self.streams),
        }
    }
}

impl<A> fmt::Debug for Connection<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").field("id", &self.id).finish_non_exhaustive()
    }
}
