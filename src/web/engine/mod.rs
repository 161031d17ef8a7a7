//! The hub in a host: carries out its effects, commits, and announces subscriptions.

pub(crate) mod commit;
pub(crate) mod drain;
pub(crate) mod engine;
pub(crate) mod failure;
pub(crate) mod presence;
