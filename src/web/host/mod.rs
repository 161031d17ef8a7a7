//! The host: its clock, timers, `fetch`, `SubtleCrypto`, URL parsers, and the seam to a storage.

pub(crate) mod alarm;
pub(crate) mod clock;
pub(crate) mod fetch;
pub(crate) mod host_url_parser;
pub(crate) mod storage;
pub(crate) mod subtle;
pub(crate) mod sys;
pub(crate) mod timer;
pub(crate) mod url_sys;
