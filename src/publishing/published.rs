//! What a publisher is told of an update.

use crate::event_stream::event_id::EventId;

/// The update is durable and on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its id.
    pub id: EventId,
    /// The connections that it is for, see [`Hub::reach`](crate::hub::engine::Hub::reach).
    pub connections: usize,
}
