//! The answers of the host to the steps of a request.

use std::fmt;

/// The answers of the host to the steps of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// The answer to [`Step::Verify`](super::Step::Verify).
    pub signer: Option<Signer>,
    /// The answer to [`Step::Digest`](super::Step::Digest): the SHA-256.
    pub digest: Option<Vec<u8>>,
    /// The answer to [`Step::Application`](super::Step::Application).
    pub application: Option<Told>,
}

/// Who has made a signature.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Signer {
    /// The key with these bytes.
    Key(Vec<u8>),
    /// None of the keys.
    Nobody,
}

/// The answer of an application about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The application does not know the sender.
    Nobody,
    /// The application failed, so that nothing is known.
    Failed,
    /// The request has these claims, as JSON.
    Claims(String),
}

/// Without the key, which may be a secret.
impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Key(_) => "Key",
            Self::Nobody => "Nobody",
        })
    }
}
