//! What a verified token allows: who may publish what, and see what.

use crate::{dialect::Dialect, timestamp::Timestamp};

/// The grants of a token. `S` is what selects topics: a [`Selector`] as it stands in the token,
/// or what [`try_map`](Grants::try_map) makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants<S = Selector> {
    /// The dialect of the token.
    pub dialect: Dialect,
    /// What may be published.
    pub publish: Vec<S>,
    /// Which private updates may be seen.
    pub subscribe: Vec<SubscribeGrant<S>>,
    /// When the token expires: streams end then.
    pub expires: Option<Timestamp>,
}

/// A grant to subscribe: one detail of 1.0, or the whole claim of 0.x.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribeGrant<S = Selector> {
    /// Which private updates may be seen.
    pub topics: Vec<S>,
    /// What is attached to subscriptions, as JSON.
    pub payload: Option<String>,
}

/// A selector of topics as it stands in a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Selector {
    /// `*`: every topic.
    All,
    /// A topic selector of 0.x: a topic or a URI template.
    TopicSelector(String),
    /// `exact` of 1.0: the topic of these bytes.
    Exact(String),
    /// `urlpattern` of 1.0.
    UrlPattern(String),
}

impl<S> Grants<S> {
    /// Whether an update of these topics may be published: every one must be granted.
    /// `selects` says whether a selector selects a topic.
    ///
    /// ```
    /// use millstream::grants::{Grants, Selector};
    /// # use millstream::dialect::Dialect;
    ///
    /// let grants = Grants {
    ///     publish: vec![Selector::Exact("a".to_owned())],
    /// #   dialect: Dialect::V1, subscribe: vec![], expires: None,
    /// };
    /// let selects = |selector: &Selector, topic: &&str| *selector == Selector::Exact((*topic).to_owned());
    /// assert!(grants.may_publish(&["a"], selects));
    /// assert!(!grants.may_publish(&["a", "b"], selects));
    /// ```
    pub fn may_publish<T>(&self, topics: &[T], selects: impl Fn(&S, &T) -> bool) -> bool {
        !topics.is_empty()
            && topics
                .iter()
                .all(|topic| self.publish.iter().any(|selector| selects(selector, topic)))
    }

    /// Whether a private update of these topics may be seen: one of them must be granted,
    /// whichever of them it was that was subscribed to.
    pub fn may_see<T>(&self, topics: &[T], selects: impl Fn(&S, &T) -> bool) -> bool {
        let mut granted = self.subscribe.iter().flat_map(|grant| &grant.topics);
        granted.any(|selector| topics.iter().any(|topic| selects(selector, topic)))
    }

    /// The payload of a subscription: in 0.x the token's own; in 1.0 that of the first grant which
    /// selects the subscription's matcher, taken for a topic.
    pub fn payload(&self, selects: impl Fn(&S) -> bool) -> Option<&str> {
        let mut grants = self.subscribe.iter();
        let grant = match self.dialect {
            Dialect::V0 => grants.next(),
            Dialect::V1 => grants.find(|grant| grant.topics.iter().any(&selects)),
        };
        grant?.payload.as_deref()
    }

    /// The same grants with selectors that select.
    ///
    /// # Errors
    /// The first that `selector` returns: a token of 1.0 with one wrong pattern is wrong as a
    /// whole.
    pub fn try_map<T, E>(
        self,
        mut selector: impl FnMut(S) -> Result<T, E>,
    ) -> Result<Grants<T>, E> {
        let mut all = |selectors: Vec<S>| {
            selectors.into_iter().map(&mut selector).collect::<Result<Vec<T>, E>>()
        };
        let publish = all(self.publish)?;
        let subscribe = self
            .subscribe
            .into_iter()
            .map(|grant| Ok(SubscribeGrant { topics: all(grant.topics)?, payload: grant.payload }));
        Ok(Grants {
            dialect: self.dialect,
            publish,
            subscribe: subscribe.collect::<Result<_, E>>()?,
            expires: self.expires,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selects(selector: &&str, topic: &&str) -> bool {
        *selector == "*" || selector == topic
    }

    fn grants(
        dialect: Dialect,
        publish: &[&'static str],
        subscribe: &[(&[&'static str], Option<&str>)],
    ) -> Grants<&'static str> {
        let subscribe = subscribe.iter().map(|(topics, payload)| SubscribeGrant {
            topics: topics.to_vec(),
            payload: payload.map(str::to_owned),
        });
        let subscribe = subscribe.collect();
        Grants { dialect, publish: publish.to_vec(), subscribe, expires: None }
    }

    #[test]
    fn every_topic_of_a_publication_must_be_granted() {
        let some = grants(Dialect::V0, &["foo", "bar"], &[]);
        assert!(some.may_publish(&["foo"], selects));
        assert!(some.may_publish(&["foo", "bar"], selects));
        assert!(!some.may_publish(&["foo", "baz"], selects));
        assert!(grants(Dialect::V0, &["*"], &[]).may_publish(&["foo", "baz"], selects));
    }

    #[test]
    fn without_a_grant_or_a_topic_nothing_is_published() {
        assert!(!grants(Dialect::V0, &[], &[]).may_publish(&["foo"], selects));
        assert!(!grants(Dialect::V0, &["*"], &[]).may_publish(&[], selects));
        assert!(!grants(Dialect::V0, &[], &[(&["*"], None)]).may_publish(&["foo"], selects));
    }

    #[test]
    fn one_topic_that_is_granted_shows_a_private_update() {
        let some = grants(Dialect::V1, &["*"], &[(&["foo"], None), (&["bar"], None)]);
        assert!(some.may_see(&["baz", "bar"], selects));
        assert!(!some.may_see(&["baz"], selects));
        assert!(!grants(Dialect::V1, &["*"], &[]).may_see(&["foo"], selects));
    }

    #[test]
    fn the_first_grant_that_selects_the_matcher_gives_the_payload() {
        let some = grants(
            Dialect::V1,
            &[],
            &[(&["a"], None), (&["b"], Some("1")), (&["b", "*"], Some("2"))],
        );
        let payload = |matcher: &'static str| some.payload(|selector| selects(selector, &matcher));
        assert_eq!(payload("a"), None);
        assert_eq!(payload("b"), Some("1"));
        assert_eq!(payload("c"), Some("2"));
    }

    #[test]
    fn in_0_x_every_subscription_has_the_payload_of_the_token() {
        let some = grants(Dialect::V0, &[], &[(&["a"], Some("1"))]);
        assert_eq!(some.payload(|_| false), Some("1"));
    }

    #[test]
    fn one_wrong_selector_fails_the_whole() {
        let some = grants(Dialect::V1, &["a"], &[(&["b"], Some("1"))]);
        assert_eq!(some.clone().try_map(Ok::<_, ()>), Ok(some.clone()));
        let refuse_b = |selector| if selector == "b" { Err(selector) } else { Ok(()) };
        assert_eq!(some.try_map(refuse_b), Err("b"));
    }
}
