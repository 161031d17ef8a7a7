//! The door: who asks is judged before a hub is touched.
//!
//! A host calls [`Door::step`] again and again. Each call is synchronous and keeps nothing: it reads
//! the request's head anew, with the answers of the host so far, and says what is needed next. So
//! nothing is shared between requests but values, and a request that ends in the middle holds up no
//! other.

mod answers;
mod ask;
mod case;
mod operator;
mod proof;

pub use answers::{Answers, Signer, Told};
pub use ask::{Ask, Asked};
pub use operator::{Health, drain, health};

use self::case::Case;
use crate::{
    base::timestamp::Timestamp,
    door::{addressed::Addressed, granted::Granted, head::Head},
    http::error::Error,
    settings::config::Config,
    tokens::{
        algorithm::Algorithm, key::Key, key_sets::KeySets, publisher::Publisher, trust::Trust,
    },
    topics::url_parser::UrlParser,
};

/// The door of one hub, at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Door<'a> {
    /// The settings of the hub.
    pub config: &'a Config,
    /// Makes the parser of the selectors in what is granted.
    pub urls: fn(&Config, &Addressed) -> Box<dyn UrlParser>,
    /// Who decides on what is granted.
    pub judge: Judge,
    /// The time of the step.
    pub now: Timestamp,
}

/// Who decides on what is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// The keys of the configuration, which verify the request's token.
    Keys,
    /// The application in which the hub is embedded.
    Application,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The hub is told this with the request.
    Grant(Granted),
    /// The request is answered with the methods of the hub: the value of `Allow`.
    Options(&'static str),
    /// The key set at this URL is fetched, and handed to [`KeySets::finish`].
    Fetch(String),
    /// Another request fetches the key set: the step is repeated after a short while.
    Wait,
    /// The signature is held against the keys.
    Verify(Signed),
    /// The SHA-256 of these bytes is taken, which may hold a secret.
    Digest(Publisher),
    /// The application is asked.
    Application,
}

/// A token whose signature is to be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The algorithm, which each of the keys fits.
    pub algorithm: Algorithm,
    /// The keys, one or more of them, that may have signed it.
    pub keys: Vec<Key>,
    /// The signature.
    pub signature: Vec<u8>,
    /// The text that is signed.
    pub input: String,
}

impl Door<'_> {
    /// Says what is to be done next for a request to this hub.
    ///
    /// # Errors
    /// Why the request is refused.
    pub fn step(
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

    fn trust(&self) -> &Trust {
        &self.config.authorization.trust
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
