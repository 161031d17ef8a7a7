//! The name of one connection, never given twice.

use std::{fmt, str::FromStr};

use thiserror::Error;
use uuid::Uuid;

/// The id of a connection: a random UUID, written as the IRI `urn:uuid:…`, which is also Mercure's
/// subscriber id.
///
/// ```
/// use millstream::ConnectionId;
///
/// let id = ConnectionId::from_random([7; 16]);
/// assert_eq!(id.to_string(), "urn:uuid:07070707-0707-4707-8707-070707070707");
/// assert_eq!(id.to_string().parse(), Ok(id));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(Uuid);

/// The text is not an id of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{text:?} is not the id of a connection (urn:uuid:…)")]
#[non_exhaustive]
pub struct InvalidConnectionId {
    /// The text.
    pub text: String,
}

impl ConnectionId {
    /// The id made of these random bytes: a version 4 UUID, RFC 9562 § 5.4.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

impl ConnectionId {
    /// The id as bytes, nearly all of them random.
    pub(crate) fn to_bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }

    /// The id that these bytes are of.
    pub(crate) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// One of its random bytes.
    pub(crate) fn random_byte(self) -> u8 {
        let [.., last] = *self.0.as_bytes();
        last
    }
}

impl FromStr for ConnectionId {
    type Err = InvalidConnectionId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("urn:uuid:").and_then(|uuid| Uuid::try_parse(uuid).ok()) {
            Some(uuid) => Ok(Self(uuid)),
            None => Err(InvalidConnectionId { text: text.to_owned() }),
        }
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "urn:uuid:{}", self.0)
    }
}
