//! What the hub tells about its subscriptions: draft-dunglas-mercure-07 § 7 and -08, "active
//! subscriptions".

use std::{fmt::Write, sync::Arc};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    base::{connection_id::ConnectionId, dialect::Dialect, heap},
    event_stream::{event::Event, event_type::InvalidEventType},
    log::{place::Place, update::Update, update_id::UpdateId},
    topics::{
        subscription::MatchType,
        topic::{InvalidTopic, Topic},
    },
};

/// The path of the subscriptions, below that of the hub.
pub const SUBSCRIPTIONS: &str = "/subscriptions";

/// The context of the JSON-LD documents of 0.x.
const CONTEXT: &str = "https://mercure.rocks/";

/// What a variable of a URL leaves as it is: the unreserved characters of RFC 3986 § 2.3.
const VARIABLE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A subscription of a connection, as others are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveSubscription {
    hub: Arc<str>,
    match_type: MatchType,
    matcher: String,
    subscriber: ConnectionId,
    payload: Option<Arc<str>>,
}

/// That a subscription is made or has ended, ready to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionEvent {
    /// The topic, which is the subscription's URL.
    pub topic: Topic,
    /// The dialect of the subscription.
    pub dialect: Dialect,
    /// The document.
    pub document: String,
}

impl ActiveSubscription {
    /// That of a connection to the hub at the path `hub`, without a payload: in which way it was
    /// asked for, and in which words.
    #[must_use]
    pub fn new(hub: &Arc<str>, subscriber: ConnectionId, asked: (MatchType, &str)) -> Self {
        let (match_type, matcher) = (asked.0, asked.1.to_owned());
        Self { hub: Arc::clone(hub), match_type, matcher, subscriber, payload: None }
    }

    /// The same with this payload, which is JSON.
    #[must_use]
    pub fn with_payload(self, payload: Arc<str>) -> Self {
        Self { payload: Some(payload), ..self }
    }

    /// In which way it was asked for.
    #[must_use]
    pub fn match_type(&self) -> MatchType {
        self.match_type
    }

    /// What was asked for.
    #[must_use]
    pub fn matcher(&self) -> &str {
        &self.matcher
    }

    /// The path of its hub.
    #[must_use]
    pub fn hub(&self) -> &str {
        &self.hub
    }

    /// What its token attaches to it, as JSON.
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

    /// Bytes that it takes in memory, without the payload, which it shares with others.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        size_of::<Self>() + heap::text(&self.matcher)
    }

    /// The dialect that it is in.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.match_type.dialect()
    }

    /// Whether it was asked for in these words.
    #[must_use]
    pub fn asks_for(&self, match_type: MatchType, matcher: &str) -> bool {
        self.match_type == match_type && self.matcher == matcher
    }

    /// Whose it is.
    #[must_use]
    pub fn subscriber(&self) -> ConnectionId {
        self.subscriber
    }

    /// That it is made or has ended.
    ///
    /// # Errors
    /// [`InvalidTopic`] when its URL is longer than a topic may be: nothing is published then.
    pub fn event(&self, active: bool) -> Result<SubscriptionEvent, InvalidTopic> {
        let topic = self.url().parse()?;
        let context = match self.dialect() {
            Dialect::V0 => Object::default().text("@context", CONTEXT),
            Dialect::V1 => Object::default(),
        };
        let document = self.write(context, active).end();
        Ok(SubscriptionEvent { topic, dialect: self.dialect(), document })
    }

    /// The resource of this subscription alone; in 0.x it holds the place in the log.
    #[must_use]
    pub fn document(&self, place: &Place) -> String {
        match self.dialect() {
            Dialect::V0 => {
                let root = Object::default().text("@context", CONTEXT);
                self.write(root, true).text("lastEventID", place.as_str()).end()
            }
            Dialect::V1 => self.write(Object::default(), true).end(),
        }
    }

    fn write(&self, object: Object, active: bool) -> Object {
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
            .json("active", if active { "true" } else { "false" });
        match &self.payload {
            Some(payload) => object.json("payload", payload),
            None => object,
        }
    }
}

impl SubscriptionEvent {
    /// The private update that tells of it: draft-08 names its event type too.
    ///
    /// # Errors
    /// None: the type is one.
    pub fn into_update(self, id: UpdateId) -> Result<Update, InvalidEventType> {
        let event = match self.dialect {
            Dialect::V0 => Event::new(self.document),
            Dialect::V1 => Event::new(self.document).with_event_type("mercure".parse()?),
        };
        Ok(Update::new(self.topic.into(), id, event).into_private().about_subscription())
    }
}

/// The resource at `url` that lists `subscriptions`, all of this dialect; in 0.x it holds the place
/// in the log.
#[must_use]
pub fn collection(
    dialect: Dialect,
    url: &str,
    place: &Place,
    subscriptions: &[ActiveSubscription],
) -> String {
    let documents: Vec<_> = subscriptions
        .iter()
        .map(|subscription| subscription.write(Object::default(), true).end())
        .collect();
    let documents = format!("[{}]", documents.join(","));
    match dialect {
        Dialect::V0 => Object::default()
            .text("@context", CONTEXT)
            .text("id", url)
            .text("type", "Subscriptions")
            .text("lastEventID", place.as_str()),
        Dialect::V1 => Object::default().text("id", url).text("type", "subscriptions"),
    }
    .json("subscriptions", &documents)
    .end()
}

/// The entity tag of a resource: in 0.x the place as it stands, in 1.0 in the form of RFC 9110
/// § 8.8.3.
#[must_use]
pub fn etag(dialect: Dialect, place: &Place) -> String {
    if dialect == Dialect::V0 {
        return place.as_str().to_owned();
    }
    let mut tag = String::from("\"");
    for byte in place.as_str().bytes() {
        match byte {
            b'"' | b'%' | 0..=b' ' | 0x7f.. => {
                // A String takes everything.
                let _ = write!(tag, "%{byte:02X}");
            }
            _ => tag.push(char::from(byte)),
        }
    }
    tag.push('"');
    tag
}

/// Whether the `If-None-Match` header names this entity tag: RFC 9110 § 13.1.2. A cache on the way
/// may have weakened it; in 0.x it is no tag of that form and stands alone.
#[must_use]
pub fn is_held(dialect: Dialect, etag: &str, if_none_match: &str) -> bool {
    if_none_match == etag
        || dialect == Dialect::V1
            && if_none_match.split(',').any(|tag| {
                let tag = tag.trim();
                tag.strip_prefix("W/").unwrap_or(tag) == etag
            })
}

/// The `Link` header of 1.0, to follow the resource from its place on: draft-08, "discovery".
#[must_use]
pub fn link(hub_url: &str, place: &Place) -> String {
    let id = place.as_str().replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "<{hub_url}>; rel=\"mercure\"; last-event-id=\"{id}\"; type=\"mercure\"; \
         content-type=\"application/json\""
    )
}

fn push_variable(url: &mut String, variable: &str) {
    url.push('/');
    url.extend(utf8_percent_encode(variable, VARIABLE));
}

/// A JSON object in the making.
#[derive(Default)]
struct Object(String);

impl Object {
    fn text(self, name: &str, value: &str) -> Self {
        // A text can always be written as JSON.
        let value = serde_json::to_string(value).unwrap_or_default();
        self.json(name, &value)
    }

    fn json(mut self, name: &str, value: &str) -> Self {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        let _ = write!(self.0, "\"{name}\":{value}");
        self
    }

    fn end(self) -> String {
        self.0 + "}"
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
