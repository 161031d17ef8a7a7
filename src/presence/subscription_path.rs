//! A path below the subscriptions of a hub: draft-dunglas-mercure-07 § 7.2 and -08,
//! "subscription API".

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use thiserror::Error;

use crate::{
    base::{connection_id::ConnectionId, dialect::Dialect},
    presence::subscription_document::ActiveSubscription,
    topics::subscription::MatchType,
};

/// The subscriptions that a resource shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SubscriptionPath<'a> {
    /// All subscriptions of the dialect.
    All,
    /// All with this matcher.
    Matcher(MatchType, Cow<'a, str>),
    /// The one of this connection.
    One(MatchType, Cow<'a, str>, ConnectionId),
}

/// Why there is nothing at a path below the subscriptions.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidSubscriptionPath {
    /// There is no such match type.
    #[error("the match type {0:?} is not one of exact and urlpattern")]
    MatchType(String),
    /// There is no such subscription.
    #[error("there is no such subscription")]
    NoSubscription,
}

impl<'a> SubscriptionPath<'a> {
    /// Reads what follows `/subscriptions`: nothing, or variables that are percent-encoded once.
    ///
    /// # Errors
    /// There is no such match type, or no subscription can be there.
    pub(crate) fn parse(dialect: Dialect, path: &'a str) -> Result<Self, InvalidSubscriptionPath> {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let (match_type, rest) = match (dialect, segments.as_slice()) {
            (_, []) => return Ok(Self::All),
            (Dialect::V0, rest) => (MatchType::Topic, rest),
            (Dialect::V1, [match_type, rest @ ..]) => (of_1_0(match_type)?, rest),
        };
        match rest {
            [matcher] => Ok(Self::Matcher(match_type, decode(matcher)?)),
            [matcher, subscriber] => {
                let subscriber = decode(subscriber)?
                    .parse()
                    .map_err(|_| InvalidSubscriptionPath::NoSubscription)?;
                Ok(Self::One(match_type, decode(matcher)?, subscriber))
            }
            _ => Err(InvalidSubscriptionPath::NoSubscription),
        }
    }

    /// Whether the resource shows this one.
    #[must_use]
    pub(crate) fn shows(&self, dialect: Dialect, subscription: &ActiveSubscription) -> bool {
        match self {
            Self::All => subscription.dialect() == dialect,
            Self::Matcher(match_type, matcher) => subscription.asks_for(*match_type, matcher),
            Self::One(match_type, matcher, subscriber) => {
                subscription.subscriber() == *subscriber
                    && subscription.asks_for(*match_type, matcher)
            }
        }
    }
}

fn of_1_0(segment: &str) -> Result<MatchType, InvalidSubscriptionPath> {
    let types = [MatchType::Exact, MatchType::UrlPattern];
    let found = types.into_iter().find(|match_type| match_type.as_str() == segment);
    found.ok_or_else(|| InvalidSubscriptionPath::MatchType(segment.to_owned()))
}

fn decode(segment: &str) -> Result<Cow<'_, str>, InvalidSubscriptionPath> {
    match percent_decode_str(segment).decode_utf8() {
        Ok(text) if !text.is_empty() => Ok(text),
        _ => Err(InvalidSubscriptionPath::NoSubscription),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presence::subscription_document::Asked;

    #[test]
    fn a_path_below_the_subscriptions_names_a_matcher() -> Result<(), crate::http::error::Error> {
        let path = SubscriptionPath::parse(Dialect::V1, "/exact/a%20b+c")?;
        assert_eq!(path, SubscriptionPath::Matcher(MatchType::Exact, "a b+c".into()));
        Ok(())
    }

    const ID: &str = "urn%3Auuid%3A07070707-0707-4707-8707-070707070707";

    fn id() -> ConnectionId {
        ConnectionId::from_random([7; 16])
    }

    #[track_caller]
    fn check(
        dialect: Dialect,
        path: &str,
        expected: &Result<SubscriptionPath<'_>, InvalidSubscriptionPath>,
    ) {
        assert_eq!(&SubscriptionPath::parse(dialect, path), expected, "{path}");
    }

    #[test]
    fn each_dialect_has_three_resources() {
        use SubscriptionPath::{All, Matcher, One};
        check(Dialect::V0, "", &Ok(All));
        check(Dialect::V1, "", &Ok(All));
        check(Dialect::V0, "/a%2Fb", &Ok(Matcher(MatchType::Topic, "a/b".into())));
        check(Dialect::V0, &format!("/a/{ID}"), &Ok(One(MatchType::Topic, "a".into(), id())));
        let pattern = MatchType::UrlPattern;
        check(Dialect::V1, "/urlpattern/a", &Ok(Matcher(pattern, "a".into())));
        check(Dialect::V1, &format!("/urlpattern/a/{ID}"), &Ok(One(pattern, "a".into(), id())));
    }

    #[test]
    fn a_resource_shows_what_its_path_names() {
        let active = |match_type, matcher, id| {
            let asked = Asked { match_type, matcher };
            ActiveSubscription::new(&"/.well-known/mercure".into(), id, asked)
        };
        let other = ConnectionId::from_random([8; 16]);
        let all = [
            active(MatchType::Topic, "a", id()),
            active(MatchType::Exact, "a", id()),
            active(MatchType::Exact, "a", other),
            active(MatchType::Exact, "b", id()),
            active(MatchType::UrlPattern, "a", id()),
        ];
        for (dialect, path, shown) in [
            (Dialect::V0, String::new(), &[0][..]),
            (Dialect::V0, "/a".to_owned(), &[0]),
            (Dialect::V0, format!("/a/{ID}"), &[0]),
            (Dialect::V1, String::new(), &[1, 2, 3, 4]),
            (Dialect::V1, "/exact/a".to_owned(), &[1, 2]),
            (Dialect::V1, format!("/exact/a/{ID}"), &[1]),
            (Dialect::V1, format!("/urlpattern/b/{ID}"), &[]),
        ] {
            let resource = SubscriptionPath::parse(dialect, &path).unwrap();
            let found: Vec<_> =
                (0..all.len()).filter(|at| resource.shows(dialect, &all[*at])).collect();
            assert_eq!(found, shown, "{path:?} in {dialect:?}");
        }
    }

    #[test]
    fn an_unknown_match_type_is_wrong_in_1_0() {
        for segment in ["topic", "Exact", "regexp", ""] {
            let path = format!("/{segment}/a");
            check(Dialect::V1, &path, &Err(InvalidSubscriptionPath::MatchType(segment.to_owned())));
        }
    }

    #[test]
    fn what_no_subscription_can_have_is_not_found() {
        let (v0, v1) = (Dialect::V0, Dialect::V1);
        for (dialect, path) in
            [(v0, "/"), (v0, "/a/b"), (v0, "/a/b/c"), (v0, "/%FF"), (v1, "/exact"), (v1, "/exact/")]
        {
            check(dialect, path, &Err(InvalidSubscriptionPath::NoSubscription));
        }
    }
}
