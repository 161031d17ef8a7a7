//! Which subscriptions are active, kept so that their end can be told after a crash.

use thiserror::Error;

use crate::{
    base::connection_id::ConnectionId,
    presence::{subscription_document::SubscriptionEvent, told_subscriptions::ToldSubscriptions},
};

/// A store of the connections that others are told of, in the order in which they came.
pub trait ActiveSubscriptions {
    /// Removes what an earlier life has left, and gives the ends that are to be told of it.
    ///
    /// # Errors
    /// [`ActiveSubscriptionsFailed`].
    fn take(&self) -> Result<Vec<SubscriptionEvent>, ActiveSubscriptionsFailed>;

    /// Keeps the subscriptions of a connection, which are made.
    ///
    /// # Errors
    /// [`ActiveSubscriptionsFailed`].
    fn insert(&self, told: &ToldSubscriptions) -> Result<(), ActiveSubscriptionsFailed>;

    /// Removes those of a connection, whose end is told with that.
    ///
    /// # Errors
    /// [`ActiveSubscriptionsFailed`].
    fn remove(&self, subscriber: ConnectionId) -> Result<(), ActiveSubscriptionsFailed>;
}

/// The store failed. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the store of active subscriptions failed: {0}")]
pub struct ActiveSubscriptionsFailed(pub String);

/// Nothing outlives the memory, and with it all connections end.
impl ActiveSubscriptions for () {
    fn take(&self) -> Result<Vec<SubscriptionEvent>, ActiveSubscriptionsFailed> {
        Ok(Vec::new())
    }

    fn insert(&self, _: &ToldSubscriptions) -> Result<(), ActiveSubscriptionsFailed> {
        Ok(())
    }

    fn remove(&self, _: ConnectionId) -> Result<(), ActiveSubscriptionsFailed> {
        Ok(())
    }
}
