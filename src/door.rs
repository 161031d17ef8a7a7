//! The door: who asks is judged before a hub is touched.
//!
//! A host calls [`Door::step`] again and again. Each call is synchronous and keeps nothing: it reads
//! the request's head anew, with the answers of the host so far, and says what is needed next. So
//! nothing is shared between requests but values, and a request that ends in the middle holds up no
//! other.

mod ask;
mod operator;

pub use ask::{Ask, Asked};
pub use operator::{Health, drain, health};

use crate::{
    access::Access,
    algorithm::Algorithm,
    application_claims::ApplicationClaims,
    bearer::{self, Carrier, Carriers, Presented},
    challenge::Unauthorized,
    config::Config,
    dialect::Dialect,
    error::Error,
    granted::{Bearer, Granted, Holder},
    head::Head,
    invalid_token::InvalidToken,
    jws::Jws,
    key::Key,
    key_set::KeySet,
    key_sets::{KeySets, Next},
    publish_origin,
    publisher::{KeySpace, Publisher},
    timestamp::Timestamp,
    trust::{Choice, Trust},
    url_parser::UrlParser,
    verifier::{Keys, Role},
};

/// The door of one hub, at one moment.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "a parser of URLs has nothing to show")]
pub struct Door<'a> {
    /// The settings of the hub.
    pub config: &'a Config,
    /// Resolves the selectors of tokens.
    pub urls: &'a dyn UrlParser,
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

/// The answers of the host to what the steps of one request asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// The answer to [`Step::Verify`].
    pub signature: Option<Signature>,
    /// The answer to [`Step::Digest`]: the SHA-256.
    pub digest: Option<Vec<u8>>,
    /// The answer to [`Step::Application`].
    pub application: Option<Told>,
}

/// Whose a signature is.
#[derive(Clone, PartialEq, Eq)]
pub enum Signature {
    /// That of the key with these bytes.
    OfKey(Vec<u8>),
    /// That of none of the keys.
    OfNone,
}

/// What an application says about who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The request comes from nobody whom the application knows.
    Nobody,
    /// The application failed, so that nothing is known.
    Failed,
    /// The request has these rights.
    Claims(ApplicationClaims),
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

/// Without the key, which may be a secret.
impl std::fmt::Debug for Signature {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::OfKey(_) => "OfKey",
            Self::OfNone => "OfNone",
        })
    }
}

/// A request that needs a right, and the hub that it asks.
struct Case<'a> {
    door: &'a Door<'a>,
    head: &'a dyn Head,
    ask: &'a Ask,
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

    fn of_hub(&self) -> Dialect {
        Dialect::of_hub(self.trust().trusts_an_issuer())
    }
}

impl Case<'_> {
    /// Judges by the token. A token that is wrong is refused even where nobody needs one.
    fn by_token(&self, answers: &Answers, keys: &mut KeySets) -> Result<Step, Error> {
        let (ask, trust) = (self.ask, self.door.trust());
        let dialect = ask.shown.unwrap_or(self.door.of_hub());
        let presented = self.find().map_err(|reason| self.refuse(dialect, reason))?;
        let Some(presented) = presented else { return self.anonymous() };
        let jws = presented.jws();
        let shown = ask.shown;
        let dialect =
            shown.unwrap_or_else(|| trust.dialect_of_refusal(jws.as_ref().ok(), ask.role));
        let carried = Carried { carrier: presented.carrier, jws };
        let judged = self.verified(carried, &mut Proof { answers, keys });
        judged.map_err(|reason| self.refuse(dialect, reason))
    }

    /// Judges by what the application says.
    fn by_application(&self, answers: &Answers) -> Result<Step, Error> {
        let claims = match &answers.application {
            None => return Ok(Step::Application),
            Some(Told::Nobody) => return self.anonymous(),
            Some(Told::Failed) => return Err(Error::Internal),
            Some(Told::Claims(claims)) => claims,
        };
        let key_space = match (&claims.publisher, &answers.digest) {
            _ if !self.is_repeatable() => None,
            (None, _) => Some(KeySpace::anonymous()),
            (Some(publisher), None) => return Ok(Step::Digest(publisher.clone())),
            (Some(_), Some(digest)) => Some(KeySpace::of_digest(digest)),
        };
        Ok(self.grant(Bearer {
            grants: claims.grants.clone(),
            // The answer depends on the application's own cookies or headers, as with a header.
            carrier: Carrier::Header,
            key_space,
        }))
    }

    fn find(&self) -> Result<Option<Presented>, Unauthorized> {
        let authorization = self.head.header("Authorization");
        // The header goes before the cookie, which is then not read.
        let cookie = if authorization.is_none() { self.head.header("Cookie") } else { None };
        let carriers = Carriers {
            authorization: authorization.as_deref(),
            cookie: cookie.as_deref(),
            query: &self.ask.addressed.query,
        };
        let names = &self.door.config.authorization.cookie_names;
        Ok(bearer::find(carriers, self.ask.shown, names)?)
    }

    /// Without a token: what everybody may do. Which subscriptions are active is for nobody without
    /// one.
    fn anonymous(&self) -> Result<Step, Error> {
        let own = &self.door.config.authorization;
        let is_open = match self.ask.role {
            Role::Publisher => own.anonymous_publish,
            Role::Subscriber => own.anonymous_subscribe && !self.ask.is_of_api(),
        };
        if is_open {
            return Ok(Step::Grant(self.ask.granted(Holder::Anonymous)));
        }
        let no_key = self.door.judge == Judge::Keys && own.trust.is_without_key(self.ask.role);
        let reason = if no_key { Unauthorized::NoKey } else { Unauthorized::Missing };
        Err(self.refuse(self.ask.shown.unwrap_or(self.door.of_hub()), reason))
    }

    fn verified(
        &self,
        Carried { carrier, jws }: Carried<'_>,
        proof: &mut Proof<'_>,
    ) -> Result<Step, Unauthorized> {
        let (door, ask) = (self.door, self.ask);
        if carrier == Carrier::Cookie && ask.role == Role::Publisher {
            let (origin, referer) = (self.head.header("Origin"), self.head.header("Referer"));
            let origins = &door.config.authorization.publish_origins;
            publish_origin::check(origins, origin.as_deref(), referer.as_deref())?;
        }
        let jws = jws?;
        let choice = door.trust().choose(&jws, ask.role)?;
        choice.admits(carrier, ask.shown)?;
        let key = match proof.of(&choice, &jws, door.now)? {
            Proven::By(key) => key,
            Proven::NotYet(step) => return Ok(step),
        };
        let grants = choice.grants(&jws, &ask.addressed.url, door.now)?;
        // A token with a wrong selector is refused here: the hub compiles them again.
        Access::new(grants.clone(), door.urls)?;
        let publisher =
            self.is_repeatable().then(|| Publisher::of_token(choice.issuer(), &jws.payload, &key));
        let key_space = match (publisher, &proof.answers.digest) {
            (None, _) => None,
            (Some(publisher), None) => return Ok(Step::Digest(publisher)),
            (Some(_), Some(digest)) => Some(KeySpace::of_digest(digest)),
        };
        Ok(self.grant(Bearer { grants, carrier, key_space }))
    }

    /// Whether the request is a publication with an idempotency key, which is kept for its publisher.
    fn is_repeatable(&self) -> bool {
        self.ask.role == Role::Publisher && self.head.header("Idempotency-Key").is_some()
    }

    fn grant(&self, bearer: Bearer) -> Step {
        Step::Grant(self.ask.granted(Holder::Bearer(bearer)))
    }

    fn refuse(&self, dialect: Dialect, reason: Unauthorized) -> Error {
        let metadata = self.ask.addressed.metadata(&self.door.config.authorization);
        Error::Unauthorized { reason, dialect, metadata }
    }
}

/// A token taken apart, and where it stood.
struct Carried<'a> {
    carrier: Carrier,
    jws: Result<Jws<'a>, InvalidToken>,
}

/// What there is to verify a signature by.
struct Proof<'a> {
    answers: &'a Answers,
    keys: &'a mut KeySets,
}

enum Proven {
    By(Key),
    NotYet(Step),
}

impl Proof<'_> {
    /// The key that has signed the token, or what finds it out.
    fn of(
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
        match &self.answers.signature {
            Some(Signature::OfNone) => return Err(InvalidToken::Signature.into()),
            Some(Signature::OfKey(bytes)) => {
                let signer = candidates.iter().find(|key| key.bytes() == bytes);
                if let Some(key) = signer {
                    return Ok(Proven::By(key.clone()));
                }
                // The key set was renewed since, without this key.
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

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
