//! The answer to a publication.

use crate::event_stream::event_id::EventId;

/// An update that is durable and on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    /// Its id.
    pub id: EventId,
    /// The number of connections that it is for, see [`Hub::reach`](crate::hub::engine::Hub::reach).
    pub connections: usize,
}
