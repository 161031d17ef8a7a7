//! The rights of a request, once its token is verified.

use crate::{
    base::{dialect::Dialect, timestamp::Timestamp},
    tokens::{
        grants::{Grants, Selectable, Selector, SubscribeGrant},
        invalid_token::InvalidToken,
        selector_totals::SelectorTotals,
        subscriber_name::SubscriberName,
    },
    topics::{
        resolved_topics::ResolvedTopics, selectors::Selectors, topic_selector::TopicSelector,
        topics::Topics, url_parser::UrlParser,
    },
};

/// The updates that a request may publish and see. By default it sees the public ones alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    dialect: Option<Dialect>,
    publish: Selectors,
    has_publish_claim: bool,
    subscribe: Vec<SubscribeGrant<TopicSelector>>,
    selectable: Selectable,
    subscriber: Option<SubscriberName>,
    expires: Option<Timestamp>,
}

impl Access {
    /// The rights that these grants give. `urls` resolves their URL patterns.
    ///
    /// # Errors
    /// A selector is invalid, or all of them are over a limit together. The token is then refused as a
    /// whole.
    pub fn new(grants: Grants, urls: &dyn UrlParser) -> Result<Self, InvalidToken> {
        let mut totals = SelectorTotals::default();
        let subscribe = grants.subscribe.iter().flat_map(|grant| &grant.topics);
        for selector in grants.publish.iter().chain(subscribe) {
            totals.add_granted(selector);
        }
        totals.check()?;
        let grants = grants.try_map(|selector| {
            let selector = compile(&selector, urls)?;
            totals.compiled(&selector)?;
            Ok::<_, InvalidToken>(selector)
        })?;
        Ok(Self {
            dialect: Some(grants.dialect),
            publish: grants.publish.into_iter().collect(),
            has_publish_claim: grants.has_publish_claim,
            subscribe: grants.subscribe,
            selectable: Selectable::default(),
            subscriber: None,
            expires: grants.expires,
        })
    }

    /// The same rights, with which a subscription may ask for these selectors.
    #[must_use]
    pub fn with_selectable(self, selectable: Selectable) -> Self {
        Self { selectable, ..self }
    }

    /// The same rights of a subscriber of this name.
    #[must_use]
    pub fn with_subscriber(self, subscriber: Option<SubscriberName>) -> Self {
        Self { subscriber, ..self }
    }

    /// The rights without a token, where everybody may publish.
    #[must_use]
    pub fn open_to_publish() -> Self {
        Self { publish: [TopicSelector::All].into_iter().collect(), ..Self::default() }
    }

    /// The dialect of the token, if there was one.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// When the rights end.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// The name of the subscriber, if it has one.
    #[must_use]
    pub fn subscriber(&self) -> Option<&SubscriberName> {
        self.subscriber.as_ref()
    }

    /// Whether an update of these topics may be published: every one of them is granted.
    #[must_use]
    pub fn may_publish(&self, topics: &ResolvedTopics<'_>) -> bool {
        self.publish.select_all(topics)
    }

    /// Whether the token has a `publish` claim of 0.x, even an empty one.
    #[must_use]
    pub fn has_publish_claim(&self) -> bool {
        self.has_publish_claim
    }

    /// The selectors of the private updates that may be seen.
    pub fn granted(&self) -> impl Iterator<Item = &TopicSelector> {
        self.subscribe.iter().flat_map(|grant| &grant.topics)
    }

    /// Whether a subscription may ask for everything.
    #[must_use]
    pub fn may_select_anything(&self) -> bool {
        self.selectable == Selectable::Anything
            || self.granted().any(|own| *own == TopicSelector::All)
    }

    /// Whether a subscription may ask for this selector. `urls` resolves a topic for the granted URL
    /// patterns.
    ///
    /// Where only granted selectors may be asked for, a template or a pattern has to be one of them. A
    /// topic has to be selected by one of them.
    #[must_use]
    pub fn may_select(&self, asked: &TopicSelector, urls: &dyn UrlParser) -> bool {
        if self.may_select_anything() {
            return true;
        }
        match asked {
            TopicSelector::Exact(topic) => {
                let topics = Topics::from(topic.clone());
                let topics = ResolvedTopics::new(&topics, urls);
                self.granted().any(|granted| granted.selects_any(&topics))
            }
            broad => self.granted().any(|granted| granted == broad),
        }
    }

    /// The payloads of all grants, as JSON.
    pub fn payloads(&self) -> impl Iterator<Item = &str> {
        self.subscribe.iter().filter_map(|grant| grant.payload.as_deref())
    }

    /// The payload of a subscription to `matcher`, as JSON. These topics hold the matcher alone.
    ///
    /// In 0.x it is the payload of the token, in 1.0 that of the first detail that covers the matcher.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        tokens::selector_totals::OverTotal,
        topics::{topic::Topic, topics::Topics},
    };

    fn selectors(texts: &[&str]) -> Vec<Selector> {
        let selector = |text: &&str| match *text {
            "*" => Selector::All,
            text => Selector::Exact(text.to_owned()),
        };
        texts.iter().map(selector).collect()
    }

    fn access(dialect: Dialect, publish: &[&str], subscribe: &[(&[&str], Option<&str>)]) -> Access {
        let subscribe = subscribe.iter().map(|(topics, payload)| SubscribeGrant {
            topics: selectors(topics),
            payload: payload.map(str::to_owned),
        });
        let (publish, subscribe) = (selectors(publish), subscribe.collect());
        let grants =
            Grants { dialect, publish, has_publish_claim: false, subscribe, expires: None };
        Access::new(grants, &()).unwrap()
    }

    fn topics(texts: &[&str]) -> Topics {
        let topics: Vec<Topic> = texts.iter().map(|text| text.parse().unwrap()).collect();
        topics.try_into().unwrap()
    }

    fn may_publish(access: &Access, texts: &[&str]) -> bool {
        access.may_publish(&ResolvedTopics::new(&topics(texts), &()))
    }

    fn may_see(access: &Access, texts: &[&str]) -> bool {
        let topics = topics(texts);
        let topics = ResolvedTopics::new(&topics, &());
        access.granted().any(|selector| selector.selects_any(&topics))
    }

    #[test]
    fn a_token_whose_grants_are_too_much_together_is_refused_before_one_is_compiled() {
        let of = |publish: usize, subscribe: usize| {
            let selectors = |count| vec![Selector::TopicSelector("{a}".to_owned()); count];
            let subscribe = SubscribeGrant { topics: selectors(subscribe), payload: None };
            let (publish, has_publish_claim) = (selectors(publish), true);
            let (dialect, subscribe) = (Dialect::V0, vec![subscribe]);
            let grants = Grants { dialect, publish, has_publish_claim, subscribe, expires: None };
            Access::new(grants, &()).map(|_| ())
        };
        assert_eq!(of(512, 512), Ok(()));
        assert_eq!(of(512, 513), Err(InvalidToken::OverTotal(OverTotal::Places(1_025))));
        // No pattern is one for this parser: it is not asked.
        let publish = vec![Selector::UrlPattern(":a".repeat(1_025))];
        let (dialect, subscribe) = (Dialect::V1, Vec::new());
        let grants =
            Grants { dialect, publish, has_publish_claim: false, subscribe, expires: None };
        let over = Err(InvalidToken::OverTotal(OverTotal::Places(1_025)));
        assert_eq!(Access::new(grants, &()).map(|_| ()), over);
    }

    #[test]
    fn every_topic_of_a_publication_must_be_granted() {
        let some = access(Dialect::V0, &["foo", "bar"], &[]);
        assert!(may_publish(&some, &["foo"]));
        assert!(may_publish(&some, &["foo", "bar"]));
        assert!(!may_publish(&some, &["foo", "baz"]));
        assert!(may_publish(&access(Dialect::V0, &["*"], &[]), &["foo", "baz"]));
    }

    #[test]
    fn without_a_grant_nothing_is_published() {
        assert!(!may_publish(&access(Dialect::V0, &[], &[]), &["foo"]));
        assert!(!may_publish(&access(Dialect::V0, &[], &[(&["*"], None)]), &["foo"]));
        assert!(!may_publish(&Access::default(), &["foo"]));
    }

    #[test]
    fn one_topic_that_is_granted_shows_a_private_update() {
        let some = access(Dialect::V1, &["*"], &[(&["foo"], None), (&["bar"], None)]);
        assert!(may_see(&some, &["baz", "bar"]));
        assert!(!may_see(&some, &["baz"]));
        assert!(!may_see(&access(Dialect::V1, &["*"], &[]), &["foo"]));
    }

    /// The access of a token of 0.x with these grants, with which only they may be asked for.
    fn narrow(granted: &[&str]) -> Access {
        let topics = granted.iter().map(|text| match *text {
            "*" => Selector::All,
            text => Selector::TopicSelector(text.to_owned()),
        });
        let subscribe = vec![SubscribeGrant { topics: topics.collect(), payload: None }];
        let (dialect, publish, has_publish_claim) = (Dialect::V0, Vec::new(), false);
        let grants = Grants { dialect, publish, has_publish_claim, subscribe, expires: None };
        Access::new(grants, &()).unwrap().with_selectable(Selectable::Granted)
    }

    #[track_caller]
    fn may_select(access: &Access, asked: &[&str], expected: bool) {
        for text in asked {
            let asked = TopicSelector::of_0_x(text).unwrap();
            assert_eq!(access.may_select(&asked, &()), expected, "{text}");
        }
    }

    #[test]
    fn a_topic_may_be_asked_for_that_a_granted_selector_selects() {
        let some = narrow(&["a", "orders/{id}"]);
        may_select(&some, &["a", "orders/1", "orders/"], true);
        may_select(&some, &["b", "A", "orders", "orders/1/2", "faulty{b"], false);
        // A matcher of 1.0 beside a grant of 0.x.
        assert!(some.may_select(&TopicSelector::exact("orders/1").unwrap(), &()));
        assert!(!some.may_select(&TopicSelector::exact("orders").unwrap(), &()));
    }

    #[test]
    fn a_template_may_be_asked_for_that_is_granted_as_it_stands_and_not_one_within_it() {
        let some = narrow(&["orders/{id}", "{+all}"]);
        may_select(&some, &["orders/{id}", "{+all}"], true);
        may_select(&some, &["orders/{name}", "orders/{+id}", "{id}", "*"], false);
        may_select(&narrow(&["a"]), &["{a}", "a{b}"], false);
    }

    #[test]
    fn where_all_is_granted_all_may_be_asked_for_and_where_nothing_is_nothing() {
        may_select(&narrow(&["a", "*"]), &["*", "b", "b/{c}"], true);
        may_select(&narrow(&[]), &["*", "b", "b/{c}"], false);
    }

    #[test]
    fn mercure_lets_everybody_ask_for_everything() {
        let token = access(Dialect::V0, &[], &[(&["a"], None)]);
        for access in [token, Access::default(), Access::open_to_publish()] {
            may_select(&access, &["*", "a", "b", "b/{c}"], true);
        }
    }

    #[test]
    fn the_first_grant_that_selects_the_matcher_gives_the_payload() {
        let grants: [(&[&str], _); 3] =
            [(&["a"], None), (&["b"], Some("1")), (&["b", "*"], Some("2"))];
        let some = access(Dialect::V1, &[], &grants);
        let payload = |matcher| {
            let matcher = topics(&[matcher]);
            some.payload(&ResolvedTopics::new(&matcher, &())).map(str::to_owned)
        };
        assert_eq!(payload("a"), None);
        assert_eq!(payload("b").as_deref(), Some("1"));
        assert_eq!(payload("c").as_deref(), Some("2"));
    }

    #[test]
    fn in_0_x_every_subscription_has_the_payload_of_the_token() {
        let some = access(Dialect::V0, &[], &[(&["a"], Some("1"))]);
        let other = topics(&["other"]);
        assert_eq!(some.payload(&ResolvedTopics::new(&other, &())), Some("1"));
    }

    #[test]
    fn without_a_token_an_open_hub_lets_everybody_publish_anything_and_shows_nothing_private() {
        let open = Access::open_to_publish();
        assert!(may_publish(&open, &["foo", "https://a.example/{b}"]));
        assert!(!may_see(&open, &["foo"]));
        assert_eq!((open.dialect(), open.expires(), open.has_publish_claim()), (None, None, false));
    }

    #[test]
    fn the_payload_of_every_grant_is_among_the_payloads() {
        let grants: [(&[&str], _); 3] =
            [(&["a"], Some("1")), (&["b"], None), (&["a"], Some(r#"{"c":2}"#))];
        let some = access(Dialect::V1, &[], &grants);
        assert_eq!(some.payloads().collect::<Vec<_>>(), ["1", r#"{"c":2}"#]);
        assert_eq!(Access::open_to_publish().payloads().next(), None);
    }
}
