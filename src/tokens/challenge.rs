//! The refusal of a request for want of a right: RFC 6750 § 3 and RFC 9728 § 5.1.

use thiserror::Error;

use crate::{
    base::dialect::Dialect,
    tokens::{
        bearer::InvalidAuthorization, invalid_token::InvalidToken, publish_origin::ForbiddenOrigin,
    },
};

/// Why a request is not authorized. As text it is the `detail` of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Unauthorized {
    /// No token was presented.
    #[error(
        "this needs a token, and none was presented: send one in the header Authorization, behind \
         the word Bearer"
    )]
    Missing,
    /// The application in which the hub is embedded did not recognise the visitor.
    #[error("this is not for everybody, and the application did not recognise the visitor")]
    Unrecognised,
    /// A token was presented in another form than that of RFC 6750.
    #[error(transparent)]
    Presentation(#[from] InvalidAuthorization),
    /// The token is refused.
    #[error(transparent)]
    Token(#[from] InvalidToken),
    /// The token is valid, or the application knows the client, and the rights do not cover what is asked for.
    #[error("the client's rights do not cover this: {0}")]
    InsufficientScope(String),
    /// A page of this origin may not use its visitor's cookie.
    #[error(transparent)]
    Origin(#[from] ForbiddenOrigin),
    /// The keys could not be fetched, so that the token could not be verified.
    #[error("the keys that verify the token cannot be fetched at present")]
    KeysUnavailable,
    /// There is no key for such tokens, so that nobody can do this.
    #[error(transparent)]
    NoKey(#[from] NoKey),
}

/// The way of a hub that has a path in an application: `createHub` of `npm/worker`.
const IN_AN_APPLICATION: &str = "in an application's own Worker these names begin with \
                                 MILLSTREAM_, and its authorize can decide instead";

/// The thing that nobody can do, since the hub has no key for it. The text says how a hub gets one: it is
/// mostly read by the person who has just installed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NoKey {
    /// To publish.
    #[error(
        "this hub has no key for publishers, so nobody can publish: set MERCURE_PUBLISHER_JWT_KEY \
         (openssl rand -hex 32 makes one) and send a token that is signed with it (npx millstream \
         token --publish '*'), or set ANONYMOUS_PUBLISH=true; {IN_AN_APPLICATION}"
    )]
    Publish,
    /// To subscribe.
    #[error(
        "this hub has no key for subscribers, so nobody can subscribe: set \
         MERCURE_SUBSCRIBER_JWT_KEY (openssl rand -hex 32 makes one) and send a token that is signed \
         with it (npx millstream token --subscribe '*'), or set ANONYMOUS_SUBSCRIBE=true; \
         {IN_AN_APPLICATION}"
    )]
    Subscribe,
    /// To read the active subscriptions, which no variable opens to everybody.
    #[error(
        "this hub has no key for subscribers, so nobody can read the active subscriptions: set \
         MERCURE_SUBSCRIBER_JWT_KEY (openssl rand -hex 32 makes one) and send a token that is signed \
         with it (npx millstream token --subscribe '*'); {IN_AN_APPLICATION}"
    )]
    ReadSubscriptions,
}

impl Unauthorized {
    /// The token has no grant for one of the topics of a publication, or none at all.
    #[must_use]
    pub(crate) fn no_publish_grant() -> Self {
        Self::InsufficientScope(
            "there is no grant to publish to one of the update's topics".to_owned(),
        )
    }

    /// The status in a dialect. In 0.x the reference hub answers everything with 401, and clients
    /// expect it.
    #[must_use]
    pub(crate) fn status(&self, dialect: Dialect) -> u16 {
        match (self, dialect) {
            (Self::KeysUnavailable, _) => 503,
            (_, Dialect::V0)
            | (Self::Missing | Self::Unrecognised | Self::Token(_) | Self::NoKey(_), _) => 401,
            (Self::Presentation(_), _) => 400,
            (Self::InsufficientScope(_) | Self::Origin(_), _) => 403,
        }
    }

    /// The error code: RFC 6750 § 3.1. A request without a token gets none.
    #[must_use]
    pub(crate) fn code(&self) -> Option<&'static str> {
        match self {
            Self::Missing
            | Self::Unrecognised
            | Self::NoKey(_)
            | Self::KeysUnavailable
            | Self::Origin(_) => None,
            Self::Presentation(_) => Some("invalid_request"),
            Self::Token(_) => Some("invalid_token"),
            Self::InsufficientScope(_) => Some("insufficient_scope"),
        }
    }

    /// The `WWW-Authenticate` header. `metadata` is the URL of the hub's metadata, if it has any.
    #[must_use]
    pub(crate) fn challenge(&self, dialect: Dialect, metadata: Option<&str>) -> Option<String> {
        if self.code().is_none() && self.status(dialect) != 401 {
            return None;
        }
        let code = self.code().map(|code| format!("error=\"{code}\""));
        // A URL holds no quotation mark, nor anything else that ends a quoted string.
        let is_quotable = |url: &&str| !url.contains(['"', '\\']) && url.is_ascii();
        let metadata = metadata.filter(|_| dialect == Dialect::V1).filter(is_quotable);
        let metadata = metadata.map(|url| format!("resource_metadata=\"{url}\""));
        let parameters: Vec<_> = code.into_iter().chain(metadata).collect();
        Some(match parameters.as_slice() {
            [] => "Bearer".to_owned(),
            parameters => format!("Bearer {}", parameters.join(", ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_names_the_metadata_in_1_0_alone() {
        let url = "https://hub.example/.well-known/oauth-protected-resource/.well-known/mercure";
        assert_eq!(
            Unauthorized::Missing.challenge(Dialect::V1, Some(url)).unwrap(),
            format!("Bearer resource_metadata=\"{url}\""),
        );
        assert_eq!(Unauthorized::Missing.challenge(Dialect::V0, None).unwrap(), "Bearer");
    }

    #[track_caller]
    fn check(unauthorized: &Unauthorized, v0: (u16, Option<&str>), v1: (u16, Option<&str>)) {
        for (dialect, expected) in [(Dialect::V0, v0), (Dialect::V1, v1)] {
            let challenge = unauthorized.challenge(dialect, None);
            assert_eq!((unauthorized.status(dialect), challenge.as_deref()), expected);
            assert_eq!(unauthorized.problem(dialect).status(), expected.0);
        }
    }

    #[test]
    fn each_reason_has_its_status_and_code_in_each_dialect() {
        check(&Unauthorized::Missing, (401, Some("Bearer")), (401, Some("Bearer")));
        check(&Unauthorized::Unrecognised, (401, Some("Bearer")), (401, Some("Bearer")));
        check(&NoKey::Publish.into(), (401, Some("Bearer")), (401, Some("Bearer")));
        let invalid_request = Some("Bearer error=\"invalid_request\"");
        check(&InvalidAuthorization.into(), (401, invalid_request), (400, invalid_request));
        let invalid_token = Some("Bearer error=\"invalid_token\"");
        check(&InvalidToken::Expired.into(), (401, invalid_token), (401, invalid_token));
        let insufficient_scope = Some("Bearer error=\"insufficient_scope\"");
        let insufficient = Unauthorized::InsufficientScope("publish".to_owned());
        check(&insufficient, (401, insufficient_scope), (403, insufficient_scope));
        check(&ForbiddenOrigin::Missing.into(), (401, Some("Bearer")), (403, None));
        check(&Unauthorized::KeysUnavailable, (503, None), (503, None));
    }

    #[test]
    fn a_hub_without_a_key_says_which_variables_mend_it() {
        let names = |no_key: NoKey, expected: &[&str]| {
            let text = Unauthorized::from(no_key).to_string();
            let variables = ["PUBLISHER_JWT", "SUBSCRIBER_JWT", "ANONYMOUS_"];
            let named = variables.into_iter().filter(|name| text.contains(name));
            assert_eq!(named.collect::<Vec<_>>(), expected, "{text}");
        };
        names(NoKey::Publish, &["PUBLISHER_JWT", "ANONYMOUS_"]);
        names(NoKey::Subscribe, &["SUBSCRIBER_JWT", "ANONYMOUS_"]);
        names(NoKey::ReadSubscriptions, &["SUBSCRIBER_JWT"]);
        assert!(NoKey::Publish.to_string().contains("with MILLSTREAM_, and its authorize"));
        let application = Unauthorized::Unrecognised.to_string();
        assert!(!application.contains('_') && !application.contains("token"), "{application}");
    }

    #[test]
    fn the_metadata_is_named_in_1_0_alone_and_never_breaks_the_header() {
        let unauthorized = Unauthorized::from(InvalidToken::Audience);
        let challenge = |dialect, url| unauthorized.challenge(dialect, Some(url)).unwrap();
        assert_eq!(
            challenge(Dialect::V1, "https://a.example/x"),
            "Bearer error=\"invalid_token\", resource_metadata=\"https://a.example/x\""
        );
        for (dialect, url) in [(Dialect::V0, "https://a.example/x"), (Dialect::V1, "https://a\"")] {
            assert_eq!(challenge(dialect, url), "Bearer error=\"invalid_token\"");
        }
    }
}
