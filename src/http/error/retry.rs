//! The headers of a refusal, and when its client comes back.

use std::time::Duration;

use crate::{
    base::limits::{COME_BACK, COME_BACK_SPREAD},
    http::error::Error,
    publishing::grant::PublishRefused,
    settings::operator_key::KeyRefused,
    tokens::challenge::Unauthorized,
};

impl Error {
    /// The time after which a client may ask for the same stream again. `None` if the client would be
    /// refused again. `random` is a random byte, so that clients do not come back together.
    #[must_use]
    pub(crate) fn comes_back(&self, random: u8) -> Option<Duration> {
        match self {
            Self::Draining(retry) => Some(*retry),
            Self::TooManyConnections(many) if many.is_final() => None,
            Self::TooManyConnections(_)
            | Self::TooManyBodies(_)
            | Self::TooManyKeys
            | Self::TooManyClosed
            | Self::PublishRate(_)
            | Self::Operator(KeyRefused::Barred)
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
            | Self::StopHasBody
            | Self::BodySilent(_)
            | Self::Publish(_)
            | Self::PublishRefused(_)
            | Self::Streamed(_)
            | Self::UpdateTooLarge(_)
            | Self::TopicClosed(_)
            | Self::IdempotencyKey(_)
            | Self::KeyOfStream
            | Self::KeyReused
            | Self::Subscribe(_)
            | Self::NotGranted(_)
            | Self::SubscriptionPath(_)
            | Self::Unauthorized { .. }
            | Self::Operator(_) => None,
        }
    }

    /// The header that this status demands: RFC 9110 §§ 10.2.1, 10.2.3 and 11.6.1, and RFC 6585 § 4.
    #[must_use]
    pub(crate) fn header(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Method(refused) => Some(("Allow", refused.allowed().to_owned())),
            // RFC 9110 § 12.5.3: the answer to a wrong encoding names the right ones.
            Self::ContentEncoding => Some(("Accept-Encoding", "identity".to_owned())),
            // The least time in seconds. A publish rate is at least one a second, so it has room by then.
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
            // After about this time a heartbeat has found the dead connections.
            Self::TooManyConnections(many) if !many.is_final() => {
                Some(("Retry-After", "15".to_owned()))
            }
            Self::TooManyKeys | Self::TooManyClosed | Self::Operator(KeyRefused::Barred) => {
                Some(("Retry-After", "60".to_owned()))
            }
            Self::Draining(retry) => Some(("Retry-After", (retry.as_secs() + 1).to_string())),
            Self::Operator(_) => {
                Some(("WWW-Authenticate", "Bearer, Basic realm=\"millstream\"".to_owned()))
            }
            _ => None,
        }
    }
}
