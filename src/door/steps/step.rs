//! A step of a request through the door.

use crate::{
    door::granted::Granted,
    tokens::{algorithm::Algorithm, key::Key, publisher::Publisher},
};

/// The next step of a request. The host does it, and adds the answer to the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The hub is told this with the request.
    Grant(Granted),
    /// The hub is told this with the request, and the host holds the stream that is asked for.
    Hold(Granted),
    /// The request is answered with the methods of the hub: the value of `Allow`.
    Options(&'static str),
    /// The key set at this URL is fetched, and handed to [`KeySets::finish`](crate::tokens::key_sets::KeySets::finish).
    Fetch(String),
    /// Another request fetches the key set: the step is repeated after a short while.
    Wait,
    /// The signature is held against the keys.
    Verify(Signed),
    /// The SHA-256 of these bytes is made. They may hold a secret.
    Digest(Publisher),
    /// The application is asked.
    Application,
}

/// A token whose signature the host verifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    /// The algorithm, which each of the keys fits.
    pub algorithm: Algorithm,
    /// The keys, one or more of them, that may have signed it.
    pub keys: Vec<Key>,
    /// The signature.
    pub signature: Vec<u8>,
    /// The text that is signed.
    pub input: String,
}
