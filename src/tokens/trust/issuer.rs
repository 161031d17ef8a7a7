//! An issuer of access tokens, and its keys.

use crate::tokens::verifier::{Role, Verifier};

/// An issuer of access tokens. Its keys are never used for another: draft-dunglas-mercure-08,
/// authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Issuer {
    pub(super) id: String,
    /// The variable that sets it.
    pub(super) variable: &'static str,
    pub(super) is_authorization_server: bool,
    pub(super) verifiers: Verifiers,
}

/// The keys of an issuer, for each role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Verifiers {
    pub(super) publisher: Option<Verifier>,
    pub(super) subscriber: Option<Verifier>,
}

impl Verifiers {
    pub(super) fn of(&self, role: Role) -> Option<&Verifier> {
        match role {
            Role::Publisher => self.publisher.as_ref(),
            Role::Subscriber => self.subscriber.as_ref(),
        }
    }
}
