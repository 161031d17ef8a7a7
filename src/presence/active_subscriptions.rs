//! The interface of the store of active subscriptions, which outlives a crash.

use thiserror::Error;

use crate::{
    base::connection_id::ConnectionId,
    presence::{subscription_event::SubscriptionEvent, told_subscriptions::ToldSubscriptions},
};

/// A store of the connections whose subscriptions are announced, in the order in which they came.
pub trait ActiveSubscriptions {
    /// Takes all that an earlier object left behind, as the news of its end. The clients of links stay:
    /// their links may be there, or be opened again.
    ///
    /// # Errors
    /// [`ActiveSubscriptionsFailed`].
    fn take(&self) -> Result<Vec<SubscriptionEvent>, ActiveSubscriptionsFailed>;

    /// The clients of links, the newest first.
    ///
    /// # Errors
    /// [`ActiveSubscriptionsFailed`].
    fn of_links(&self) -> Result<Vec<ConnectionId>, ActiveSubscriptionsFailed>;

    /// Takes the subscriptions of one connection, as the news of its end.
    ///
    /// # Errors
    /// [`ActiveSubscriptionsFailed`].
    fn take_one(
        &self,
        subscriber: ConnectionId,
    ) -> Result<Vec<SubscriptionEvent>, ActiveSubscriptionsFailed>;

    /// Keeps the subscriptions of a connection, which were made.
    ///
    /// # Errors
    /// [`ActiveSubscriptionsFailed`].
    fn insert(&self, told: &ToldSubscriptions) -> Result<(), ActiveSubscriptionsFailed>;

    /// Removes the subscriptions of a connection, whose end is announced.
    ///
    /// # Errors
    /// [`ActiveSubscriptionsFailed`].
    fn remove(&self, subscriber: ConnectionId) -> Result<(), ActiveSubscriptionsFailed>;
}

/// The store failed. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the store of active subscriptions failed: {0}")]
pub struct ActiveSubscriptionsFailed(pub String);

/// A host without storage keeps nothing: its connections end with its memory.
impl ActiveSubscriptions for () {
    fn take(&self) -> Result<Vec<SubscriptionEvent>, ActiveSubscriptionsFailed> {
        Ok(Vec::new())
    }

    fn of_links(&self) -> Result<Vec<ConnectionId>, ActiveSubscriptionsFailed> {
        Ok(Vec::new())
    }

    fn take_one(
        &self,
        _: ConnectionId,
    ) -> Result<Vec<SubscriptionEvent>, ActiveSubscriptionsFailed> {
        Ok(Vec::new())
    }

    fn insert(&self, _: &ToldSubscriptions) -> Result<(), ActiveSubscriptionsFailed> {
        Ok(())
    }

    fn remove(&self, _: ConnectionId) -> Result<(), ActiveSubscriptionsFailed> {
        Ok(())
    }
}
