//! The grants of a verified token: the updates that its bearer may publish and see.

use crate::base::{dialect::Dialect, timestamp::Timestamp};

/// The grants of a token. `S` is the type of its selectors: a [`Selector`] as it stands in the token,
/// or the one that [`try_map`](Grants::try_map) makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants<S = Selector> {
    /// The dialect of the token.
    pub dialect: Dialect,
    /// The topics that may be published.
    pub publish: Vec<S>,
    /// Whether there is a `publish` claim of 0.x, even an empty one.
    pub has_publish_claim: bool,
    /// The private updates that may be seen.
    pub subscribe: Vec<SubscribeGrant<S>>,
    /// When the token expires: streams end then.
    pub expires: Option<Timestamp>,
}

/// A grant to subscribe: one detail of 1.0, or the whole claim of 0.x.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribeGrant<S = Selector> {
    /// The topics of the private updates that may be seen.
    pub topics: Vec<S>,
    /// The payload of subscriptions, as JSON.
    pub payload: Option<String>,
}

/// The selectors that a subscription may ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selectable {
    /// Any. Grants decide who sees private updates alone, as in Mercure.
    #[default]
    Anything,
    /// Those that are granted, for public updates too.
    Granted,
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
    /// The same grants with other selectors.
    ///
    /// # Errors
    /// The first error of `selector`: a token with one wrong selector is refused as a whole.
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
            has_publish_claim: self.has_publish_claim,
            subscribe: subscribe.collect::<Result<_, E>>()?,
            expires: self.expires,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let publish = publish.to_vec();
        Grants { dialect, publish, has_publish_claim: false, subscribe, expires: None }
    }

    #[test]
    fn one_wrong_selector_fails_the_whole() {
        let some = grants(Dialect::V1, &["a"], &[(&["b"], Some("1"))]);
        assert_eq!(some.clone().try_map(Ok::<_, ()>), Ok(some.clone()));
        let refuse_b = |selector| if selector == "b" { Err(selector) } else { Ok(()) };
        assert_eq!(some.try_map(refuse_b), Err("b"));
    }
}
