//! Active subscriptions: their documents, their paths, and which of them are announced.
//!
//! Enters: what the subscription API and the updates about subscriptions tell.

pub mod active_subscriptions;
pub mod subscription_document;
pub mod subscription_path;
pub mod told_subscriptions;
