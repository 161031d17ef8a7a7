//! An active subscription and its documents: draft-dunglas-mercure-07 § 7 and -08, "active
//! subscriptions".

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    base::{connection_id::ConnectionId, dialect::Dialect, heap},
    log::place::Place,
    presence::{
        json_object::Object,
        subscription_event::{Change, SubscriptionEvent},
    },
    topics::{subscription::MatchType, topic::InvalidTopic},
};

/// The path of the subscriptions, below the path of the hub.
pub(crate) const SUBSCRIPTIONS: &str = "/subscriptions";

/// The context of the JSON-LD documents of 0.x.
const CONTEXT: &str = "https://mercure.rocks/";

/// The characters of a variable that a URL holds unescaped: the unreserved characters of RFC 3986 § 2.3.
const VARIABLE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A subscription of a connection, as the hub shows it to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveSubscription {
    hub: Arc<str>,
    match_type: MatchType,
    matcher: String,
    subscriber: ConnectionId,
    payload: Option<Arc<str>>,
}

/// The words of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked<'a> {
    /// How the matcher is compared with topics.
    pub match_type: MatchType,
    /// The matcher.
    pub matcher: &'a str,
}

impl ActiveSubscription {
    /// The subscription of a connection to the hub at the path `hub`, without a payload.
    #[must_use]
    pub(crate) fn new(hub: &Arc<str>, subscriber: ConnectionId, asked: Asked<'_>) -> Self {
        let Asked { match_type, matcher } = asked;
        let matcher = matcher.to_owned();
        Self { hub: Arc::clone(hub), match_type, matcher, subscriber, payload: None }
    }

    /// The same subscription with this payload, which is JSON.
    #[must_use]
    pub fn with_payload(self, payload: Arc<str>) -> Self {
        Self { payload: Some(payload), ..self }
    }

    /// How its matcher is compared with topics.
    #[must_use]
    pub fn match_type(&self) -> MatchType {
        self.match_type
    }

    /// Its matcher, as it was asked for.
    #[must_use]
    pub fn matcher(&self) -> &str {
        &self.matcher
    }

    /// The path of its hub.
    #[must_use]
    pub fn hub(&self) -> &str {
        &self.hub
    }

    /// The payload that its token attaches to it, as JSON.
    #[must_use]
    pub fn payload(&self) -> Option<&str> {
        self.payload.as_deref()
    }

    fn url(&self) -> String {
        let mut url = format!("{}{SUBSCRIPTIONS}", self.hub);
        if self.dialect() == Dialect::V1 {
            push_variable(&mut url, self.match_type.as_str());
        }
        push_variable(&mut url, &self.matcher);
        push_variable(&mut url, &self.subscriber.to_string());
        url
    }

    /// Bytes that it takes in memory. The payload, which it shares with others, does not count.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        size_of::<Self>() + heap::text(&self.matcher)
    }

    /// Its dialect.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.match_type.dialect()
    }

    /// Whether it was asked for in these words.
    #[must_use]
    pub fn asks_for(&self, match_type: MatchType, matcher: &str) -> bool {
        self.match_type == match_type && self.matcher == matcher
    }

    /// The connection that has it.
    #[must_use]
    pub fn subscriber(&self) -> ConnectionId {
        self.subscriber
    }

    /// The news that it was made or has ended.
    ///
    /// # Errors
    /// [`InvalidTopic`] when its URL is longer than a topic may be. Then nothing is published.
    pub(crate) fn event(&self, change: Change) -> Result<SubscriptionEvent, InvalidTopic> {
        let topic = self.url().parse()?;
        let context = match self.dialect() {
            Dialect::V0 => Object::default().text("@context", CONTEXT),
            Dialect::V1 => Object::default(),
        };
        let document = self.write(context, change).end();
        Ok(SubscriptionEvent { topic, dialect: self.dialect(), document })
    }

    /// The resource of this subscription alone. In 0.x it holds the place in the log.
    #[must_use]
    pub fn document(&self, place: &Place) -> String {
        match self.dialect() {
            Dialect::V0 => {
                let root = Object::default().text("@context", CONTEXT);
                self.write(root, Change::Made).text("lastEventID", place.as_str()).end()
            }
            Dialect::V1 => self.write(Object::default(), Change::Made).end(),
        }
    }

    /// Adds its members to `object`, with the last change of it.
    fn write(&self, object: Object, last: Change) -> Object {
        let subscriber = self.subscriber.to_string();
        let object = object.text("id", &self.url());
        let object = match self.dialect() {
            Dialect::V0 => object.text("type", "Subscription").text("topic", &self.matcher),
            Dialect::V1 => object
                .text("type", "subscription")
                .text("match_type", self.match_type.as_str())
                .text("match", &self.matcher),
        };
        let object = object
            .text("subscriber", &subscriber)
            .json("active", if last == Change::Made { "true" } else { "false" });
        match &self.payload {
            Some(payload) => object.json("payload", payload),
            None => object,
        }
    }
}

/// A resource that lists subscriptions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Collection<'a> {
    /// The dialect of all of them.
    pub dialect: Dialect,
    /// The URL of the resource.
    pub url: &'a str,
    /// The place in the log, which the document holds in 0.x.
    pub place: &'a Place,
}

impl Collection<'_> {
    /// The document that lists these.
    #[must_use]
    pub(crate) fn document(&self, subscriptions: &[ActiveSubscription]) -> String {
        let documents: Vec<_> = subscriptions
            .iter()
            .map(|subscription| subscription.write(Object::default(), Change::Made).end())
            .collect();
        let documents = format!("[{}]", documents.join(","));
        match self.dialect {
            Dialect::V0 => Object::default()
                .text("@context", CONTEXT)
                .text("id", self.url)
                .text("type", "Subscriptions")
                .text("lastEventID", self.place.as_str()),
            Dialect::V1 => Object::default().text("id", self.url).text("type", "subscriptions"),
        }
        .json("subscriptions", &documents)
        .end()
    }
}

fn push_variable(url: &mut String, variable: &str) {
    url.push('/');
    url.extend(utf8_percent_encode(variable, VARIABLE));
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
