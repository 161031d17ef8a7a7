//! The digits of a `retry` field.

/// The value of a `retry` field as it arrives: a number of any length needs no buffer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Digits {
    None,
    Number(u64),
    /// Something other than ASCII digits, so the field is ignored.
    Other,
}

impl Digits {
    pub(super) fn and(self, bytes: &[u8]) -> Self {
        bytes.iter().fold(self, |digits, byte| match digits {
            Self::None if byte.is_ascii_digit() => Self::Number(u64::from(byte & 0x0f)),
            Self::Number(number) if byte.is_ascii_digit() => {
                Self::Number(number.saturating_mul(10).saturating_add(u64::from(byte & 0x0f)))
            }
            _ => Self::Other,
        })
    }

    pub(super) fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::None | Self::Other => None,
        }
    }
}
