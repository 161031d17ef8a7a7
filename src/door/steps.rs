//! The steps that judge a request, before a hub is touched.
//!
//! A host calls [`Door::step`] again and again. Each call is synchronous and keeps nothing. It reads the
//! request's head and the answers of the host so far, and names the next step. So requests share only
//! values, and a request that ends in the middle holds up no other.

mod answers;
mod ask;
mod case;
mod judge;
mod operator;
mod proof;
mod step;

pub(crate) use answers::{Answers, Signer, Told};
pub(crate) use ask::{Ask, Asked};
pub(crate) use judge::{Door, Judge};
pub(crate) use operator::{Caller, Health};
pub(crate) use step::{Signed, Step};

use self::case::Case;
use crate::{door::head::Head, http::error::Error, tokens::key_sets::KeySets};

impl Door<'_> {
    /// Names the next step for a request to this hub.
    ///
    /// # Errors
    /// Why the request is refused.
    pub(crate) fn step(
        &self,
        head: &dyn Head,
        answers: &Answers,
        keys: &mut KeySets,
    ) -> Result<Step, Error> {
        let ask = match Ask::read(self.config, head)? {
            Asked::Options(allow) => return Ok(Step::Options(allow)),
            Asked::Role(ask) => ask,
        };
        let case = Case { door: self, head, ask: &ask };
        match self.judge {
            Judge::Keys => case.by_token(answers, keys),
            Judge::Application => case.by_application(answers),
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
