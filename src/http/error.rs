//! Every way in which a request is refused.
//!
//! The mapping to HTTP stands in two files: `status` has the status and the body, `retry` the headers
//! and the time at which a client comes back. `reason` has the word for the log and the metrics. An error
//! without a status or a word does not compile.

mod reason;
mod retry;
mod status;

use std::time::Duration;

use thiserror::Error;

use crate::{
    base::{
        dialect::Dialect,
        limits::{MAX_CLOSINGS, MAX_IDEMPOTENCY_KEYS},
        timestamp::whole_millis,
    },
    hub::{
        admission::TooManyConnections, invalid_subscribe_request::InvalidSubscribeRequest,
        not_granted::NotGranted,
    },
    log::update::UpdateTooLarge,
    presence::subscription_path::InvalidSubscriptionPath,
    publishing::{
        bodies::TooManyBodies, grant::PublishRefused, idempotency_key::InvalidIdempotencyKey,
        invalid_request::InvalidPublishRequest, stream::InvalidPublication,
    },
    settings::{invalid_config::InvalidConfig, methods::MethodRefused, operator_key::KeyRefused},
    tokens::{application_claims::InvalidClaims, challenge::Unauthorized},
    topics::topic::Topic,
};

/// Why a request is refused. Shown as text it is the `detail` of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Error {
    /// There is nothing at this path.
    #[error(
        "there is nothing here; a hub is at /.well-known/mercure or /hubs/{{name}}/.well-known/mercure"
    )]
    NotFound,
    /// The `Host` header is not valid.
    #[error("the Host header must be a name or an address, with or without a port")]
    Host,
    /// The hub does not answer at this origin.
    #[error("the hub does not answer at this origin")]
    Misdirected,
    /// No hub can have the name in the path, or `HUB_NAMES` has other hubs.
    #[error(
        "a hub's name has 1 to 64 characters out of A-Z a-z 0-9 _ -, and is one of HUB_NAMES if that is set"
    )]
    HubName,
    /// The hub does not accept the method.
    #[error(transparent)]
    Method(#[from] MethodRefused),
    /// The `Accept` header excludes event streams, and JSON where that is an answer.
    #[error(
        "the answer is a text/event-stream, or with live=false application/json if that is asked for; \
         the Accept header excludes it"
    )]
    NotAcceptable,
    /// The body has no, or an unreadable, content type.
    #[error(
        "the Content-Type is missing or not a media type; send application/x-www-form-urlencoded"
    )]
    ContentType,
    /// The body is of another type.
    #[error(
        "a publication is sent as application/x-www-form-urlencoded, application/json, \
         application/x-ndjson or text/event-stream"
    )]
    UnsupportedMediaType,
    /// A QUERY has a body of another type.
    #[error("the body of a QUERY is sent as application/x-www-form-urlencoded")]
    QueryMediaType,
    /// The body is compressed, or encoded in another way.
    #[error("the body must be sent as it is, without a Content-Encoding")]
    ContentEncoding,
    /// The form of a publication is larger than this.
    #[error(
        "the body is larger than {0} bytes; a form counts as it is encoded, with three bytes for \
         each byte that is escaped: application/json has room for more text"
    )]
    FormTooLarge(usize),
    /// A body of another kind is larger than this.
    #[error("the body is larger than {0} bytes")]
    BodyTooLarge(usize),
    /// Nothing of the body came for this time.
    #[error("the body was given up: nothing of it came for {} ms", whole_millis(*.0))]
    BodySilent(Duration),
    /// There is no room for the body.
    #[error(transparent)]
    TooManyBodies(#[from] TooManyBodies),
    /// The body could not be read to its end.
    #[error("the body broke off")]
    BodyBroken,
    /// A request to stop has a body.
    #[error("a stop has no body: the reason is the value of \"stop\" in the query")]
    StopHasBody,
    /// The publication is wrong.
    #[error(transparent)]
    Publish(#[from] InvalidPublishRequest),
    /// The publication is refused.
    #[error(transparent)]
    PublishRefused(#[from] PublishRefused),
    /// A part of a streamed body is no publication.
    #[error(transparent)]
    Streamed(#[from] InvalidPublication),
    /// The publication is too large to be kept.
    #[error("Invalid \"data\" parameter: {0}")]
    UpdateTooLarge(#[from] UpdateTooLarge),
    /// A topic of the publication is closed.
    #[error(
        "Invalid \"topic\" parameter: {0} is closed; publish to another topic, or to this one once \
         the hub has forgotten its closing"
    )]
    TopicClosed(Topic),
    /// There are as many closed topics as a hub keeps.
    #[error("{MAX_CLOSINGS} topics are closed, as many as this hub keeps")]
    TooManyClosed,
    /// The idempotency key is not valid.
    #[error("Invalid \"Idempotency-Key\" header: {0}")]
    IdempotencyKey(#[from] InvalidIdempotencyKey),
    /// An idempotency key came with a body of many updates.
    #[error("an idempotency key is for a body of one update; give each update of a stream an id")]
    KeyOfStream,
    /// The key came before with another body.
    #[error("the idempotency key was used for another body in the last five minutes")]
    KeyReused,
    /// The hub remembers as many keys as it can.
    #[error("the hub remembers {MAX_IDEMPOTENCY_KEYS} idempotency keys, as many as it can")]
    TooManyKeys,
    /// Updates come faster than the hub is set to take them.
    #[error("updates come faster than the {0} a second that this hub takes")]
    PublishRate(u32),
    /// There are too many connections.
    #[error(transparent)]
    TooManyConnections(#[from] TooManyConnections),
    /// The subscription is wrong.
    #[error(transparent)]
    Subscribe(#[from] InvalidSubscribeRequest),
    /// The subscription asks for more than its application grants.
    #[error(transparent)]
    NotGranted(#[from] NotGranted),
    /// There is nothing at a path of the subscription API.
    #[error(transparent)]
    SubscriptionPath(#[from] InvalidSubscriptionPath),
    /// The request may not do what it asks for.
    #[error("{reason}")]
    Unauthorized {
        /// Why.
        reason: Unauthorized,
        /// The dialect, which decides on the status.
        dialect: Dialect,
        /// The URL of the hub's metadata.
        metadata: String,
    },
    /// A variable of the hub is wrong.
    #[error(transparent)]
    Config(#[from] InvalidConfig),
    /// The application in which the hub is embedded gave wrong claims. The client is not told why.
    #[error("something went wrong inside; it is in the log")]
    Claims(#[from] InvalidClaims),
    /// The history cannot be read.
    #[error("the history is not available, try again")]
    History,
    /// The history refused the update, or did not confirm it.
    #[error("the history is not available; it is not known whether the update was kept, try again")]
    Unconfirmed,
    /// The hub of the path cannot be reached for now.
    #[error("the hub is not available, try again")]
    Unreachable,
    /// The hub is being drained. Its clients come back after this time.
    #[error("the hub is being drained; come back in {} ms", whole_millis(*.0))]
    Draining(Duration),
    /// The caller is not the operator.
    #[error(transparent)]
    Operator(#[from] KeyRefused),
    /// An error that the caller did not cause.
    #[error("something went wrong inside; it is in the log")]
    Internal,
}

#[cfg(test)]
mod tests;
