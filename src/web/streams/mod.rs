//! The streams of connections, and what an application holds of them.

pub(crate) mod chunks;
pub(crate) mod connection;
pub(crate) mod hooks;
pub(crate) mod registry;
pub(crate) mod streams;
pub(crate) mod transport;
pub(crate) mod underlying_source;
