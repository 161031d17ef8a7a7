//! The right to publish, which is checked again for each update.

use std::{fmt, rc::Rc};

use thiserror::Error;

use crate::{
    base::{dialect::Dialect, timestamp::Timestamp},
    publishing::{
        invalid_request::InvalidPublishRequest,
        request::PublishRequest,
        rules::{ForbiddenPublication, Rules},
    },
    tokens::{
        access::Access, challenge::Unauthorized, invalid_token::InvalidToken, publisher::KeySpace,
    },
    topics::{resolved_topics::ResolvedTopics, url_parser::UrlParser},
};

/// The right to publish that a request has shown. All updates of a streamed body are published under
/// the grant of their request, until it expires.
#[derive(Clone)]
pub(crate) struct PublishGrant {
    /// The rights of the request's token.
    pub access: Access,
    /// Where its idempotency keys are kept. It is known if the request has a key.
    pub key_space: Option<KeySpace>,
    /// The dialect whose rules hold.
    pub dialect: Dialect,
    /// Whether any `publish` claim is enough for a public update, as in version 7 of the draft.
    pub public_by_claim: bool,
    /// The paths at which the hub is found. Topics below them are its own.
    pub hub_paths: Vec<String>,
    /// The URL of the hub's metadata, which refusals name.
    pub metadata: String,
    /// Resolves topics.
    pub urls: Rc<dyn UrlParser>,
}

/// Why an update is not published.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum PublishRefused {
    /// It is wrong.
    #[error(transparent)]
    Invalid(InvalidPublishRequest),
    /// In 1.0: one of its fields, or the number of its topics, is over a limit.
    #[error("{0}")]
    OverLimit(InvalidPublishRequest),
    /// A dialect forbids it.
    #[error("{forbidden}")]
    Forbidden {
        /// Why.
        forbidden: ForbiddenPublication,
        /// The dialect, which decides on the status.
        dialect: Dialect,
    },
    /// The request may not publish it.
    #[error("{reason}")]
    Unauthorized {
        /// Why.
        reason: Unauthorized,
        /// The dialect, which decides on the status.
        dialect: Dialect,
        /// The URL of the hub's metadata.
        metadata: String,
    },
}

impl PublishGrant {
    /// Checks one publication. The caller asks before it appends each update.
    ///
    /// # Errors
    /// Why it is refused.
    pub(crate) fn may_publish(
        &self,
        request: &PublishRequest,
        now: Timestamp,
    ) -> Result<(), PublishRefused> {
        if self.access.expires().is_some_and(|expires| expires <= now) {
            return Err(self.refuse(InvalidToken::Expired.into()));
        }
        let topics = ResolvedTopics::new(request.topics(), &*self.urls);
        let rules = Rules { dialect: self.dialect, hub_paths: &self.hub_paths };
        rules
            .check(request, &topics)
            .map_err(|forbidden| PublishRefused::Forbidden { forbidden, dialect: self.dialect })?;
        let by_claim = self.public_by_claim && self.access.has_publish_claim();
        if self.access.may_publish(&topics) || by_claim && !request.is_private() {
            return Ok(());
        }
        Err(self.refuse(Unauthorized::no_publish_grant()))
    }

    /// The refusal of a publication that cannot be read.
    #[must_use]
    pub(crate) fn unreadable(&self, invalid: InvalidPublishRequest) -> PublishRefused {
        match self.dialect {
            Dialect::V1 if invalid.is_over_limit() => PublishRefused::OverLimit(invalid),
            _ => PublishRefused::Invalid(invalid),
        }
    }

    fn refuse(&self, reason: Unauthorized) -> PublishRefused {
        PublishRefused::Unauthorized {
            reason,
            dialect: self.dialect,
            metadata: self.metadata.clone(),
        }
    }
}

impl fmt::Debug for PublishGrant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PublishGrant").field("access", &self.access).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::{
        http::error::Error,
        tokens::grants::{Grants, Selector},
    };

    fn grant(dialect: Dialect, publish: &[&str]) -> PublishGrant {
        let selector = |text: &&str| match *text {
            "*" => Selector::All,
            text => Selector::TopicSelector(text.to_owned()),
        };
        let publish = publish.iter().map(selector).collect();
        let expires = Some(Timestamp::from_millis(10));
        let has_publish_claim = dialect == Dialect::V0;
        let grants = Grants { dialect, publish, has_publish_claim, subscribe: vec![], expires };
        PublishGrant {
            access: Access::new(grants, &()).unwrap(),
            key_space: None,
            dialect,
            public_by_claim: false,
            hub_paths: vec!["/.well-known/mercure".to_owned()],
            metadata: String::new(),
            urls: Rc::new(()),
        }
    }

    #[track_caller]
    fn status(grant: &PublishGrant, form: &str, now: u64) -> u16 {
        let request = PublishRequest::from_form(form.as_bytes()).unwrap();
        match grant.may_publish(&request, Timestamp::from_millis(now)) {
            Ok(()) => 200,
            Err(refused) => Error::from(refused).problem().status(),
        }
    }

    #[test]
    fn every_topic_has_to_be_granted_also_of_a_public_update() {
        for (dialect, refused) in [(Dialect::V0, 401), (Dialect::V1, 403)] {
            let some = grant(dialect, &["foo", "b{ar}"]);
            assert_eq!(status(&some, "topic=foo&topic=bx", 0), 200);
            assert_eq!(status(&some, "topic=foo&topic=c", 0), refused);
            assert_eq!(status(&some, "topic=c&private=on", 0), refused);
            assert_eq!(status(&grant(dialect, &[]), "topic=foo", 0), refused);
            assert_eq!(status(&grant(dialect, &["*"]), "topic=any", 0), 200);
        }
    }

    #[test]
    fn in_version_7_the_claim_is_enough_for_a_public_update() {
        for (dialect, public, private) in [(Dialect::V0, 200, 401), (Dialect::V1, 403, 403)] {
            let some = PublishGrant { public_by_claim: true, ..grant(dialect, &[]) };
            assert_eq!(status(&some, "topic=foo", 0), public);
            assert_eq!(status(&some, "topic=foo&private", 0), private);
            assert_eq!(status(&some, "topic=foo", 10), 401, "the token has expired");
        }
        let nobody = PublishGrant {
            public_by_claim: true,
            access: Access::default(),
            ..grant(Dialect::V0, &[])
        };
        assert_eq!(status(&nobody, "topic=foo", 0), 401);
    }

    #[test]
    fn what_is_over_a_limit_is_wrong_in_0_x_and_too_large_in_1_0() {
        let long = "x".repeat(5_000);
        let many = "topic=a&".repeat(1_001);
        let together = format!("topic={}&", "x".repeat(4_000)).repeat(17);
        let fields = ["topic", "topic=a&id", "topic=a&type"].map(|name| format!("{name}={long}"));
        for over in fields.iter().chain([&many, &together]) {
            for (dialect, status) in [(Dialect::V0, 400), (Dialect::V1, 413)] {
                let invalid = PublishRequest::from_form(over.as_bytes()).unwrap_err();
                let refused = grant(dialect, &[]).unreadable(invalid);
                assert_eq!(Error::from(refused).problem().status(), status);
            }
        }
        let wrong = PublishRequest::from_form(b"topic=a&retry=x").unwrap_err();
        let refused = grant(Dialect::V1, &[]).unreadable(wrong);
        assert_eq!(Error::from(refused).problem().status(), 400);
    }

    #[test]
    fn a_grant_ends_with_its_token() {
        let all = grant(Dialect::V0, &["*"]);
        assert_eq!(status(&all, "topic=a", 9), 200);
        assert_eq!(status(&all, "topic=a", 10), 401);
    }

    #[test]
    fn no_grant_is_for_the_topics_of_the_hub() {
        let reserved = "topic=/.well-known/mercure/subscriptions/x";
        assert_eq!(status(&grant(Dialect::V0, &["*"]), reserved, 0), 403);
    }
}
