//! Every way in which a request is refused, and the one mapping from there to HTTP.

use std::time::Duration;

use thiserror::Error;

use crate::{
    base::{
        dialect::Dialect,
        limits::{COME_BACK, COME_BACK_SPREAD, MAX_DRAIN_WITHIN, MAX_IDEMPOTENCY_KEYS},
        timestamp::whole_millis,
    },
    http::problem::Problem,
    hub::{admission::TooManyConnections, subscribe_request::InvalidSubscribeRequest},
    log::update::UpdateTooLarge,
    presence::subscription_path::InvalidSubscriptionPath,
    publishing::{
        bodies::TooManyBodies, grant::PublishRefused, idempotency_key::InvalidIdempotencyKey,
        invalid_request::InvalidPublishRequest, stream::InvalidPublication,
    },
    settings::{invalid_config::InvalidConfig, methods::MethodRefused},
    tokens::{application_claims::InvalidClaims, challenge::Unauthorized},
};

/// Why a request is refused. Shown as text it is the `detail` of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// There is nothing at this path.
    #[error(
        "there is nothing here; a hub is at /.well-known/mercure or /hubs/{{name}}/.well-known/mercure"
    )]
    NotFound,
    /// The `Host` header is none.
    #[error("the Host header is to be a name or an address, with a port or without")]
    Host,
    /// The hub is not to be asked at this origin.
    #[error("the hub is not to be asked at this origin")]
    Misdirected,
    /// The hub's name in the path is not one.
    #[error("a hub's name has 1 to 64 characters out of A-Z a-z 0-9 _ -")]
    HubName,
    /// The hub does not answer to the method.
    #[error(transparent)]
    Method(#[from] MethodRefused),
    /// The `Accept` header excludes event streams.
    #[error("the answer is a text/event-stream, which the Accept header excludes")]
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
    #[error("the body is to be sent without a Content-Encoding, as it is")]
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
    /// Nothing came of the body for so long.
    #[error("the body was given up: nothing of it came for {} ms", whole_millis(*.0))]
    BodySilent(Duration),
    /// There is no room for the body.
    #[error(transparent)]
    TooManyBodies(#[from] TooManyBodies),
    /// The body could not be read to its end.
    #[error("the body broke off")]
    BodyBroken,
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
    /// The idempotency key is none.
    #[error("Invalid \"Idempotency-Key\" header: {0}")]
    IdempotencyKey(#[from] InvalidIdempotencyKey),
    /// A body of many updates has no use for one idempotency key.
    #[error("an idempotency key is for a body of one update; give each update of a stream an id")]
    KeyOfStream,
    /// The key came before with another body.
    #[error("the idempotency key was used for another body in the last five minutes")]
    KeyReused,
    /// No further key can be remembered.
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
    /// The hub is not set up right.
    #[error(transparent)]
    Config(#[from] InvalidConfig),
    /// The application in which the hub is embedded gave wrong claims. The client is not told why.
    #[error("something went wrong inside; it is in the log")]
    Claims(#[from] InvalidClaims),
    /// The history cannot be read.
    #[error("the history is not available, try again")]
    History,
    /// The history did not take the update, or did not confirm that it has.
    #[error("the history is not available; it is not known whether the update was kept, try again")]
    Unconfirmed,
    /// The hub of the path is not to be had for now.
    #[error("the hub is not available, try again")]
    Unreachable,
    /// The hub is being drained, and its clients are to come back after this time.
    #[error("the hub is being drained; come back in {} ms", whole_millis(*.0))]
    Draining(Duration),
    /// Who asks is not the operator.
    #[error("this is for the operator, whose key is to be sent as a bearer token")]
    Operator,
    /// The time for draining is none.
    #[error("within is a time such as 10s, up to {} s", MAX_DRAIN_WITHIN.as_secs())]
    Within,
    /// Something that the caller has no part in.
    #[error("something went wrong inside; it is in the log")]
    Internal,
}

impl Error {
    /// What the caller is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (status, title, field) = match self {
            Self::Host => (400, "Bad Request", Some("Host")),
            Self::Misdirected => (421, "Misdirected Request", None),
            Self::NotFound | Self::SubscriptionPath(InvalidSubscriptionPath::NoSubscription) => {
                (404, "Not Found", None)
            }
            Self::SubscriptionPath(InvalidSubscriptionPath::MatchType(_)) => {
                (400, "Bad Request", Some("match_type"))
            }
            Self::HubName => (404, "Not Found", Some("hub")),
            Self::Method(_) => (405, "Method Not Allowed", None),
            Self::NotAcceptable => (406, "Not Acceptable", Some("Accept")),
            Self::ContentType => (400, "Bad Request", Some("Content-Type")),
            Self::UnsupportedMediaType | Self::QueryMediaType => {
                (415, "Unsupported Media Type", Some("Content-Type"))
            }
            Self::ContentEncoding => (415, "Unsupported Media Type", Some("Content-Encoding")),
            Self::FormTooLarge(_)
            | Self::BodyTooLarge(_)
            | Self::Streamed(
                InvalidPublication::LineTooLong(_) | InvalidPublication::EventStream(_),
            ) => (413, "Content Too Large", Some("body")),
            Self::BodyBroken | Self::Streamed(InvalidPublication::NothingFound(_)) => {
                (400, "Bad Request", Some("body"))
            }
            Self::Publish(invalid)
            | Self::PublishRefused(PublishRefused::Invalid(invalid))
            | Self::Streamed(InvalidPublication::Request(invalid)) => {
                (400, "Bad Request", Some(invalid.field()))
            }
            Self::PublishRefused(PublishRefused::OverLimit(invalid)) => {
                (413, "Content Too Large", Some(invalid.field()))
            }
            Self::UpdateTooLarge(_) => (413, "Content Too Large", Some("data")),
            Self::IdempotencyKey(_) | Self::KeyOfStream => {
                (400, "Bad Request", Some("Idempotency-Key"))
            }
            Self::KeyReused => (422, "Unprocessable Content", Some("Idempotency-Key")),
            Self::TooManyKeys => (429, "Too Many Requests", Some("Idempotency-Key")),
            Self::BodySilent(_) => (408, "Request Timeout", Some("body")),
            Self::TooManyConnections(many) if many.is_final() => (400, "Bad Request", None),
            Self::PublishRate(_) | Self::TooManyConnections(_) | Self::TooManyBodies(_) => {
                (429, "Too Many Requests", None)
            }
            Self::Subscribe(invalid) => (400, "Bad Request", Some(invalid.field())),
            Self::PublishRefused(PublishRefused::Forbidden { forbidden, dialect }) => {
                match forbidden.status(*dialect) {
                    403 => (403, "Forbidden", Some(forbidden.field())),
                    status => (status, "Bad Request", Some(forbidden.field())),
                }
            }
            Self::Unauthorized { reason, dialect, .. }
            | Self::PublishRefused(PublishRefused::Unauthorized { reason, dialect, .. }) => {
                return reason.problem(*dialect).with_field("Authorization");
            }
            Self::Config(invalid) => (500, "Internal Server Error", Some(invalid.variable())),
            Self::Within => (400, "Bad Request", Some("within")),
            Self::Operator => (401, "Unauthorized", Some("Authorization")),
            Self::History | Self::Unreachable | Self::Draining(_) => {
                (503, "Service Unavailable", None)
            }
            Self::Claims(_) | Self::Unconfirmed | Self::Internal => {
                (500, "Internal Server Error", None)
            }
        };
        let problem = Problem::new(status, title, self.to_string());
        match field {
            Some(field) => problem.with_field(field),
            None => problem,
        }
    }

    /// When a client may ask for the same stream again, for what will be over by itself or is no
    /// fault of the client's; `random` is a random byte, so that clients do not come back together.
    /// `None` when the client would be refused again.
    #[must_use]
    pub fn comes_back(&self, random: u8) -> Option<Duration> {
        match self {
            Self::Draining(retry) => Some(*retry),
            Self::TooManyConnections(many) if many.is_final() => None,
            Self::TooManyConnections(_)
            | Self::TooManyBodies(_)
            | Self::TooManyKeys
            | Self::PublishRate(_)
            | Self::Unauthorized { reason: Unauthorized::KeysUnavailable, .. }
            | Self::Config(_)
            | Self::Claims(_)
            | Self::History
            | Self::Unconfirmed
            | Self::Unreachable
            | Self::Internal => {
                let spread = COME_BACK_SPREAD / u32::from(u8::MAX) * u32::from(random);
                Some(COME_BACK.saturating_add(spread))
            }
            Self::NotFound
            | Self::Misdirected
            | Self::Host
            | Self::HubName
            | Self::Method(_)
            | Self::NotAcceptable
            | Self::ContentType
            | Self::UnsupportedMediaType
            | Self::QueryMediaType
            | Self::ContentEncoding
            | Self::FormTooLarge(_)
            | Self::BodyTooLarge(_)
            | Self::BodyBroken
            | Self::BodySilent(_)
            | Self::Publish(_)
            | Self::PublishRefused(_)
            | Self::Streamed(_)
            | Self::UpdateTooLarge(_)
            | Self::IdempotencyKey(_)
            | Self::KeyOfStream
            | Self::KeyReused
            | Self::Subscribe(_)
            | Self::SubscriptionPath(_)
            | Self::Unauthorized { .. }
            | Self::Operator
            | Self::Within => None,
        }
    }

    /// The header that this status obliges to: RFC 9110 §§ 10.2.1, 10.2.3 and 11.6.1, and
    /// RFC 6585 § 4.
    #[must_use]
    pub fn header(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Method(refused) => Some(("Allow", refused.allowed().to_owned())),
            // RFC 9110 § 12.5.3: which encodings are right, in the answer to one that is not.
            Self::ContentEncoding => Some(("Accept-Encoding", "identity".to_owned())),
            // The rate is a whole number a second, so that there is room again within one.
            Self::Unauthorized { reason: Unauthorized::KeysUnavailable, .. }
            | Self::History
            | Self::Unreachable
            | Self::Unconfirmed
            | Self::PublishRate(_)
            | Self::TooManyBodies(_) => Some(("Retry-After", "1".to_owned())),
            Self::Unauthorized { reason, dialect, metadata }
            | Self::PublishRefused(PublishRefused::Unauthorized { reason, dialect, metadata }) => {
                let challenge = reason.challenge(*dialect, Some(metadata))?;
                Some(("WWW-Authenticate", challenge))
            }
            // About when a heartbeat finds out who is gone.
            Self::TooManyConnections(many) if !many.is_final() => {
                Some(("Retry-After", "15".to_owned()))
            }
            Self::TooManyKeys => Some(("Retry-After", "60".to_owned())),
            Self::Draining(retry) => Some(("Retry-After", (retry.as_secs() + 1).to_string())),
            Self::Operator => Some(("WWW-Authenticate", "Bearer".to_owned())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topics::selector_index::TooManySelectors;

    #[test]
    fn a_problem_names_the_field_and_the_way_out() {
        let error = Error::from(InvalidSubscribeRequest::Missing(Dialect::V1));
        assert_eq!(
            error.problem().to_json(),
            "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"detail\":\
             \"missing \\\"match\\\" subscription parameter\",\"field\":\"match\"}"
        );
    }

    #[test]
    fn a_subscription_that_never_fits_is_wrong_and_does_not_come_back() {
        let alone = TooManyConnections::OfSelectors(TooManySelectors::Alone);
        let error = Error::TooManyConnections(alone);
        assert_eq!(
            (error.problem().status(), error.comes_back(0), error.header()),
            (400, None, None)
        );
    }

    #[test]
    fn who_is_not_wrong_comes_back_at_a_time_of_its_own() {
        let full = Error::TooManyConnections(TooManyConnections::OfHub(4));
        assert_eq!(full.comes_back(0), Some(Duration::from_secs(2)));
        let latest = full.comes_back(u8::MAX).unwrap();
        assert!((4_990..=5_000).contains(&latest.as_millis()), "{latest:?}");
        let times: std::collections::HashSet<_> =
            (0..=u8::MAX).map(|random| full.comes_back(random)).collect();
        assert_eq!(times.len(), 256);
        let drained = Duration::from_secs(7);
        assert_eq!(Error::Draining(drained).comes_back(1), Some(drained));
    }

    #[test]
    fn what_is_429_or_the_hubs_own_fault_is_temporary_and_a_wrong_request_is_not() {
        let unauthorized =
            |reason| Error::Unauthorized { reason, dialect: Dialect::V1, metadata: String::new() };
        let errors = [
            Error::TooManyConnections(TooManyConnections::OfAddress(1)),
            Error::TooManyKeys,
            Error::PublishRate(1),
            Error::History,
            Error::Unconfirmed,
            Error::Unreachable,
            Error::Draining(Duration::ZERO),
            Error::Internal,
            Error::Claims(InvalidClaims::NotAnObject),
            unauthorized(Unauthorized::KeysUnavailable),
            unauthorized(Unauthorized::Missing),
            unauthorized(Unauthorized::NoKey),
            unauthorized(Unauthorized::InsufficientScope("a".to_owned())),
            Error::from(InvalidSubscribeRequest::Missing(Dialect::V1)),
            Error::NotFound,
            Error::Misdirected,
            Error::Host,
            Error::HubName,
            Error::Method(MethodRefused::NotAllowed("GET")),
            Error::NotAcceptable,
            Error::QueryMediaType,
            Error::BodyTooLarge(1),
            Error::Operator,
        ];
        for error in errors {
            let status = error.problem().status();
            let is_temporary = status == 429 || status >= 500;
            assert_eq!(error.comes_back(0).is_some(), is_temporary, "{error:?}: {status}");
        }
    }

    #[test]
    fn a_status_that_obliges_to_a_header_has_it() {
        assert_eq!(
            Error::Method(MethodRefused::NotAllowed("GET")).header(),
            Some(("Allow", "GET".to_owned()))
        );
        let unauthorized = Error::Unauthorized {
            reason: Unauthorized::Missing,
            dialect: Dialect::V0,
            metadata: String::new(),
        };
        let challenge = Some(("WWW-Authenticate", "Bearer".to_owned()));
        assert_eq!(unauthorized.header(), challenge);
        let identity = Some(("Accept-Encoding", "identity".to_owned()));
        assert_eq!(Error::ContentEncoding.header(), identity);
        assert_eq!(Error::NotFound.header(), None);
    }
}
