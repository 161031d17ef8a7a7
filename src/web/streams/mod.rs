//! The streams of connections, and the application's handles and hooks.

pub(crate) mod attached;
pub(crate) mod chunks;
pub(crate) mod connection;
pub(crate) mod controller;
pub(crate) mod feed;
pub(crate) mod handles;
pub(crate) mod hooks;
pub(crate) mod polled;
pub(crate) mod record;
pub(crate) mod registry;
pub(crate) mod shared_chunk;
pub(crate) mod slot;
pub(crate) mod transport;
pub(crate) mod underlying_source;
