//! The key that has signed a token.

use super::{
    answers::{Answers, Signer},
    step::{Signed, Step},
};
use crate::{
    base::timestamp::Timestamp,
    tokens::{
        challenge::Unauthorized,
        invalid_token::InvalidToken,
        jws::Jws,
        key::Key,
        key_set::KeySet,
        key_sets::{KeySets, Next},
        trust::Choice,
        verifier::Keys,
    },
};

/// The means to verify a signature.
pub(super) struct Proof<'a> {
    pub(super) answers: &'a Answers,
    pub(super) keys: &'a mut KeySets,
}

/// The key that has signed a token, or the step that finds it.
pub(super) enum Proven {
    By(Key),
    NotYet(Step),
}

impl Proof<'_> {
    /// Finds the key that has signed the token.
    pub(super) fn of(
        &mut self,
        choice: &Choice<'_>,
        jws: &Jws<'_>,
        now: Timestamp,
    ) -> Result<Proven, Unauthorized> {
        let (algorithm, id) = (jws.header.algorithm, jws.header.key_id.as_deref());
        let candidates =
            |set: &KeySet| -> Vec<Key> { set.candidates(algorithm, id).cloned().collect() };
        let candidates = match choice.verifier.keys() {
            Keys::Fixed(set) => candidates(set),
            Keys::Remote(url) => {
                let is_known = |set: &KeySet| set.candidates(algorithm, id).next().is_some();
                match self.keys.next(url, now, &is_known) {
                    Next::Use(set) => candidates(&set),
                    Next::Fetch => return Ok(Proven::NotYet(Step::Fetch(url.clone()))),
                    Next::Wait => return Ok(Proven::NotYet(Step::Wait)),
                    Next::Unavailable => return Err(Unauthorized::KeysUnavailable),
                }
            }
        };
        if candidates.is_empty() {
            return Err(InvalidToken::NoKey.into());
        }
        match &self.answers.signer {
            Some(Signer::Nobody) => return Err(InvalidToken::Signature.into()),
            Some(Signer::Key(bytes)) => {
                let signer = candidates.iter().find(|key| key.bytes() == bytes);
                if let Some(key) = signer {
                    return Ok(Proven::By(key.clone()));
                }
                // The key set was fetched again since, and lost this key.
            }
            None => {}
        }
        Ok(Proven::NotYet(Step::Verify(Signed {
            algorithm,
            keys: candidates,
            signature: jws.signature.clone(),
            input: jws.signing_input.to_owned(),
        })))
    }
}
