//! A request that needs a right, judged by a token or by an application.

use super::{
    answers::{Answers, Told},
    ask::Ask,
    judge::{Door, Judge},
    proof::{Proof, Proven},
    step::Step,
};
use crate::{
    base::dialect::Dialect,
    door::{
        granted::{Bearer, Holder},
        head::Head,
    },
    http::error::Error,
    hub::{subscribe_parts::SubscribeParts, subscribe_request::SubscribeRequest},
    settings::stream_holder::StreamHolder,
    tokens::{
        access::Access,
        application_claims::{self, ApplicationClaims, InvalidClaims},
        bearer::{self, Carrier, Carriers, Presented},
        challenge::{NoKey, Unauthorized},
        grants::{Grants, Selectable},
        invalid_token::InvalidToken,
        jws::Jws,
        key_sets::KeySets,
        publish_origin,
        publisher::{KeySpace, Publisher},
        verifier::Role,
    },
    topics::url_parser::UrlParser,
};

/// A request that needs a right, and the hub that it asks.
pub(super) struct Case<'a> {
    pub(super) door: &'a Door<'a>,
    pub(super) head: &'a dyn Head,
    pub(super) ask: &'a Ask,
}

impl Case<'_> {
    /// Judges by the token. A token that is wrong is refused even where nobody needs one.
    pub(super) fn by_token(&self, answers: &Answers, keys: &mut KeySets) -> Result<Step, Error> {
        let presented = self.find().map_err(|reason| self.refuse(self.dialect(None), reason))?;
        let Some(presented) = presented else { return self.anonymous() };
        let jws = presented.jws();
        let dialect = self.dialect(jws.as_ref().ok());
        let carried = Carried { carrier: presented.carrier, jws };
        let judged = self.verified(carried, &mut Proof { answers, keys });
        judged.map_err(|reason| self.refuse(dialect, reason))
    }

    /// Judges by what the application says.
    pub(super) fn by_application(&self, answers: &Answers) -> Result<Step, Error> {
        let claims = match &answers.application {
            None => return Ok(Step::Application),
            Some(Told::Nobody) => return self.anonymous(),
            Some(Told::Failed) => return Err(Error::Internal),
            Some(Told::Claims(json)) => application_claims::parse(json, self.door.now)?,
        };
        let ApplicationClaims { grants, selectable, publisher, subscriber } = claims;
        // The answer depends on the application's own cookies or headers, as with a header.
        let carrier = Carrier::Header;
        let (publisher, key_space) = match publisher {
            _ if !self.is_repeatable() => (None, None),
            None => (None, Some(KeySpace::anonymous())),
            named => (named, None),
        };
        let bearer = Bearer { grants, selectable, subscriber, carrier, key_space };
        let urls = self.urls();
        let access = bearer.access(&*urls).map_err(InvalidClaims::from)?;
        let dialect = bearer.grants.dialect;
        self.may_publish_something(&bearer.grants)
            .map_err(|reason| self.refuse(dialect, reason))?;
        self.asks_for_what_is_granted(&access, &*urls)?;
        Ok(self.grant(bearer, publisher, answers))
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

    /// Grants the right that everybody has without a token. Without one, nobody is told the active
    /// subscriptions.
    fn anonymous(&self) -> Result<Step, Error> {
        let own = &self.door.config.authorization;
        let is_open = match self.ask.role {
            Role::Publisher => own.anonymous_publish,
            Role::Subscriber => own.anonymous_subscribe && !self.ask.is_of_api(),
        };
        if is_open {
            return Ok(self.step_to_hub(Holder::Anonymous));
        }
        Err(self.refuse(self.dialect(None), self.unknown()))
    }

    /// Why a visitor whom nobody knows is refused.
    fn unknown(&self) -> Unauthorized {
        if self.door.judge == Judge::Application {
            return Unauthorized::Unrecognised;
        }
        if !self.door.trust().is_without_key(self.ask.role) {
            return Unauthorized::Missing;
        }
        Unauthorized::NoKey(match self.ask.role {
            Role::Publisher => NoKey::Publish,
            Role::Subscriber if self.ask.is_of_api() => NoKey::ReadSubscriptions,
            Role::Subscriber => NoKey::Subscribe,
        })
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
        let grants = choice.grants(&ask.addressed.url, door.now)?;
        let (selectable, subscriber) = (Selectable::Anything, choice.subscriber());
        let bearer = Bearer { grants, selectable, subscriber, carrier, key_space: None };
        bearer.access(&*self.urls())?;
        self.may_publish_something(&bearer.grants)?;
        let publisher = self.is_repeatable().then(|| choice.publisher(&key));
        Ok(self.grant(bearer, publisher, proof.answers))
    }

    /// The parser for the granted selectors. They are compiled at the door, which refuses a wrong one, and
    /// again in the hub.
    fn urls(&self) -> Box<dyn UrlParser> {
        (self.door.urls)(self.door.config, &self.ask.addressed)
    }

    /// Refuses a subscription to more than the application grants, before the hub is touched. The hub checks
    /// it again, and reads the form of a QUERY.
    fn asks_for_what_is_granted(&self, access: &Access, urls: &dyn UrlParser) -> Result<(), Error> {
        let is_query_alone = self.ask.role == Role::Subscriber
            && !self.ask.is_of_api()
            && self.head.method() != "QUERY";
        if !is_query_alone || access.may_select_anything() {
            return Ok(());
        }
        let parts = SubscribeParts::of_query(&self.ask.addressed.query);
        Ok(SubscribeRequest::parse(parts, urls)?.check_granted(access, urls)?)
    }

    /// Refuses a publisher who may publish nothing at all, before the hub reads a body. The hub compares
    /// the topics of a publication with the grants.
    fn may_publish_something(&self, grants: &Grants) -> Result<(), Unauthorized> {
        let own = &self.door.config.authorization;
        let by_claim = own.public_by_claim && grants.has_publish_claim;
        if self.ask.role == Role::Publisher && grants.publish.is_empty() && !by_claim {
            return Err(Unauthorized::no_publish_grant());
        }
        Ok(())
    }

    /// Whether the request is a publication with an idempotency key, which the hub keeps for its
    /// publisher.
    fn is_repeatable(&self) -> bool {
        self.ask.role == Role::Publisher && self.head.header("Idempotency-Key").is_some()
    }

    /// Grants the right, once the key space of the publisher is known.
    fn grant(&self, bearer: Bearer, publisher: Option<Publisher>, answers: &Answers) -> Step {
        let key_space = match (publisher, &answers.digest) {
            (None, _) => bearer.key_space,
            (Some(publisher), None) => return Step::Digest(publisher),
            (Some(_), Some(digest)) => Some(KeySpace::of_digest(digest)),
        };
        self.step_to_hub(Holder::Bearer(Bearer { key_space, ..bearer }))
    }

    /// Lets the holder of the right in. A HEAD has no stream to hold.
    fn step_to_hub(&self, holder: Holder) -> Step {
        let granted = self.ask.granted(holder);
        let may_hold = self.door.config.stream_holder == StreamHolder::Worker;
        if may_hold && self.ask.is_live() && self.head.method() != "HEAD" {
            return Step::Hold(granted);
        }
        Step::Grant(granted)
    }

    /// The dialect in which the request is refused.
    fn dialect(&self, jws: Option<&Jws<'_>>) -> Dialect {
        let (trust, role) = (self.door.trust(), self.ask.role);
        self.ask.shown.unwrap_or_else(|| trust.dialect_of_refusal(jws, role))
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
