//! The status and the body of a refusal.

use crate::{
    http::{error::Error, problem::Problem},
    presence::subscription_path::InvalidSubscriptionPath,
    publishing::{grant::PublishRefused, stream::InvalidPublication},
    settings::operator_key::KeyRefused,
};

impl Error {
    /// The problem document that the caller gets.
    #[must_use]
    pub(crate) fn problem(&self) -> Problem {
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
            Self::BodyBroken
            | Self::StopHasBody
            | Self::Streamed(InvalidPublication::NothingFound(_)) => {
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
            Self::TopicClosed(_) => (409, "Conflict", Some("topic")),
            Self::KeyReused => (422, "Unprocessable Content", Some("Idempotency-Key")),
            Self::TooManyKeys => (429, "Too Many Requests", Some("Idempotency-Key")),
            Self::BodySilent(_) => (408, "Request Timeout", Some("body")),
            Self::TooManyConnections(many) if many.is_final() => (400, "Bad Request", None),
            Self::TooManyClosed => (429, "Too Many Requests", Some("close")),
            Self::PublishRate(_) | Self::TooManyConnections(_) | Self::TooManyBodies(_) => {
                (429, "Too Many Requests", None)
            }
            Self::Subscribe(invalid) => (400, "Bad Request", Some(invalid.field())),
            Self::NotGranted(refused) => (403, "Forbidden", Some(refused.parameter)),
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
            Self::Operator(KeyRefused::Barred) => (429, "Too Many Requests", Some("Authorization")),
            Self::Operator(_) => (401, "Unauthorized", Some("Authorization")),
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
}
