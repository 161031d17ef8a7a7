//! Which subscriptions are active, kept so that their end can be told after a crash.

use thiserror::Error;

use crate::{subscription_document::SubscriptionEvent, topic::Topic};

/// A store of the ends of active subscriptions, in the order in which those began.
pub trait ActiveSubscriptions {
    /// The ends that are still to be told.
    ///
    /// # Errors
    /// [`ActiveSubscriptionsFailed`].
    fn ends(&self) -> Result<Vec<SubscriptionEvent>, ActiveSubscriptionsFailed>;

    /// Keeps the end of a subscription that is made.
    ///
    /// # Errors
    /// [`ActiveSubscriptionsFailed`].
    fn insert(&self, end: &SubscriptionEvent) -> Result<(), ActiveSubscriptionsFailed>;

    /// Removes the end of the subscription at this topic, which is told with that.
    ///
    /// # Errors
    /// [`ActiveSubscriptionsFailed`].
    fn remove(&self, topic: &Topic) -> Result<(), ActiveSubscriptionsFailed>;
}

/// The store failed. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the store of active subscriptions failed: {0}")]
pub struct ActiveSubscriptionsFailed(pub String);

/// Nothing outlives the memory, and with it all connections end.
impl ActiveSubscriptions for () {
    fn ends(&self) -> Result<Vec<SubscriptionEvent>, ActiveSubscriptionsFailed> {
        Ok(Vec::new())
    }

    fn insert(&self, _: &SubscriptionEvent) -> Result<(), ActiveSubscriptionsFailed> {
        Ok(())
    }

    fn remove(&self, _: &Topic) -> Result<(), ActiveSubscriptionsFailed> {
        Ok(())
    }
}
