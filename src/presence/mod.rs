//! Active subscriptions: their documents, their paths, and the news of them that the hub publishes.
//!
//! Enters: a rule of the subscription API, or of the updates about subscriptions.
//!
//! Invariants:
//! - The news of one connection is bounded in number and in bytes:
//!   `of_many_subscriptions_the_first_are_told`, `of_long_subscriptions_as_many_are_told_as_fit`.
//! - A store gives back the same subscriptions, so that their end can be published after a crash:
//!   `what_a_store_keeps_tells_the_same`.

#![cfg(feature = "hub")]

pub(crate) mod active_subscriptions;
mod json_object;
pub(crate) mod resource_headers;
pub(crate) mod subscription_document;
pub(crate) mod subscription_event;
pub(crate) mod subscription_path;
pub(crate) mod told_subscriptions;
pub use active_subscriptions::{ActiveSubscriptions, ActiveSubscriptionsFailed};
pub use subscription_document::ActiveSubscription;
pub use subscription_event::SubscriptionEvent;
pub use told_subscriptions::{Stored as StoredSubscriptions, ToldSubscriptions};
