//! The seam between the application's handles and the engine.

use std::{rc::Rc, sync::Arc};

use futures::channel::oneshot;

use crate::{
    base::connection_id::ConnectionId,
    event_stream::{comment::Comment, event::Event},
    hub::{
        connection::{SendError, UnknownConnection},
        heartbeat::Heartbeat,
        queue::QueueFull,
        whom::Whom,
    },
    web::streams::polled::Polled,
};

/// Whether a poll that finds nothing makes the connection wait for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Polling {
    Waits,
    TakesWhatIsThere,
}

/// A look at one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) is_stopped: bool,
    pub(crate) queue_len: usize,
    pub(crate) queue_bytes: usize,
}

/// A hub, as a handle to one connection sees it.
pub(crate) trait OneConnection {
    fn send_encoded(&self, id: ConnectionId, encoded: Arc<[u8]>) -> Result<(), SendError>;
    fn poll(&self, id: ConnectionId, polling: Polling) -> Polled;
    /// Resolves when the stream has taken all that is queued and committed now, or has ended.
    fn flush(&self, id: ConnectionId) -> oneshot::Receiver<()>;
    fn stop(&self, id: ConnectionId) -> Result<(), UnknownConnection>;
    fn close(&self, id: ConnectionId) -> Result<(), UnknownConnection>;
    fn status(&self, id: ConnectionId) -> Result<Status, UnknownConnection>;
    fn set_heartbeat_of(&self, id: ConnectionId, text: &Comment) -> Result<(), UnknownConnection>;
    fn all(self: Rc<Self>) -> Rc<dyn AllConnections>;
}

/// A hub, as the handle to all connections sees it.
pub(crate) trait AllConnections: OneConnection {
    fn connection_ids(&self) -> Vec<ConnectionId>;
    fn connection_count(&self) -> usize;
    fn send_all(&self, event: &Event) -> Result<(), QueueFull>;
    fn stop_all(&self);
    fn disconnect(&self, whom: &Whom) -> usize;
    fn heartbeat(&self) -> Heartbeat;
    fn set_heartbeat(&self, heartbeat: Heartbeat);
}
