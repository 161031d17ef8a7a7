//! The four fields of the standard.

/// A field that the standard knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    EventType,
    Data,
    Id,
    ReconnectionTime,
}

impl Field {
    /// The field of this name.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"event" => Some(Self::EventType),
            b"data" => Some(Self::Data),
            b"id" => Some(Self::Id),
            b"retry" => Some(Self::ReconnectionTime),
            _ => None,
        }
    }

    /// The field and its value in a whole line. A comment and an unknown field give nothing.
    #[inline]
    pub(super) fn split(line: &[u8]) -> Option<(Self, &[u8])> {
        let (field, rest) = match line.first()? {
            b'd' => (Self::Data, line.strip_prefix(b"data")?),
            b'i' => (Self::Id, line.strip_prefix(b"id")?),
            b'e' => (Self::EventType, line.strip_prefix(b"event")?),
            b'r' => (Self::ReconnectionTime, line.strip_prefix(b"retry")?),
            _ => return None,
        };
        match rest {
            [b':', b' ', value @ ..] | [b':', value @ ..] | value @ [] => Some((field, value)),
            _ => None,
        }
    }
}
