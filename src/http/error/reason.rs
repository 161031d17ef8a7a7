//! One word for each way to be refused: the `reason` of the log and of the metrics.

use crate::{
    http::error::Error,
    hub::{
        admission::TooManyConnections,
        invalid_subscribe_request::InvalidSubscribeRequest as Subscribe,
    },
    presence::subscription_path::InvalidSubscriptionPath,
    publishing::{bodies::TooManyBodies, grant::PublishRefused, stream::InvalidPublication},
    settings::{methods::MethodRefused, operator_key::KeyRefused},
    tokens::{
        challenge::{NoKey, Unauthorized},
        invalid_token::InvalidToken,
    },
};

impl Error {
    /// The word. It stays the same in later versions, since operators search for it.
    #[must_use]
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Host => "invalid-host",
            Self::Misdirected => "wrong-origin",
            Self::HubName => "invalid-hub-name",
            Self::Method(MethodRefused::NotAllowed(_)) => "method-not-allowed",
            Self::Method(MethodRefused::SwitchedOff { .. }) => "switched-off",
            Self::NotAcceptable => "not-acceptable",
            Self::ContentType => "content-type-missing",
            Self::UnsupportedMediaType | Self::QueryMediaType => "unsupported-media-type",
            Self::ContentEncoding => "content-encoding",
            Self::FormTooLarge(_)
            | Self::BodyTooLarge(_)
            | Self::Streamed(
                InvalidPublication::LineTooLong(_) | InvalidPublication::EventStream(_),
            ) => "body-too-large",
            Self::BodySilent(_) => "body-silent",
            Self::BodyBroken => "body-broken",
            Self::StopHasBody => "stop-with-body",
            Self::Streamed(InvalidPublication::NothingFound(_)) => "body-empty",
            Self::TooManyBodies(TooManyBodies::OfHub(_)) => "too-many-bodies",
            Self::TooManyBodies(TooManyBodies::OfAddress(_)) => "too-many-bodies-of-address",
            Self::TooManyBodies(TooManyBodies::Bytes(_)) => "bodies-memory-full",
            Self::Publish(_)
            | Self::PublishRefused(PublishRefused::Invalid(_) | PublishRefused::OverLimit(_))
            | Self::Streamed(InvalidPublication::Request(_)) => "invalid-publication",
            Self::PublishRefused(PublishRefused::Forbidden { .. }) => "forbidden-publication",
            Self::UpdateTooLarge(_) => "update-too-large",
            Self::TopicClosed(_) => "topic-closed",
            Self::TooManyClosed => "too-many-closed-topics",
            Self::IdempotencyKey(_) => "invalid-idempotency-key",
            Self::KeyOfStream => "idempotency-key-of-stream",
            Self::KeyReused => "idempotency-key-reused",
            Self::TooManyKeys => "too-many-idempotency-keys",
            Self::PublishRate(_) => "publish-rate",
            Self::TooManyConnections(TooManyConnections::OfHub(_)) => "too-many-connections",
            Self::TooManyConnections(TooManyConnections::OfAddress(_)) => {
                "too-many-connections-of-address"
            }
            Self::TooManyConnections(TooManyConnections::OfMemory) => "memory-full",
            Self::TooManyConnections(TooManyConnections::OfSelectors(_)) => "too-many-selectors",
            Self::Subscribe(Subscribe::Missing(_)) => "no-topic",
            Self::Subscribe(Subscribe::LastEventId(_)) => "invalid-last-event-id",
            Self::Subscribe(_) => "invalid-subscription",
            Self::NotGranted(_) => "selector-not-granted",
            Self::SubscriptionPath(InvalidSubscriptionPath::NoSubscription) => "no-subscription",
            Self::SubscriptionPath(InvalidSubscriptionPath::MatchType(_)) => "unknown-match-type",
            Self::Unauthorized { reason, .. }
            | Self::PublishRefused(PublishRefused::Unauthorized { reason, .. }) => reason.word(),
            Self::Config(_) => "configuration-wrong",
            Self::Claims(_) => "claims-wrong",
            Self::History => "history-unavailable",
            Self::Unconfirmed => "write-unconfirmed",
            Self::Unreachable => "hub-unreachable",
            Self::Draining(_) => "draining",
            Self::Operator(KeyRefused::Missing) => "operator-key-missing",
            Self::Operator(KeyRefused::Wrong) => "operator-key-wrong",
            Self::Operator(KeyRefused::Barred) => "operator-key-barred",
            Self::Internal => "internal",
        }
    }

    /// Whether the text of the error repeats nothing of what is asked for, published or granted. The log has
    /// any other text at the level debug alone.
    #[must_use]
    pub(crate) fn is_plain(&self) -> bool {
        match self {
            Self::NotFound
            | Self::Host
            | Self::Misdirected
            | Self::HubName
            | Self::Method(_)
            | Self::NotAcceptable
            | Self::ContentType
            | Self::UnsupportedMediaType
            | Self::QueryMediaType
            | Self::ContentEncoding
            | Self::FormTooLarge(_)
            | Self::BodyTooLarge(_)
            | Self::BodySilent(_)
            | Self::BodyBroken
            | Self::StopHasBody
            | Self::TooManyBodies(_)
            | Self::Streamed(
                InvalidPublication::LineTooLong(_) | InvalidPublication::NothingFound(_),
            )
            | Self::UpdateTooLarge(_)
            | Self::TooManyClosed
            | Self::IdempotencyKey(_)
            | Self::KeyOfStream
            | Self::KeyReused
            | Self::TooManyKeys
            | Self::PublishRate(_)
            | Self::TooManyConnections(_)
            | Self::Subscribe(Subscribe::Missing(_))
            | Self::Config(_)
            | Self::History
            | Self::Unconfirmed
            | Self::Unreachable
            | Self::Draining(_)
            | Self::Operator(_)
            | Self::Internal => true,
            Self::Unauthorized { reason, .. }
            | Self::PublishRefused(PublishRefused::Unauthorized { reason, .. }) => match reason {
                Unauthorized::InsufficientScope(_) => false,
                Unauthorized::Token(invalid) => {
                    !matches!(invalid, InvalidToken::Malformed(_) | InvalidToken::Selector { .. })
                }
                _ => true,
            },
            _ => false,
        }
    }
}

impl Unauthorized {
    fn word(&self) -> &'static str {
        match self {
            Self::Missing => "token-missing",
            Self::Unrecognised => "visitor-unknown",
            Self::Presentation(_) => "invalid-authorization",
            Self::Token(invalid) => invalid.word(),
            Self::InsufficientScope(_) => "insufficient-scope",
            Self::Origin(_) => "origin-not-allowed",
            Self::KeysUnavailable => "keys-unavailable",
            Self::NoKey(NoKey::Publish) => "no-key-for-publishers",
            Self::NoKey(NoKey::Subscribe | NoKey::ReadSubscriptions) => "no-key-for-subscribers",
        }
    }
}

impl InvalidToken {
    fn word(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "token-malformed",
            Self::NotAnAccessToken => "token-type",
            Self::InQuery => "token-in-query",
            Self::NoVerifier => "token-without-verifier",
            Self::Issuer => "token-issuer",
            Self::Algorithm(_) => "token-algorithm",
            Self::NoKey => "token-key",
            Self::Signature => "token-signature",
            Self::Claims(_) => "token-claims",
            Self::TooMany { .. } | Self::OverTotal(_) => "token-too-large",
            Self::Selector { .. } => "token-selector",
            Self::Audience => "token-audience",
            Self::Expired => "token-expired",
            Self::NotYetValid => "token-not-yet-valid",
            Self::NotYetIssued => "token-not-yet-issued",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::dialect::Dialect, log::update::UpdateTooLarge,
        publishing::invalid_request::InvalidPublishRequest, topics::topic::Topic,
    };

    /// The words, as they stand in this file.
    fn words() -> Vec<&'static str> {
        let code = include_str!("reason.rs").split("mod tests").next().unwrap();
        code.split('"').skip(1).step_by(2).collect()
    }

    #[test]
    fn each_word_stands_for_one_way_to_be_refused() {
        let words = words();
        assert!(words.len() > 60, "{words:?}");
        for (at, word) in words.iter().enumerate() {
            let is_own = |letter: char| letter.is_ascii_lowercase() || letter == '-';
            assert!(word.chars().all(is_own) && word.len() < 40, "{word}");
            assert!(!words[..at].contains(word), "{word} stands for two");
        }
    }

    #[test]
    fn a_refusal_for_want_of_a_right_says_which() {
        let unauthorized =
            |reason| Error::Unauthorized { reason, dialect: Dialect::V1, metadata: String::new() };
        for (error, word) in [
            (unauthorized(Unauthorized::Missing), "token-missing"),
            (unauthorized(InvalidToken::Expired.into()), "token-expired"),
            (unauthorized(NoKey::Publish.into()), "no-key-for-publishers"),
            (KeyRefused::Barred.into(), "operator-key-barred"),
            (TooManyConnections::OfAddress(1).into(), "too-many-connections-of-address"),
        ] {
            assert_eq!(error.reason(), word);
        }
    }

    #[test]
    fn what_repeats_a_text_of_the_request_or_of_a_token_is_not_plain() {
        let selector = InvalidToken::Selector { selector: "s".to_owned(), reason: "r".to_owned() };
        let unauthorized =
            |reason| Error::Unauthorized { reason, dialect: Dialect::V1, metadata: String::new() };
        for (error, is_plain) in [
            (Error::NotFound, true),
            (UpdateTooLarge { bytes: 1 }.into(), true),
            (unauthorized(InvalidToken::Expired.into()), true),
            (unauthorized(selector.into()), false),
            (unauthorized(Unauthorized::InsufficientScope("/topic".to_owned())), false),
            (Error::TopicClosed("a".parse::<Topic>().unwrap()), false),
            (Error::Publish(InvalidPublishRequest::Close("no".to_owned())), false),
        ] {
            assert_eq!(error.is_plain(), is_plain, "{error:?}");
        }
    }
}
