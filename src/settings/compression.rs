//! Which streams are compressed: `COMPRESSION`.

use crate::tokens::access::Access;

/// Which streams are compressed for clients that read gzip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Compression {
    /// None: `off`.
    #[default]
    Off,
    /// Those of clients without a grant for private updates: `public`. The length of a compressed text
    /// tells what it has in common with a text beside it, which an attacker may have chosen.
    Public,
    /// All: `all`.
    All,
}

impl Compression {
    /// What a value of `COMPRESSION` stands for.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "off" => Some(Self::Off),
            "public" => Some(Self::Public),
            "all" => Some(Self::All),
            _ => None,
        }
    }

    /// Whether a stream with this access may be compressed.
    #[must_use]
    pub(crate) fn covers(self, access: &Access) -> bool {
        match self {
            Self::Off => false,
            Self::Public => access.granted().next().is_none(),
            Self::All => true,
        }
    }
}
