//! The hub in a host: carries out the core's effects, commits, and announces subscriptions.

pub(crate) mod active;
pub(crate) mod application;
pub(crate) mod commits;
pub(crate) mod drain;
pub(crate) mod engine;
pub(crate) mod failure;
pub(crate) mod feed;
pub(crate) mod flushes;
pub(crate) mod handles;
pub(crate) mod journal;
pub(crate) mod places;
pub(crate) mod presence;
pub(crate) mod publish;
pub(crate) mod publish_error;
pub(crate) mod subscribe;
pub(crate) mod waiters;
