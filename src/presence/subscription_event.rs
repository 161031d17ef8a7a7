//! The news of a subscription, which the hub publishes.

use crate::{
    base::dialect::Dialect,
    event_stream::{event::Event, event_type::InvalidEventType},
    log::{update::Update, update_id::UpdateId},
    topics::topic::Topic,
};

/// A change of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It was made, and is active.
    Made,
    /// It has ended.
    Ended,
}

/// The news that a subscription was made or has ended, ready to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionEvent {
    /// The topic: the URL of the subscription.
    pub topic: Topic,
    /// The dialect of the subscription.
    pub dialect: Dialect,
    /// The document.
    pub document: String,
}

impl SubscriptionEvent {
    /// The private update that carries the news. Draft-08 names its event type too.
    ///
    /// # Errors
    /// None occurs: `mercure` is a valid type.
    pub fn into_update(self, id: UpdateId) -> Result<Update, InvalidEventType> {
        let event = match self.dialect {
            Dialect::V0 => Event::new(self.document),
            Dialect::V1 => Event::new(self.document).with_event_type("mercure".parse()?),
        };
        Ok(Update::new(self.topic.into(), id, event).into_private().about_subscription())
    }
}
