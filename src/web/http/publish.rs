//! From a POST to updates that are durable and on their way.

use std::{error::Error as StdError, rc::Rc};

use thiserror::Error;
use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use crate::{
    base::{limits::MAX_BODY_BYTES, rate::Rate, sequence::Sequence, url_parts},
    http::{body_kind::BodyKind, error::Error},
    log::update::{Update, UpdateTooLarge},
    publishing::{
        bodies::Missing,
        grant::PublishGrant,
        idempotency::{Fingerprint, OwnedKey},
        idempotency_key::IdempotencyKey,
        published::Published,
        request::PublishRequest,
        stream::PublishStream,
    },
    settings::level::Level,
    tokens::publisher::KeySpace,
    web::{
        engine::engine::Engine,
        host::{clock, storage::Storage},
        http::{
            answers,
            body::{self, Bound},
            once::{Begun, First},
            publish_stream, respond, subscribe,
        },
        streams::hooks::{Hooks, Record},
    },
};

/// Why an update was not published.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PublishError {
    /// It is too large to be kept.
    #[error(transparent)]
    TooLarge(#[from] UpdateTooLarge),
    /// The history refused it, or could not be made durable. The text is for the log.
    #[error("the history did not take the update: {0}")]
    History(String),
}

impl From<PublishError> for Error {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::TooLarge(too_large) => Self::UpdateTooLarge(too_large),
            PublishError::History(_) => Self::Unconfirmed,
        }
    }
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Adds an update to the log, where nobody can read it before it is committed.
    pub(crate) fn append(&self, update: &Update) -> Result<(Sequence, Published), PublishError> {
        let encoded = update.encode()?;
        if self.failure.has_happened() {
            return Err(PublishError::History("an earlier write was not confirmed".to_owned()));
        }
        self.make_place_key()?;
        let (connections, appended) = {
            let mut hub = self.hub.borrow_mut();
            (hub.reach(&encoded), hub.append(encoded, clock::now()))
        };
        let sequence = appended.map_err(|error| self.publish_failed(&error))?;
        if self.logs(Level::Debug) {
            self.log(&Record::of_update("update appended", update));
        }
        Ok((sequence, Published { id: update.id().clone(), connections }))
    }

    /// Sees to it that the first update that is kept comes with the key of the hub's places.
    fn make_place_key(&self) -> Result<(), PublishError> {
        if self.hub.borrow().has_place_key() {
            return Ok(());
        }
        let key = clock::place_key()
            .map_err(|_| PublishError::History("the host gave no random key".to_owned()))?;
        let kept = self.hub.borrow().log().history().keep_place_key(&key);
        // The hook that logs may ask the hub.
        kept.map_err(|error| self.publish_failed(&error))?;
        self.hub.borrow_mut().set_place_key(key);
        Ok(())
    }

    pub(crate) fn publish_failed(&self, error: &dyn StdError) -> PublishError {
        self.log(&Record::new(Level::Error, "publish failed").with_detail(error));
        PublishError::History(error.to_string())
    }

    pub(crate) async fn answer_publish(
        &self,
        request: &Request,
        grant: PublishGrant,
    ) -> Result<Response, JsValue> {
        if self.failure.has_happened() {
            return respond::error(&Error::History);
        }
        let parser = match body_of(request) {
            Ok(Body::Stream(parser)) => parser,
            Ok(Body::One(kind)) => {
                return match self.publish_one(request, kind, &grant).await {
                    Ok(published) => respond::published(&published),
                    Err(error) => respond::error(&error),
                };
            }
            Err(error) => return respond::error(&error),
        };
        let sender = subscribe::sender(request, &grant.access);
        let place = self.limits.bodies.enter(sender, Missing::Next).map_err(Error::from);
        let reader = place.and_then(|place| body::Reader::new(request, place));
        match (reader, self.shared()) {
            (Ok(reader), Some(engine)) => {
                let given_up = Rc::clone(reader.given_up());
                let answers = publish_stream::answers(engine, grant, parser, reader);
                respond::ndjson(&answers::readable(answers, given_up)?)
            }
            (Err(error), _) => respond::error(&error),
            (_, None) => respond::error(&Error::Internal),
        }
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
        let place = self.limits.bodies.enter(sender, Missing::Rest)?;
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
        let begun = self.limits.once.begin(OwnedKey { space, key }, fingerprint).await;
        match begun.map_err(|error| self.publish_failed(&error))?? {
            Begun::Again(published) => Ok(published),
            Begun::First(first) => self.publish_parsed(parsed, Some(first)).await,
        }
    }

    async fn publish_parsed(
        &self,
        request: PublishRequest,
        first: Option<First<'_>>,
    ) -> Result<Published, Error> {
        self.limits
            .take_update()
            .map_err(|_| Error::PublishRate(self.limits.rate.map_or(0, |Rate(rate)| rate)))?;
        let generated = clock::update_id().map_err(|_| Error::Internal)?;
        self.turn_to_append().await;
        let (sequence, published) = self.append(&request.into_update(generated))?;
        if let Some(first) = &first
            && let Err(error) = first.remember(&published)
        {
            // The update without its outcome could be published twice.
            return Err(self.unconfirmed(&error).into());
        }
        self.commit(sequence).await?;
        Ok(published)
    }
}

/// What a body holds.
enum Body {
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

fn body_of(request: &Request) -> Result<Body, Error> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let (typed, encoding) = (header("Content-Type"), header("Content-Encoding"));
    let stream = match BodyKind::of_publication(typed.as_deref(), encoding.as_deref())? {
        BodyKind::Form => return Ok(Body::One(One::Form)),
        BodyKind::Json => return Ok(Body::One(One::Json)),
        BodyKind::Ndjson => PublishStream::ndjson(),
        BodyKind::EventStream => PublishStream::event_stream(url_parts::query(&request.url()))?,
    };
    match idempotency_key(request)? {
        Some(_) => Err(Error::KeyOfStream),
        None => Ok(Body::Stream(stream)),
    }
}

/// Where the idempotency keys of the publisher are kept. The door tells it for every key.
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
