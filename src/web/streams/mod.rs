//! The streams of connections, and the application's handles and hooks.
//!
//! The room sees the engine only through traits that the engine implements: a stream through
//! [`Feed`](feed::Feed), a handle through [`OneConnection`](handles::OneConnection) and
//! [`AllConnections`](handles::AllConnections). The engine sees a stream only as a
//! [`Transport`](transport::Transport), whose forms that module lists.
//!
//! The room may import from `host` and the core, and not from `engine` or `http`. Its invariants, each
//! with the test in `tests/web` that holds it:
//! - A stream holds at most one chunk that its reader has not taken; the log holds the rest:
//!   `a_stream_that_is_not_read_holds_one_chunk_and_the_log_the_rest`.
//! - A stream pulls only when it is read: `a_stream_asks_for_nothing_ahead_of_a_read`.
//! - A link is given no chunk without credit left: `hibernate_links.test.mjs` in `tests/e2e`.
//! - A handle keeps neither its stream nor its hub alive:
//!   `a_connection_does_not_keep_its_hub_alive_and_says_that_it_has_ended`.

pub(crate) mod attached;
pub(crate) mod chunks;
pub(crate) mod compressor;
pub(crate) mod connection;
pub(crate) mod controller;
pub(crate) mod feed;
pub(crate) mod gzip;
pub(crate) mod handles;
pub(crate) mod hooks;
pub(crate) mod link;
pub(crate) mod linked;
pub(crate) mod polled;
pub(crate) mod record;
pub(crate) mod registry;
pub(crate) mod shared_chunk;
pub(crate) mod slot;
pub(crate) mod transport;
pub(crate) mod underlying_source;
