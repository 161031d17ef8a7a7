//! The two dialects of the protocol: draft-dunglas-mercure-07, which all stable releases of the
//! reference hub speak, and draft-08, which is to be version 1.0.

/// The dialect that a request is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// 0.x: draft-dunglas-mercure-07.
    #[default]
    V0,
    /// 1.0: draft-08.
    V1,
}

impl Dialect {
    /// The response header that answers a last event ID: draft-07 § 6, draft-08 "Reconnection".
    #[must_use]
    pub fn last_event_id_header(self) -> &'static str {
        match self {
            Self::V0 => "Last-Event-ID",
            Self::V1 => "Mercure-Last-Event-ID",
        }
    }
}
