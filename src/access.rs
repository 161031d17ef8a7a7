//! What a request may do, once its token was verified.

use crate::{
    audience::Selectors,
    dialect::Dialect,
    grants::{Grants, Selector, SubscribeGrant},
    invalid_token::InvalidToken,
    resolved_topics::ResolvedTopics,
    timestamp::Timestamp,
    topic_selector::TopicSelector,
    url_parser::UrlParser,
};

/// What a request may publish and see. Without a token it is nothing but what is public.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    dialect: Option<Dialect>,
    publish: Selectors,
    subscribe: Vec<SubscribeGrant<TopicSelector>>,
    expires: Option<Timestamp>,
}

impl Access {
    /// What these grants allow; `urls` resolves their URL patterns.
    ///
    /// # Errors
    /// When a selector is not one: the token is then wrong as a whole.
    pub fn new(grants: Grants, urls: &dyn UrlParser) -> Result<Self, InvalidToken> {
        let grants = grants.try_map(|selector| compile(&selector, urls))?;
        Ok(Self {
            dialect: Some(grants.dialect),
            publish: grants.publish.into_iter().collect(),
            subscribe: grants.subscribe,
            expires: grants.expires,
        })
    }

    /// Without a token, where everybody may publish.
    #[must_use]
    pub fn open_to_publish() -> Self {
        Self { publish: [TopicSelector::All].into_iter().collect(), ..Self::default() }
    }

    /// The dialect of the token, if there was one.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// When it ends.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// Whether an update of these topics may be published: every one of them is granted.
    #[must_use]
    pub fn may_publish(&self, topics: &ResolvedTopics<'_>) -> bool {
        self.publish.select_all(topics)
    }

    /// The selectors of the private updates that may be seen.
    pub fn granted(&self) -> impl Iterator<Item = &TopicSelector> {
        self.subscribe.iter().flat_map(|grant| &grant.topics)
    }

    /// What is attached to a subscription to `matcher`, which these topics hold alone, as JSON: the
    /// token's in 0.x, that of the first detail that covers the matcher in 1.0.
    #[must_use]
    pub fn payload(&self, matcher: &ResolvedTopics<'_>) -> Option<&str> {
        let covers = |grant: &&SubscribeGrant<TopicSelector>| {
            self.dialect == Some(Dialect::V0)
                || grant.topics.iter().any(|selector| selector.selects_any(matcher))
        };
        self.subscribe.iter().find(covers)?.payload.as_deref()
    }
}

fn compile(selector: &Selector, urls: &dyn UrlParser) -> Result<TopicSelector, InvalidToken> {
    let wrong = |selector: &str, reason: String| {
        let selector = selector.to_owned();
        InvalidToken::Selector { selector, reason }
    };
    match selector {
        Selector::All => Ok(TopicSelector::All),
        Selector::TopicSelector(text) => {
            TopicSelector::of_0_x(text).map_err(|invalid| wrong(text, invalid.to_string()))
        }
        Selector::Exact(text) => {
            TopicSelector::exact(text).map_err(|invalid| wrong(text, invalid.to_string()))
        }
        Selector::UrlPattern(text) => TopicSelector::url_pattern(text, urls)
            .map_err(|invalid| wrong(text, invalid.to_string())),
    }
}
