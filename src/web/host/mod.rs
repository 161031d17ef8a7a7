//! The room of the host: its clock, timers, `fetch`, `SubtleCrypto` and URL parsers, and the trait of a
//! storage. Other rooms call the host through these files; none of them knows of a hub's connections.

pub(crate) mod alarm;
pub(crate) mod clock;
pub(crate) mod fetch;
pub(crate) mod host_url_parser;
pub(crate) mod storage;
pub(crate) mod subtle;
pub(crate) mod sys;
pub(crate) mod timer;
pub(crate) mod url_sys;
