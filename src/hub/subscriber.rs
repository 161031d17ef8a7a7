//! A client that asks a hub for updates.

use crate::{
    base::connection_id::ConnectionId,
    hub::{audience::Selection, subscribe_request::SubscribeRequest},
    tokens::access::Access,
    topics::subscription::Subscription,
};

/// The client of one connection, with its request and its rights.
#[derive(Clone, Copy, Debug)]
pub struct Subscriber<'a> {
    /// The id that its connection has.
    pub id: ConnectionId,
    /// Its request.
    pub request: &'a SubscribeRequest,
    /// The private updates that it may see.
    pub access: &'a Access,
}

impl Subscriber<'_> {
    /// The topics that it asks for and is granted.
    pub(crate) fn selection(&self) -> Selection {
        let asked = self.request.subscriptions().iter().map(Subscription::selector);
        Selection::new(asked, self.access.granted())
            .with_fields(self.request.fields())
            .with_hub_events(self.request.hub_events())
    }
}
