//! The room of the host: its clock, timers, `fetch`, `SubtleCrypto` and URL parsers, and the trait of a
//! storage. Other rooms call the host through these files; none of them knows of a hub's connections.
//!
//! The room may import from the core alone. Its invariants:
//! - A call of the host that may throw is caught, since an exception that passes through wasm counts as a
//!   trap: its declaration says `catch`.
//! - A timer whose owner is gone does not call back: [`Timer`](timer::Timer) stops it when it is dropped.
//! - No more of a key set is read than its limit: `the_host_fetches_a_document_and_no_more_than_its_limit`.

pub(crate) mod alarm;
pub(crate) mod cf;
pub(crate) mod clock;
pub(crate) mod deflate;
pub(crate) mod fetch;
pub(crate) mod host_url_parser;
pub(crate) mod link_socket;
pub(crate) mod selection;
pub(crate) mod storage;
pub(crate) mod subtle;
pub(crate) mod sys;
pub(crate) mod task;
pub(crate) mod timer;
pub(crate) mod url_sys;
