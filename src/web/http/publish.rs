//! From a POST to updates that are durable and on their way.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use crate::{
    base::{limits::MAX_BODY_BYTES, url_parts},
    http::{body_kind::BodyKind, error::Error},
    log::closing::EndReason,
    publishing::{
        bodies::Missing,
        body_query::BodyQuery,
        grant::PublishGrant,
        idempotency::{Fingerprint, OwnedKey},
        idempotency_key::IdempotencyKey,
        published::Published,
        request::PublishRequest,
        stop::Stop,
        stream::PublishStream,
    },
    tokens::publisher::KeySpace,
    web::{
        engine::closing::Asked,
        host::{clock, storage::Storage},
        http::{
            answers,
            bodies::GivenUp,
            body::{self, Bound},
            ending::Ending,
            incoming::Incoming,
            limits::TooEarly,
            once::{Begun, First, NotBegun},
            publish_stream::{self, Body},
            publishing::Publishing,
            respond, subscribe,
        },
        streams::hooks::Hooks,
    },
};

impl<K: Hooks, S: Storage> Publishing<K, S> {
    pub(crate) async fn answer(
        self,
        request: &Request,
        grant: PublishGrant,
    ) -> Result<Response, JsValue> {
        if self.engine.has_failed() {
            return respond::error(&Error::History);
        }
        let url = request.url();
        let query = url_parts::query(&url);
        if BodyQuery::asks_to_stop(query) {
            return match Stop::parse(query) {
                Ok(stop) => self.answer_stop(request, &grant, &stop).await,
                Err(invalid) => respond::error(&invalid.into()),
            };
        }
        let parser = match body_of(request, query) {
            Ok(Content::Stream(parser)) => parser,
            Ok(Content::One(kind)) => {
                return match self.publish_one(request, kind, &grant).await {
                    Ok(published) => respond::published(&published),
                    Err(error) => respond::error(&error),
                };
            }
            Err(error) => return respond::error(&error),
        };
        match self.open(request, parser, &grant) {
            Ok((body, given_up)) => {
                let answers = publish_stream::answers(self, grant, body);
                respond::ndjson(&answers::readable(answers, given_up)?)
            }
            Err(error) => respond::error(&error),
        }
    }

    /// Begins to read a streamed body, if it may publish to the topics of its query.
    fn open(
        &self,
        request: &Request,
        parser: PublishStream,
        grant: &PublishGrant,
    ) -> Result<(Body<K, S>, Rc<GivenUp>), Error> {
        let target = parser.target().cloned();
        if let Some(target) = &target {
            let closing = PublishRequest::at_end_of(target, EndReason::Done);
            grant.may_publish(&closing, clock::now())?;
            self.engine.check_open(&target.topics)?;
        }
        let sender = subscribe::sender(request, &grant.access);
        let reader = body::Reader::new(request, self.limits.enter(sender, Missing::Next)?)?;
        let given_up = Rc::clone(reader.given_up());
        let closing = target.clone().filter(|target| target.closes);
        let ending = closing.map(|target| Ending::begin(&self.engine, target)).transpose()?;
        let producer = self.producers.enter(target);
        let incoming = Incoming::new(parser, reader);
        Ok((Body { incoming, producer, ending }, given_up))
    }

    async fn publish_one(
        &self,
        request: &Request,
        kind: One,
        grant: &PublishGrant,
    ) -> Result<Published, Error> {
        let key = idempotency_key(request)?;
        let refusal = match kind {
            One::Form => Error::FormTooLarge,
            One::Json => Error::BodyTooLarge,
        };
        let sender = subscribe::sender(request, &grant.access);
        let place = self.limits.enter(sender, Missing::Rest)?;
        let body = body::read(request, Bound { bytes: MAX_BODY_BYTES, refusal }, place).await?;
        let parsed = match kind {
            One::Form => PublishRequest::from_form(&body),
            One::Json => PublishRequest::from_json(&body),
        }
        .map_err(|invalid| grant.unreadable(invalid))?;
        grant.may_publish(&parsed, clock::now())?;
        let Some(key) = key else { return self.publish_parsed(parsed, None).await };
        let fingerprint = Fingerprint::new(kind.kind().media_type(), &body);
        let space = key_space(grant)?;
        let begun = self.limits.once().begin(OwnedKey { space, key }, fingerprint).await;
        match begun {
            Ok(Begun::Again(published)) => Ok(published),
            Ok(Begun::First(first)) => self.publish_parsed(parsed, Some(first)).await,
            Err(NotBegun::Refused(refusal)) => Err(refusal),
            Err(NotBegun::Failed(error)) => Err(self.engine.publish_failed(&error).into()),
        }
    }

    async fn publish_parsed(
        &self,
        request: PublishRequest,
        first: Option<First<'_>>,
    ) -> Result<Published, Error> {
        let too_fast = |early: TooEarly| Error::PublishRate(early.rate.0);
        self.limits.take_update().map_err(too_fast)?;
        let generated = clock::update_id().map_err(|_| Error::Internal)?;
        let remember = |published: &Published| match &first {
            Some(first) => first.remember(published),
            None => Ok(()),
        };
        Ok(self.engine.publish_and(Asked { request, generated }, &remember).await?)
    }
}

/// A body by its content type.
enum Content {
    One(One),
    Stream(PublishStream),
}

#[derive(Clone, Copy)]
enum One {
    Form,
    Json,
}

impl One {
    fn kind(self) -> BodyKind {
        match self {
            Self::Form => BodyKind::Form,
            Self::Json => BodyKind::Json,
        }
    }
}

fn body_of(request: &Request, query: &str) -> Result<Content, Error> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let (typed, encoding) = (header("Content-Type"), header("Content-Encoding"));
    let stream = match BodyKind::of_publication(typed.as_deref(), encoding.as_deref())? {
        BodyKind::Form => return Ok(Content::One(One::Form)),
        BodyKind::Json => return Ok(Content::One(One::Json)),
        BodyKind::Ndjson => PublishStream::ndjson(query)?,
        BodyKind::EventStream => PublishStream::event_stream(query)?,
    };
    match idempotency_key(request)? {
        Some(_) => Err(Error::KeyOfStream),
        None => Ok(Content::Stream(stream)),
    }
}

/// The space of the publisher's idempotency keys. The door names it with every grant.
fn key_space(grant: &PublishGrant) -> Result<KeySpace, Error> {
    match (&grant.key_space, grant.access.dialect()) {
        (Some(space), _) => Ok(space.clone()),
        (None, None) => Ok(KeySpace::anonymous()),
        (None, Some(_)) => Err(Error::Internal),
    }
}

fn idempotency_key(request: &Request) -> Result<Option<IdempotencyKey>, Error> {
    let key = request.headers().get("Idempotency-Key").ok().flatten();
    Ok(key.map(|key| IdempotencyKey::parse(&key)).transpose()?)
}
